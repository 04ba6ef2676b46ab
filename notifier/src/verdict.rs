//! What follows from an attempt: done, again later, or given up.
//!
//! The delays depend on the number of failures that were the mail's own, not on its age and not on how often it was tried:
//! while our own service was down nothing was attempted, and while the server refuses everything no mail is at fault. Neither
//! may use up a notice's chances.

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
/// A full mailbox is emptied by its owner, within days if at all. P1 looks every five minutes during the first hour.
const FULL_S: u64 = 300;
const FULL_P1_TIMES: usize = 12;
const FULL_HOURLY_TIMES: usize = 72;
/// Failures of a P1 after which somebody must know, although it is tried on: about five minutes.
const TELL_AFTER: usize = 7;
/// How soon a refusal that may be everybody's is tried again: a second one in a row decides it.
const AGAIN_S: u64 = 5;

/// What is recorded of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    /// What happens to the notice.
    pub(crate) verdict: Verdict,
    /// The failure was this mail's own.
    pub(crate) strike: bool,
    /// Of a P1: whoever is above must hear of it by now.
    pub(crate) tell: bool,
}

/// Whose failure it was, as far as the server's answers to other mails tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// This mail's: others pass.
    Own,
    /// Everybody's, as far as we know; tried again then, or soon.
    Everybodys(Option<DateTime<Utc>>),
}

/// The delay after failure number `strike` (from 1) of the mail's own; `None` when that was the last one.
pub(crate) fn delay(fault: Fault, urgent: bool, strike: usize) -> Option<Duration> {
    let nth = strike.checked_sub(1)?;
    let seconds = if fault == Fault::Full {
        let often = std::iter::repeat_n(FULL_S, if urgent { FULL_P1_TIMES } else { 1 });
        often.chain(std::iter::repeat_n(HOURLY_S, FULL_HOURLY_TIMES)).nth(nth)
    } else {
        let every_minute = std::iter::repeat_n(P1_EVERY_S, if urgent { P1_TIMES } else { 0 });
        let hourly = std::iter::repeat_n(HOURLY_S, HOURLY_TIMES);
        FIRST_S
            .into_iter()
            .chain(every_minute)
            .chain(THEN_S)
            .chain(hourly)
            .nth(nth)
    };
    seconds.map(Duration::from_secs)
}

/// The notice that was tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tried {
    /// P1.
    pub(crate) urgent: bool,
    /// Failures of the mail's own before this attempt.
    pub(crate) strikes: usize,
}

