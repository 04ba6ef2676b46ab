//! When an unmet stage is pushed upwards: 到期提醒 -> 催办 -> 办公室督办 -> 领导小组督办.
//!
//! The rows come from the pack; this file turns them into moments. A step is computed from the stage's own
//! start and due, never from now, so that an outage can't move it. Court and procuratorate are not supervised
//! by a leading group: where a unit kind takes letters, levels 3 and 4 are a 提示函 to the unit itself.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::words::{Action, Addressee, words};

/// The level from which a unit that takes letters is written to instead of supervised.
const FIRST_LETTER_LEVEL: u8 = 3;

/// 1,000 years: no step lies later, and no sum of times overflows.
const MAX_DELAY_MICROS: i64 = 1_000 * 366 * 86_400 * 1_000_000;

words! {
    /// From where a level's delay is measured.
    Anchor {
        /// The stage's start.
        Start = "start",
        /// The stage's due.
        Due = "due",
    }
}

/// One level of the escalation table, for one urgency and stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// 1 is the first.
    pub level: u8,
    /// Whom it reaches.
    pub to: Addressee,
    /// From where the delay is measured.
    pub anchor: Anchor,
    /// Percent of the stage's span from start to due.
    pub percent: u32,
    /// The delay is never shorter than this.
    pub minimum_minutes: u32,
    /// What it does.
    pub action: Action,
    /// 1-based row of the escalation table.
    pub row: usize,
}

/// One planned push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// 1 is the first.
    pub level: u8,
    /// Whom it reaches.
    pub to: Addressee,
    /// What is done.
    pub action: Action,
    /// When it happens if the stage is still unmet.
    pub at: DateTime<Utc>,
}

impl Level {
    /// The delay after the anchor for a stage of this span.
    pub fn delay(&self, span: TimeDelta) -> TimeDelta {
        let micros = i128::from(span.num_microseconds().unwrap_or(i64::MAX).max(0));
        let share = micros * i128::from(self.percent) / 100;
        let minimum = i128::from(self.minimum_minutes) * 60_000_000;
        let delay = share.max(minimum).min(MAX_DELAY_MICROS.into());
        TimeDelta::microseconds(i64::try_from(delay).unwrap_or(MAX_DELAY_MICROS))
    }
}

/// The steps of a stage that runs from `start` to `due` at a unit; `letters`: its kind is written to, not supervised.
pub fn steps(levels: &[Level], letters: bool, start: DateTime<Utc>, due: DateTime<Utc>) -> Vec<PlannedStep> {
    levels
        .iter()
        .map(|level| {
            let anchor = match level.anchor {
                Anchor::Start => start,
                Anchor::Due => due,
            };
            let at = anchor
                .checked_add_signed(level.delay(due - start))
                .unwrap_or(DateTime::<Utc>::MAX_UTC);
            let letter = letters && level.level >= FIRST_LETTER_LEVEL;
            PlannedStep {
                level: level.level,
                to: if letter { Addressee::UnitLeader } else { level.to },
                action: if letter { Action::AdvisoryLetter } else { level.action },
                at,
            }
        })
        .collect()
}

/// The same steps, none of them before `moment`: what would lie before it comes at it, and what follows keeps its distance.
pub fn not_before(steps: Vec<PlannedStep>, moment: DateTime<Utc>) -> Vec<PlannedStep> {
    let mut moved: Vec<PlannedStep> = Vec::with_capacity(steps.len());
    let mut before: Option<(DateTime<Utc>, DateTime<Utc>)> = None;
    for step in steps {
        let planned = step.at;
        let at = match before {
            // Only what was pushed pushes.
            Some((was, is)) if is > was => planned.max(is.checked_add_signed(planned - was).unwrap_or(is)),
            _ => planned,
        };
        let at = at.max(moment);
        before = Some((planned, at));
        moved.push(PlannedStep { at, ..step });
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_in_the_past_come_at_the_moment_and_keep_their_distances() {
        let at = |minute: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let plan = [(1, 15), (2, 30), (3, 60), (4, 90)].map(|(level, minute)| PlannedStep {
            level,
            to: Addressee::Office,
            action: Action::Urge,
            at: at(minute),
        });
        let times = |moment| -> Vec<_> { not_before(plan.to_vec(), moment).iter().map(|step| step.at).collect() };
        assert_eq!(times(at(0)), [15, 30, 60, 90].map(at));
        assert_eq!(times(at(20)), [20, 35, 65, 95].map(at));
        assert_eq!(times(at(200)), [200, 215, 245, 275].map(at));
        assert_eq!(not_before(Vec::new(), at(1)), []);
    }
}
