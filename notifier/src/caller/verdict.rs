//! What follows from a try of a number.
//!
//! A ring is answered within minutes or it goes on to somebody else, so nothing is tried for long: a fault that may pass gets two
//! more tries, and a second gateway of the same channel its turn in between. Then the next number, then the router's next step.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use platform::{gateway::Outcome, store::CallOutcome};

/// Distances after rounds over all gateways of the channel.
const ROUNDS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(5)];

/// What there is besides this try.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    /// Tries of this number, this one included.
    pub(super) attempt: usize,
    /// Gateways of the channel, at least 1.
    pub(super) gateways: usize,
    /// Whether another number is left.
    pub(super) numbers: bool,
}

/// Which gateway a try goes to: one after the other.
pub(super) fn turn(attempt: usize, gateways: usize) -> usize {
    attempt.saturating_sub(1) % gateways.max(1)
}

/// Judges a try that ended at `now`.
pub(super) fn verdict(outcome: Outcome, within: Option<Duration>, rest: Rest, now: DateTime<Utc>) -> CallOutcome {
    let after = |wait: Duration| now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::zero());
    let round = rest.attempt / rest.gateways.max(1);
    let others_left = !rest.attempt.is_multiple_of(rest.gateways.max(1));
    let ended = |why| {
        if rest.numbers {
            CallOutcome::NextNumber { why }
        } else {
            CallOutcome::Failed { why }
        }
    };
    match outcome {
        Outcome::HandedOver(provider_id) => CallOutcome::HandedOver {
            provider_id,
            receipt_due: within.map(after),
        },
        // Another gateway may take what this one refuses, once.
        Outcome::Never(why) if others_left && round == 0 => CallOutcome::Later { at: now, why },
        Outcome::Never(why) => ended(why),
        Outcome::Later(why) | Outcome::Busy(why) if others_left => CallOutcome::Later { at: now, why },
        Outcome::Later(why) | Outcome::Busy(why) => match ROUNDS.get(round.saturating_sub(1)) {
            Some(wait) => CallOutcome::Later { at: after(*wait), why },
            None => ended(why),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-24T03:00:00Z".parse().unwrap()
    }

    /// The seconds that a call waits after each try, until it goes on.
    fn waits(outcome: &Outcome, gateways: usize, numbers: bool) -> (Vec<i64>, CallOutcome) {
        let mut waits = Vec::new();
        for attempt in 1.. {
            let rest = Rest {
                attempt,
                gateways,
                numbers,
            };
            match verdict(outcome.clone(), None, rest, now()) {
                CallOutcome::Later { at, .. } => waits.push((at - now()).num_seconds()),
                ended => return (waits, ended),
            }
        }
        unreachable!()
    }

    #[test]
    fn a_fault_that_may_pass_is_tried_for_seconds() {
        let down = Outcome::Later("503".into());
        let (why, next) = ("503".to_owned(), "503".to_owned());
        assert_eq!(waits(&down, 1, false), (vec![2, 5], CallOutcome::Failed { why }));
        assert_eq!(
            waits(&down, 1, true),
            (vec![2, 5], CallOutcome::NextNumber { why: next })
        );
        // The second gateway at once, each time.
        assert_eq!(waits(&down, 2, true).0, [0, 2, 0, 5, 0]);
    }

    #[test]
    fn a_refusal_is_asked_of_each_gateway_once() {
        let no = Outcome::Never("400 no such number".into());
        assert_eq!(waits(&no, 1, true).0, Vec::<i64>::new());
        assert_eq!(waits(&no, 3, true).0, [0, 0]);
        assert_eq!([1, 2, 3, 4].map(|attempt| turn(attempt, 3)), [0, 1, 2, 0]);
    }

    #[test]
    fn what_was_taken_waits_for_its_receipt() {
        let rest = Rest {
            attempt: 1,
            gateways: 1,
            numbers: true,
        };
        let taken = verdict(Outcome::HandedOver(None), Some(Duration::from_secs(90)), rest, now());
        let CallOutcome::HandedOver { receipt_due, .. } = taken else {
            panic!("{taken:?}")
        };
        assert_eq!(receipt_due, Some(now() + TimeDelta::seconds(90)));
    }
}
