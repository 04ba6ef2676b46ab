//! How much waits behind each link of the navigation.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Utc};
use platform::store::OfficeCounts;

/// A count beyond this says nothing more.
const MOST: i64 = 999;

/// The office's counts and when they were made.
pub(crate) type Counted = Arc<Mutex<Option<(DateTime<Utc>, OfficeCounts)>>>;

/// Holes of a unit's roster in the days to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UnitHoles {
    /// Somebody has begun with the roster; else all of the time is one hole.
    pub(crate) begun: bool,
    /// How many.
    pub(crate) count: i64,
}

/// Holes of the rosters in the days to come, by unit, and when they were counted.
pub(crate) type Holes = Arc<Mutex<Option<(DateTime<Utc>, Arc<BTreeMap<String, UnitHoles>>)>>>;

/// What waits, as far as it was counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(super) desk: Option<i64>,
    pub(super) office: Option<OfficeCounts>,
    pub(super) rules: Option<i64>,
    pub(super) grants: Option<i64>,
    pub(super) resets: Option<i64>,
    pub(super) duty: Option<i64>,
}

impl Counts {
    /// The count of a link; nothing where nothing waits or nothing was counted.
    pub(crate) fn of(&self, path: &str) -> Option<String> {
        let office = |pick: fn(&OfficeCounts) -> i64| self.office.as_ref().map(pick);
        let count = match path {
            "/desk" => self.desk,
            "/board" => office(|o| o.overdue),
            "/triage" => office(|o| o.triage),
            "/callbacks" => office(|o| o.callbacks),
            "/closings" => office(|o| o.closings),
            "/motions" => office(|o| o.motions),
            "/openings" => office(|o| o.openings),
            "/rules" => self.rules,
            "/grants" => self.grants,
            "/factor-resets" => self.resets,
            "/duty" => self.duty,
            _ => None,
        }?;
        match count {
            ..=0 => None,
            count if count > MOST => Some(format!("{MOST}+")),
            count => Some(count.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_waiting_says_nothing() {
        let counts = Counts {
            desk: Some(3),
            office: Some(OfficeCounts {
                overdue: 1001,
                triage: 0,
                callbacks: 12,
                closings: 0,
                motions: 4,
                openings: 0,
            }),
            rules: None,
            grants: Some(1),
            resets: Some(2),
            duty: Some(0),
        };
        let said = [
            "/desk",
            "/board",
            "/triage",
            "/callbacks",
            "/motions",
            "/rules",
            "/people",
            "/grants",
            "/factor-resets",
        ]
        .map(|path| counts.of(path));
        assert_eq!(
            said,
            [
                Some("3".into()),
                Some("999+".into()),
                None,
                Some("12".into()),
                Some("4".into()),
                None,
                None,
                Some("1".into()),
                Some("2".into())
            ]
        );
    }
}
