//! A stretch of time cut where the answer changes: holes, and the moments of 交班.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::absence::Window;
use super::minute::day_of;
use super::sheet::Vacancy;
use super::watch::{Answer, Post, Reached, Watch};
use crate::words::{Channel, Seat};

/// The longest stretch that is looked through: three years. Nobody draws up a roster further ahead.
const LONGEST: TimeDelta = TimeDelta::days(3 * 366);

/// What a hole is measured by: a call that must reach the person on duty.
const BY_PHONE: [Channel; 1] = [Channel::Voice];

/// A time in which the answer stays the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// When.
    pub during: Window,
    /// Who is called for the duty seat.
    pub answer: Answer,
}

/// A time in which nobody who can be reached is on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// When.
    pub during: Window,
    /// Why nobody is reached.
    pub vacancy: Vacancy,
    /// Who is called instead.
    pub falls_to: Reached,
}

/// A moment at which another person takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// When.
    pub at: DateTime<Utc>,
    /// Who was called until then.
    pub from: Reached,
    /// Who is called from then on.
    pub to: Reached,
}

impl Watch<'_> {
    /// The stretch from a moment on and before another, cut where the answer changes. What is longer than three years is cut
    /// there.
    pub fn pieces(&self, unit: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Piece> {
        let to = from.checked_add_signed(LONGEST).map_or(to, |most| to.min(most));
        let mut pieces: Vec<Piece> = Vec::new();
        let edges = self.edges(unit, from, to);
        for (index, start) in edges.iter().enumerate() {
            let end = edges.get(index + 1).copied().unwrap_or(to);
            let answer = self.answer(unit, Seat::Duty, &BY_PHONE, *start);
            match pieces.last_mut() {
                Some(last) if last.answer == answer => last.during.to = end,
                _ => pieces.push(Piece {
                    during: Window { from: *start, to: end },
                    answer,
                }),
            }
        }
        pieces
    }

    /// When nobody who can be reached is on duty for a unit.
    pub fn holes(&self, unit: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Hole> {
        let mut holes: Vec<Hole> = Vec::new();
        for piece in self.pieces(unit, from, to) {
            let Some(fall) = piece.answer.fell.first() else {
                continue;
            };
            let hole = Hole {
                during: piece.during,
                vacancy: fall.vacancy.clone(),
                falls_to: piece.answer.reached,
            };
            match holes.last_mut() {
                // The same hole, past other seats.
                Some(last)
                    if last.during.to == hole.during.from
                        && last.vacancy == hole.vacancy
                        && last.falls_to == hole.falls_to =>
                {
                    last.during.to = hole.during.to;
                }
                _ => holes.push(hole),
            }
        }
        holes
    }

    /// The holes of all units that nobody but the last resort would answer, by unit. There are none while the office can be
    /// reached, to which the holes of all fall.
    pub fn unanswered(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<(&str, Hole)> {
        let lost = |answer: &Answer| answer.reached == Reached::LastResort;
        if !self
            .pieces(self.office, from, to)
            .iter()
            .any(|piece| lost(&piece.answer))
        {
            return Vec::new();
        }
        let of = |unit: &String| self.holes(unit, from, to);
        let all = self
            .posts
            .keys()
            .flat_map(|unit| of(unit).into_iter().map(move |hole| (unit.as_str(), hole)));
        all.filter(|(_, hole)| hole.falls_to == Reached::LastResort).collect()
    }

    /// The moments at which another person is called than just before.
    pub fn handovers(&self, unit: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Handover> {
        let pieces = self.pieces(unit, from, to);
        let changes = pieces.windows(2).filter(|pair| person(&pair[0]) != person(&pair[1]));
        changes
            .map(|pair| Handover {
                at: pair[1].during.from,
                from: pair[0].answer.reached.clone(),
                to: pair[1].answer.reached.clone(),
            })
            .collect()
    }

    /// All moments in the stretch at which the answer may change, its own start first.
    pub(super) fn edges(&self, unit: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        if to <= from {
            return Vec::new();
        }
        let mut edges = vec![from];
        let posts = [unit, self.office].into_iter().filter_map(|code| self.posts.get(code));
        for post in posts {
            let windows = post.roster.windows();
            edges.extend(windows.flat_map(|window| [window.from, window.to]));
            let first = day_of(from).checked_sub_days(Days::new(1)).unwrap_or(NaiveDate::MIN);
            let days = first.iter_days().take_while(|day| *day <= day_of(to));
            for day in days {
                self.day_edges(post, day, &mut edges);
            }
        }
        edges.extend(self.people.values().filter_map(|person| person.disabled_at));
        edges.retain(|at| from <= *at && *at < to);
        edges.sort();
        edges.dedup();
        edges
    }

    fn day_edges(&self, post: &Post, day: NaiveDate, edges: &mut Vec<DateTime<Utc>>) {
        for shift in post.roster.shifts(self.calendar, day) {
            edges.extend([shift.from.on(day), shift.to.on(shift.last_day(day))]);
        }
        for span in post.hours.of(self.calendar, day) {
            edges.extend([span.from.on(day), span.to.on(day)]);
        }
    }
}

fn person(piece: &Piece) -> Option<&str> {
    match &piece.answer.reached {
        Reached::Person { person, .. } => Some(&person.0),
        Reached::LastResort => None,
    }
}