/// Judges an attempt that ended at `now`.
///
/// Waiting is shortened by up to a fifth at random, so that the notices of an outage don't come back all at once.
pub(crate) fn verdict(
    result: &Result<(), Failure>,
    whose: Whose,
    notice: Tried,
    now: DateTime<Utc>,
    rng: &mut impl Rng,
) -> Judged {
    let failure = match result {
        Ok(()) => {
            return Judged {
                verdict: Verdict::Sent,
                strike: false,
                tell: false,
            };
        }
        Err(failure) => failure,
    };
    let mut later = |delay: Duration| {
        let waiting = delay.mul_f64(rng.random_range(0.8..=1.0));
        now + TimeDelta::from_std(waiting).unwrap_or(TimeDelta::zero())
    };
    if let (true, Whose::Everybodys(at)) = (failure.fault.is_everybodys(), whose) {
        let at = at.unwrap_or_else(|| later(Duration::from_secs(AGAIN_S)));
        return Judged {
            verdict: Verdict::Retry { at },
            strike: false,
            tell: false,
        };
    }
    let strike = notice.strikes.saturating_add(1);
    let waiting = match failure.fault {
        Fault::Recipient => None,
        fault => delay(fault, notice.urgent, strike),
    };
    Judged {
        verdict: waiting.map_or(Verdict::GaveUp, |delay| Verdict::Retry { at: later(delay) }),
        strike: true,
        tell: failure.fault == Fault::Full || strike >= TELL_AFTER || (failure.fault.is_everybodys() && strike >= 2),
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::mailer::Phase;

    fn all(fault: Fault, urgent: bool) -> Vec<u64> {
        (1..)
            .map_while(|strike| delay(fault, urgent, strike))
            .map(|d| d.as_secs())
            .collect()
    }

    #[test]
    fn delays_grow_and_end_after_a_day() {
        let ordinary = all(Fault::Passing, false);
        assert_eq!(ordinary[..6], [5, 15, 60, 300, 900, 3600]);
        assert!(ordinary.is_sorted());
        for delays in [ordinary, all(Fault::Passing, true)] {
            let hours = delays.iter().sum::<u64>() / 3600;
            assert!((23..=24).contains(&hours), "{hours} h");
        }
        assert_eq!(delay(Fault::Passing, true, 0), None);
    }

    #[test]
    fn a_p1_waits_at_most_a_minute_in_its_first_half_hour() {
        let mut elapsed = 0;
        for wait in all(Fault::Passing, true) {
            if elapsed < 30 * 60 {
                assert!(wait <= 60, "{wait} s after {elapsed} s");
            }
            elapsed += wait;
        }
    }

    #[test]
    fn a_full_mailbox_is_waited_for_three_days() {
        for urgent in [true, false] {
            let delays = all(Fault::Full, urgent);
            assert!(delays.iter().sum::<u64>() / 3600 >= 72);
            assert_eq!(delays[0], 300);
        }
    }

    #[test]
    fn faults_decide() {
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        let mut rng = StdRng::seed_from_u64(1);
        let failed = |fault| Err(Failure::new(fault, Phase::Envelope, "x"));
        let mut judge = |result: &Result<(), Failure>, whose, urgent, strikes| {
            verdict(result, whose, Tried { urgent, strikes }, now, &mut rng)
        };
        assert_eq!(judge(&Ok(()), Whose::Own, true, 0).verdict, Verdict::Sent);
        let gone = judge(&failed(Fault::Recipient), Whose::Own, true, 0);
        assert_eq!(gone.verdict, Verdict::GaveUp);
        assert_eq!(
            judge(&failed(Fault::Passing), Whose::Own, false, 28).verdict,
            Verdict::GaveUp
        );
        for fault in [Fault::Passing, Fault::Server] {
            for _ in 0..100 {
                let judged = judge(&failed(fault), Whose::Own, false, 1);
                let Verdict::Retry { at } = judged.verdict else {
                    panic!("{fault:?}")
                };
                assert!((12_000..=15_000).contains(&(at - now).num_milliseconds()), "{at}");
                assert!(judged.strike);
            }
        }
    }

    #[test]
    fn what_everybody_hears_uses_up_nobodys_chances() {
        let now: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
        let open = now + TimeDelta::minutes(1);
        let mut rng = StdRng::seed_from_u64(1);
        for fault in [Fault::Server, Fault::Ours] {
            let failed = Err(Failure::new(fault, Phase::Envelope, "x"));
            let judged = verdict(
                &failed,
                Whose::Everybodys(Some(open)),
                Tried {
                    urgent: true,
                    strikes: 1000,
                },
                now,
                &mut rng,
            );
            assert_eq!(judged.verdict, Verdict::Retry { at: open });
            assert!(!judged.strike && !judged.tell);
        }
    }

    #[test]
    fn somebody_is_told_while_a_p1_is_still_tried() {
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        let mut rng = StdRng::seed_from_u64(1);
        let mut told = |fault, strikes| {
            let failed = Err(Failure::new(fault, Phase::Envelope, "x"));
            let judged = verdict(&failed, Whose::Own, Tried { urgent: true, strikes }, now, &mut rng);
            assert!(matches!(judged.verdict, Verdict::Retry { .. }));
            judged.tell
        };
        assert!(told(Fault::Full, 0), "a full mailbox at once");
        assert!(!told(Fault::Passing, 0) && !told(Fault::Passing, 5) && told(Fault::Passing, 6));
        assert!(
            !told(Fault::Server, 0) && told(Fault::Server, 1),
            "refused where others pass"
        );
    }
}
