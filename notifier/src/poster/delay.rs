//! When something is told again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use platform::store::PostVerdict;

/// After each failure. With the last one a day has passed: what happened then is old news, and stands on the ticket.
const DELAYS: [Duration; 10] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(1),
    Duration::from_hours(2),
    Duration::from_hours(4),
    Duration::from_hours(6),
    Duration::from_hours(10),
];

/// What follows from a failure that may pass, after so many tries before it.
pub(super) fn again(before: i32, why: String, now: DateTime<Utc>) -> PostVerdict {
    let delay = usize::try_from(before).ok().and_then(|before| DELAYS.get(before));
    match delay.and_then(|delay| TimeDelta::from_std(*delay).ok()) {
        Some(delay) => PostVerdict::Later { at: now + delay, why },
        None => PostVerdict::Failed { why },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_for_a_day_and_given_up() {
        let now = DateTime::UNIX_EPOCH;
        let mut waited = TimeDelta::zero();
        for before in 0.. {
            match again(before, "503".into(), now) {
                PostVerdict::Later { at, .. } => waited += at - now,
                ended => {
                    assert_eq!(ended, PostVerdict::Failed { why: "503".into() });
                    break;
                }
            }
        }
        assert!(
            waited > TimeDelta::hours(23) && waited < TimeDelta::hours(25),
            "{waited}"
        );
    }
}
