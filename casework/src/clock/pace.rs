//! When an escalation step is sent, as against when it was crossed.
//!
//! A step is crossed at its planned time, computed from the due time and never from now. Normally it is sent then. After an
//! outage several steps are crossed at once; sending them together would call in the leading group before the unit had a
//! chance to read the first reminder. So level n+1 waits until level n was sent plus the distance that the plan has between
//! them, and the lateness is marked as the system's, not the unit's.

use chrono::{DateTime, TimeDelta, Utc};

use super::escalation::PlannedStep;

/// Sent within this of the plan counts as on time: the work of a healthy clock, not an outage.
const ON_TIME: TimeDelta = TimeDelta::seconds(60);

/// What the clock does with one stage at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Turn {
    /// Positions in the plan that are crossed by now, whether sent or not.
    pub crossed: Vec<usize>,
    /// Positions to send now, each with whether the system is late.
    pub send: Vec<(usize, bool)>,
    /// When to look again; `None` when every step is sent.
    pub next_at: Option<DateTime<Utc>>,
}

/// Decides for a stage whose steps before position `next` are sent, the last of them at `last_sent`. What was planned before
/// `resumed` (a closing was taken back then) is late by that closing, which is not the system's fault.
pub fn turn(
    plan: &[PlannedStep],
    next: usize,
    last_sent: Option<DateTime<Utc>>,
    resumed: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Turn {
    let mut turn = Turn {
        crossed: (next..plan.len()).filter(|i| plan[*i].at <= now).collect(),
        ..Turn::default()
    };
    let mut sent = last_sent;
    for i in next..plan.len() {
        let ready = ready_at(plan, i, sent);
        if ready > now {
            turn.next_at = Some(ready);
            return turn;
        }
        let (owed, waits) = resumed.map_or((plan[i].at, false), |resumed| {
            (plan[i].at.max(resumed), plan[i].at < resumed)
        });
        turn.send.push((i, !waits && now - owed > ON_TIME));
        sent = Some(now);
    }
    turn
}

fn ready_at(plan: &[PlannedStep], i: usize, last_sent: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let planned = plan[i].at;
    match (i.checked_sub(1).map(|before| plan[before].at), last_sent) {
        (Some(before), Some(sent)) if sent - before > ON_TIME => planned.max(sent + (planned - before)),
        _ => planned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Action, Addressee};

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn plan() -> Vec<PlannedStep> {
        [(1, 15), (2, 30), (3, 60), (4, 90)]
            .map(|(level, minute)| PlannedStep {
                level,
                to: Addressee::Office,
                action: Action::Urge,
                at: at(minute),
            })
            .to_vec()
    }

    #[test]
    fn a_healthy_clock_sends_each_step_at_its_time() {
        let plan = plan();
        assert_eq!(
            turn(&plan, 0, None, None, at(14)),
            Turn {
                next_at: Some(at(15)),
                ..Turn::default()
            }
        );
        let first = turn(&plan, 0, None, None, at(15));
        assert_eq!(
            (first.crossed, first.send, first.next_at),
            (vec![0], vec![(0, false)], Some(at(30)))
        );
        // Half a second of delay does not shift what follows.
        let late = at(15) + TimeDelta::milliseconds(500);
        assert_eq!(turn(&plan, 1, Some(late), None, at(16)).next_at, Some(at(30)));
        assert_eq!(
            turn(&plan, 3, Some(at(60)), None, at(90)),
            Turn {
                crossed: vec![3],
                send: vec![(3, false)],
                next_at: None
            }
        );
    }

    #[test]
    fn after_an_outage_levels_keep_their_distance() {
        let plan = plan();
        let back = at(200);
        let first = turn(&plan, 0, None, None, back);
        assert_eq!(first.crossed, [0, 1, 2, 3], "all are crossed, at their true times");
        assert_eq!(first.send, [(0, true)], "one is sent, marked as the system's lateness");
        assert_eq!(first.next_at, Some(at(215)));
        let second = turn(&plan, 1, Some(back), None, at(215));
        assert_eq!((second.send, second.next_at), (vec![(1, true)], Some(at(245))));
        let third = turn(&plan, 2, Some(at(215)), None, at(245));
        assert_eq!((third.send, third.next_at), (vec![(2, true)], Some(at(275))));
    }

    #[test]
    fn a_closing_taken_back_forgives_nothing_and_blames_nobody() {
        let plan = plan();
        // Closed at 20 after level 1, taken back at 100: level 2 (30) goes out now, the next keep their distances.
        let back = at(100);
        let first = turn(&plan, 1, Some(at(15)), Some(back), back);
        assert_eq!(
            (first.crossed, first.send, first.next_at),
            (vec![1, 2, 3], vec![(1, false)], Some(at(130)))
        );
        let second = turn(&plan, 2, Some(back), Some(back), at(130));
        assert_eq!((second.send, second.next_at), (vec![(2, false)], Some(at(160))));
        // What is planned after it is late like anything else.
        let later = turn(&plan, 3, Some(at(60)), Some(at(70)), at(200));
        assert_eq!(later.send, [(3, true)]);
    }

    #[test]
    fn a_short_outage_hurries_nobody() {
        let plan = plan();
        // Level 1 went out at 15 in good time, the outage covered 30: level 2 is late, level 3 moves with it.
        let turn2 = turn(&plan, 1, Some(at(15)), None, at(50));
        assert_eq!((turn2.send, turn2.next_at), (vec![(1, true)], Some(at(80))));
    }
}
