//! What follows from an attempt: done, again later, or given up.
//!
//! The delays depend on the number of attempts alone, not on the notice's age: while our own service was down nothing was
//! attempted, and that must not use up a notice's chances.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use platform::store::Verdict;
use rand::{Rng, RngExt};

use crate::mailer::{Failure, Fault};

/// Delays after the first failures, in seconds; then an hour each. P1 is tried every minute for half an hour first.
const FIRST_S: [u64; 2] = [5, 15];
const P1_EVERY_S: u64 = 60;
const P1_TIMES: usize = 30;
const THEN_S: [u64; 3] = [60, 300, 900];
const HOURLY_S: u64 = 3600;
/// Hourly tries, so that a notice is given up about a day after its first attempt: an office must not wait longer to learn.
const HOURLY_TIMES: usize = 23;

/// The delay after attempt number `attempt` (from 1) failed; `None` when that was the last one.
pub fn delay(urgent: bool, attempt: usize) -> Option<Duration> {
    let every_minute = std::iter::repeat_n(P1_EVERY_S, if urgent { P1_TIMES } else { 0 });
    let hourly = std::iter::repeat_n(HOURLY_S, HOURLY_TIMES);
    let mut delays = FIRST_S.into_iter().chain(every_minute).chain(THEN_S).chain(hourly);
    delays.nth(attempt.checked_sub(1)?).map(Duration::from_secs)
}

/// Judges attempt number `attempt` (from 1), which ended at `now`.
///
/// Waiting is shortened by up to a fifth at random, so that the notices of an outage don't come back all at once.
pub fn verdict(
    result: &Result<(), Failure>,
    urgent: bool,
    attempt: usize,
    now: DateTime<Utc>,
    rng: &mut impl Rng,
) -> Verdict {
    let failure = match result {
        Ok(()) => return Verdict::Sent,
        Err(failure) => failure,
    };
    match (failure.fault, delay(urgent, attempt)) {
        (Fault::Recipient, _) | (_, None) => Verdict::GaveUp,
        (Fault::Passing | Fault::Server, Some(delay)) => {
            let waiting = delay.mul_f64(rng.random_range(0.8..=1.0));
            Verdict::Retry {
                at: now + TimeDelta::from_std(waiting).unwrap_or(TimeDelta::zero()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::mailer::Phase;

    fn all(urgent: bool) -> Vec<u64> {
        (1..)
            .map_while(|attempt| delay(urgent, attempt))
            .map(|d| d.as_secs())
            .collect()
    }

    #[test]
    fn delays_grow_and_end_after_a_day() {
        let ordinary = all(false);
        assert_eq!(ordinary[..6], [5, 15, 60, 300, 900, 3600]);
        assert!(ordinary.is_sorted());
        for delays in [ordinary, all(true)] {
            let hours = delays.iter().sum::<u64>() / 3600;
            assert!((23..=24).contains(&hours), "{hours} h");
        }
        assert_eq!(delay(true, 0), None);
    }

    #[test]
    fn a_p1_waits_at_most_a_minute_in_its_first_half_hour() {
        let mut elapsed = 0;
        for wait in all(true) {
            if elapsed < 30 * 60 {
                assert!(wait <= 60, "{wait} s after {elapsed} s");
            }
            elapsed += wait;
        }
    }

    #[test]
    fn faults_decide() {
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        let mut rng = StdRng::seed_from_u64(1);
        let failed = |fault| Err(Failure::new(fault, Phase::Envelope, "x"));
        assert_eq!(verdict(&Ok(()), true, 1, now, &mut rng), Verdict::Sent);
        assert_eq!(
            verdict(&failed(Fault::Recipient), true, 1, now, &mut rng),
            Verdict::GaveUp
        );
        assert_eq!(
            verdict(&failed(Fault::Passing), false, 29, now, &mut rng),
            Verdict::GaveUp
        );
        for fault in [Fault::Passing, Fault::Server] {
            for _ in 0..100 {
                let Verdict::Retry { at } = verdict(&failed(fault), false, 2, now, &mut rng) else {
                    panic!("{fault:?}")
                };
                assert!((12_000..=15_000).contains(&(at - now).num_milliseconds()), "{at}");
            }
        }
    }
}
