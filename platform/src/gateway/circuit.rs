//! Whether a provider answers at all, told from its answers to all calls together. A call that waits for one that is away loses the
//! seconds in which the next channel could ring; so after some failures in a row nothing is asked of it but one call at a time, at
//! growing distances. It reads no clock.

use chrono::{DateTime, TimeDelta, Utc};

/// Failures in a row after which it counts as away.
const FAILURES: u32 = 3;
/// Distances between tries of one that is away, in seconds.
const TRIES_S: [i64; 4] = [5, 15, 30, 60];

/// A provider that is away.
#[derive(Clone, Debug)]
struct Away {
    since: DateTime<Utc>,
    why: String,
    next: DateTime<Utc>,
    tries: usize,
}

/// What is known of one provider.
#[derive(Clone, Debug, Default)]
pub(super) struct Circuit {
    failures: u32,
    away: Option<Away>,
}

impl Circuit {
    /// Whether a call may be tried. Of one that is away one at a time may; whoever is told so tries.
    pub(super) fn allows(&mut self, now: DateTime<Utc>) -> bool {
        let Some(away) = &mut self.away else { return true };
        if now < away.next {
            return false;
        }
        away.next = now + distance(away.tries);
        true
    }

    /// It answered, whatever it said.
    pub(super) fn answered(&mut self) {
        *self = Self::default();
    }

    /// It did not answer, or only that it can't.
    pub(super) fn failed(&mut self, why: &str, now: DateTime<Utc>) {
        self.failures = self.failures.saturating_add(1);
        match &mut self.away {
            Some(away) => {
                away.tries += 1;
                why.clone_into(&mut away.why);
                away.next = now + distance(away.tries);
            }
            None if self.failures >= FAILURES => {
                self.away = Some(Away {
                    since: now,
                    why: why.to_owned(),
                    next: now + distance(0),
                    tries: 0,
                });
            }
            None => {}
        }
    }

    /// Since when it is away, and its last words.
    pub(super) fn away(&self) -> Option<(DateTime<Utc>, &str)> {
        self.away.as_ref().map(|away| (away.since, away.why.as_str()))
    }
}

fn distance(tries: usize) -> TimeDelta {
    TimeDelta::seconds(TRIES_S[tries.min(TRIES_S.len() - 1)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + s, 0).unwrap()
    }

    #[test]
    fn some_failures_in_a_row_and_it_is_asked_one_at_a_time() {
        let mut circuit = Circuit::default();
        circuit.failed("503", at(0));
        circuit.failed("503", at(1));
        circuit.answered();
        for s in 2..5 {
            assert!(circuit.allows(at(s)));
            circuit.failed("connect: refused", at(s));
        }
        assert_eq!(circuit.away(), Some((at(4), "connect: refused")));
        assert!(!circuit.allows(at(8)));
        assert!(circuit.allows(at(9)) && !circuit.allows(at(9)), "one");
        circuit.failed("connect: refused", at(10));
        assert!(!circuit.allows(at(24)) && circuit.allows(at(25)));
        circuit.answered();
        assert!(circuit.allows(at(25)) && circuit.allows(at(25)) && circuit.away().is_none());
    }

    #[test]
    fn a_try_that_never_ends_is_not_waited_for() {
        let mut circuit = Circuit::default();
        (0..3).for_each(|s| circuit.failed("x", at(s)));
        assert!(circuit.allows(at(10)), "and nobody says what came of it");
        assert!(circuit.allows(at(20)), "the next one tries");
        for _ in 0..10 {
            circuit.failed("x", at(30));
        }
        assert!(
            !circuit.allows(at(80)) && circuit.allows(at(90)),
            "a minute at the most"
        );
    }
}
