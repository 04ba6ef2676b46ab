//! A stretch of time as a table shows it: who has each seat, cut where anything changes.

use chrono::{DateTime, Utc};

use super::absence::Window;
use super::sheet::{Holder, Vacancy};
use super::watch::Watch;
use crate::words::Seat;

/// A time in which all three seats stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seated {
    /// When.
    pub during: Window,
    /// 值班, as the roster has it: a person without a telephone has the seat all the same.
    pub duty: Result<Holder, Vacancy>,
    /// 副班
    pub deputy: Result<Holder, Vacancy>,
    /// 带班领导 by a shift; where none has one, the unit's leaders stand in.
    pub leader: Result<Holder, Vacancy>,
}

impl Watch<'_> {
    /// Who has the seats of a unit, from a moment on and before another.
    pub fn seats(&self, unit: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Seated> {
        let edges = self.edges(unit, from, to);
        let mut stretches: Vec<Seated> = Vec::new();
        for (index, start) in edges.iter().enumerate() {
            let end = edges.get(index + 1).copied().unwrap_or(to);
            let holder = |seat| match self.posts.get(unit) {
                Some(post) => post.roster.holder(self.calendar, seat, *start),
                None => Err(Vacancy::NoShift),
            };
            let stretch = Seated {
                during: Window { from: *start, to: end },
                duty: holder(Seat::Duty),
                deputy: holder(Seat::Deputy),
                leader: holder(Seat::Leader),
            };
            match stretches.last_mut() {
                Some(last) if last.is_as(&stretch) => last.during.to = end,
                _ => stretches.push(stretch),
            }
        }
        stretches
    }
}

impl Seated {
    fn is_as(&self, other: &Self) -> bool {
        (&self.duty, &self.deputy, &self.leader) == (&other.duty, &other.deputy, &other.leader)
    }
}
