//! 回访: how a call to the reporter may end, and what follows from it.
//!
//! Content, or anonymous: it is over. Not reached: called again on another day, three times at most, and then over as not
//! reached. Not content: tickets are reopened, or a second person of the office agrees that nothing is to be reopened.

use chrono::{DateTime, Days, Utc};

use crate::calendar::{midnight, shanghai};
use crate::words::words;

/// So often a reporter who does not answer is called, each time on another day.
pub const TRIES: i16 = 3;

words! {
    /// How a call ended.
    CallResult {
        /// 满意
        Satisfied = "satisfied",
        /// 不满意
        Dissatisfied = "dissatisfied",
        /// 无法联系
        Unreachable = "unreachable",
        /// 匿名不回访
        Anonymous = "anonymous",
    }
}

words! {
    /// What follows from 不满意.
    FollowUp {
        /// 重新办理
        Reopen = "reopen",
        /// 不重新办理, as a second person decides
        Keep = "keep",
    }
}

/// When somebody who was not reached at the `nth` try (1 is the first) is called again: from the next day on. `None`: never,
/// the round ends.
pub fn again(nth: i16, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if nth >= TRIES {
        return None;
    }
    let tomorrow = at.with_timezone(&shanghai()).date_naive() + Days::new(1);
    midnight(tomorrow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_lie_on_different_days_and_end_with_the_third() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        // 23:59 and 00:01 in Taihe are two days, whatever the day in Greenwich.
        assert_eq!(again(1, at("2026-11-24T15:59:00Z")), Some(at("2026-11-24T16:00:00Z")));
        assert_eq!(again(2, at("2026-11-24T16:01:00Z")), Some(at("2026-11-25T16:00:00Z")));
        assert_eq!(again(1, at("2026-12-31T03:00:00Z")), Some(at("2026-12-31T16:00:00Z")));
        assert_eq!(again(TRIES, at("2026-11-24T03:00:00Z")), None);
    }
}
