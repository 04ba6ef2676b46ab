//! What was seen, and what follows from it: a ring, a word that all is well, or nothing. It reads no clock.

use chrono::{DateTime, TimeDelta, Utc};

/// When somebody is rung.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a silence, a lag or an unreachable database lasts before the first ring.
    pub late: TimeDelta,
    /// How long after a ring the next one follows.
    pub again: TimeDelta,
}

/// What is wrong with the other service, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing was heard of it.
    Silent(DateTime<Utc>),
    /// It lives, and something that was due then is still before it.
    Late(DateTime<Utc>),
}

impl Trouble {
    /// Since when.
    pub const fn since(self) -> DateTime<Utc> {
        match self {
            Self::Silent(at) | Self::Late(at) => at,
        }
    }

    /// In logs and in `/ready`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Silent(_) => "silent",
            Self::Late(_) => "late",
        }
    }
}

/// Judges the other service at `now`. `from`: since when this watcher looks and the database answers; nothing before it counts, for
/// nobody could say anything then.
pub fn trouble(
    (beat, oldest_due): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    from: DateTime<Utc>,
    now: DateTime<Utc>,
    limits: Limits,
) -> Option<Trouble> {
    let heard = beat.map_or(from, |beat| beat.max(from));
    if now - heard >= limits.late {
        return Some(Trouble::Silent(beat.unwrap_or(from)));
    }
    let due = oldest_due.filter(|due| now - (*due).max(from) >= limits.late);
    due.map(Trouble::Late)
}

/// The database, as one watcher finds it. Each watcher rings about it by itself, for there is nothing that they could agree in; what
/// is the same for all of them is which ring of the outage it is.
#[derive(Debug, Default)]
pub struct Away {
    since: Option<DateTime<Utc>>,
    rings: i32,
}

impl Away {
    /// It can't be reached. Which ring is due, from 1; none: not now.
    pub fn away(&mut self, now: DateTime<Utc>, limits: Limits) -> Option<i32> {
        let since = *self.since.get_or_insert(now);
        let over = now - since - limits.late;
        if over < TimeDelta::zero() {
            return None;
        }
        let rounds = over.num_milliseconds() / limits.again.num_milliseconds().max(1);
        let due = i32::try_from(rounds.saturating_add(1)).unwrap_or(i32::MAX);
        let ring = due > self.rings;
        self.rings = self.rings.max(due);
        ring.then_some(due)
    }

    /// It answers. Since when it did not, and how often was rung; none: it was not rung.
    pub fn back(&mut self) -> Option<(DateTime<Utc>, i32)> {
        let Self { since, rings } = std::mem::take(self);
        since.filter(|_| rings > 0).map(|since| (since, rings))
    }

    /// Since when it can't be reached; none: it answers.
    pub fn since(&self) -> Option<DateTime<Utc>> {
        self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        late: TimeDelta::seconds(120),
        again: TimeDelta::seconds(600),
    };

    fn at(s: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + s, 0).unwrap()
    }

    fn judged(beat: Option<i64>, due: Option<i64>, from: i64, now: i64) -> Option<Trouble> {
        trouble((beat.map(at), due.map(at)), at(from), at(now), LIMITS)
    }

    #[test]
    fn a_service_is_silent_after_two_minutes_and_not_before() {
        assert_eq!(judged(Some(0), None, -1000, 119), None);
        assert_eq!(judged(Some(0), None, -1000, 120), Some(Trouble::Silent(at(0))));
        assert_eq!(judged(None, None, 0, 119), None, "it may only start");
        assert_eq!(judged(None, None, 0, 120), Some(Trouble::Silent(at(0))));
    }

    #[test]
    fn what_is_due_and_not_done_is_a_lag_although_the_service_lives() {
        assert_eq!(judged(Some(115), Some(0), -1000, 119), None);
        assert_eq!(judged(Some(115), Some(0), -1000, 120), Some(Trouble::Late(at(0))));
        assert_eq!(judged(Some(115), Some(100), -1000, 130), None);
    }

    #[test]
    fn an_outage_of_the_database_is_nobodys_silence() {
        // It was away from 0 to 900, and both services come back with it.
        assert_eq!(judged(Some(0), Some(10), 900, 910), None);
        assert_eq!(judged(Some(0), None, 900, 1020), Some(Trouble::Silent(at(0))));
        assert_eq!(judged(Some(1015), Some(10), 900, 1020), Some(Trouble::Late(at(10))));
    }

    #[test]
    fn an_unreachable_database_rings_after_two_minutes_and_every_ten() {
        let mut away = Away::default();
        let rung: Vec<(i64, i32)> = (0..=1400)
            .step_by(5)
            .filter_map(|s| Some((s, away.away(at(s), LIMITS)?)))
            .collect();
        assert_eq!(rung, [(120, 1), (720, 2), (1320, 3)]);
        assert_eq!(away.back(), Some((at(0), 3)));
        assert_eq!(away.back(), None);
        // A short one is nobody's business.
        assert_eq!(away.away(at(2000), LIMITS), None);
        assert_eq!(away.back(), None);
        assert_eq!(away.away(at(2100), LIMITS), None, "a new outage");
    }

    #[test]
    fn two_watchers_number_their_rings_alike() {
        let (mut one, mut two) = (Away::default(), Away::default());
        let rings = |away: &mut Away, from: i64| -> Vec<i32> {
            (from..3000)
                .step_by(10)
                .filter_map(|s| away.away(at(s), LIMITS))
                .collect()
        };
        assert_eq!(rings(&mut one, 0), rings(&mut two, 7));
    }
}
