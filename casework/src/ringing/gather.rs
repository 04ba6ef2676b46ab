//! The rings of a flood's reports (decision 42): gathered as its mails are, so that a person is called now and then with a number
//! and not once for each report.

use chrono::{DateTime, TimeDelta, Utc};

/// So long the first ones are waited for.
const FIRST: TimeDelta = TimeDelta::seconds(30);

/// So often those that came meanwhile ring.
const EVERY: TimeDelta = TimeDelta::minutes(5);

/// The moments at which the rings of a flood go out, from when it began on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gather(pub(super) DateTime<Utc>);

impl Gather {
    /// The last of its moments by now; before the first one it is the moment at which the flood began.
    pub(super) fn by(self, now: DateTime<Utc>) -> DateTime<Utc> {
        let first = self.0 + FIRST;
        if now < first {
            return self.0 - EVERY;
        }
        let passed = (now - first).num_seconds() / EVERY.num_seconds();
        first + TimeDelta::seconds(passed * EVERY.num_seconds())
    }

    /// The first of its moments from `at` on.
    pub(super) fn from(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let first = self.0 + FIRST;
        if at <= first {
            return first;
        }
        let last = self.by(at);
        if last == at {
            return at;
        }
        last.checked_add_signed(EVERY).unwrap_or(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floods_rings_come_half_a_minute_after_it_began_and_every_five_minutes() {
        let at = |seconds: i64| DateTime::from_timestamp(1_000_000 + seconds, 0).unwrap();
        let flood = Gather(at(0));
        assert_eq!(flood.from(at(-9)), at(30));
        assert_eq!(flood.from(at(30)), at(30));
        assert_eq!(flood.from(at(31)), at(330));
        assert_eq!(flood.by(at(329)), at(30));
        assert_eq!(flood.by(at(330)), at(330));
        assert!(flood.by(at(29)) < at(0), "before its first moment nothing of it is due");
    }
}
