//! Whenever the clock looks, in whatever order, with whatever crash between computing and recording: the same rings are covered,
//! each once.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::ringing::beats::Beats;
use crate::ringing::bells::{Cause, RingId};
use crate::roster::DutyClock;

/// Steps as a county may write them.
fn any_steps() -> impl Strategy<Value = Steps> {
    select(vec![
        steps(&[
            "0min duty / sms",
            "5min duty deputy / voice",
            "10min leader / voice",
            "10min duty leader / voice",
        ]),
        steps(&["0min duty / sms", "30min duty / voice", "4h leader / voice"]),
        steps(&["15min duty / sms", "1wd duty / mail"]),
        steps(&["7min duty / voice"]),
        steps(&["1wd duty / mail", "90min duty / sms"]),
    ])
}

/// A look at the bells: how many minutes after the start, and whether what was computed is recorded or lost in a crash.
fn looks() -> impl Strategy<Value = Vec<(i64, bool)>> {
    vec((-30_i64..6_000, prop::bool::weighted(0.7)), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Each moment is later than the one before, and the last one that is due is found by counting, too.
    #[test]
    fn moments_only_grow(steps in any_steps(), start in 0_i64..30_000, waits: bool, now in 0_i64..12_000, always: bool) {
        let county = County::new();
        let hours = if always { Hours::always() } else { Hours::read("08:00-12:00 14:30-17:30", "").unwrap() };
        let start = feb(1, "00:00") + minutes(start);
        let clock = DutyClock { calendar: &county.duty.calendar, hours: &hours };
        let beats = Beats { steps: &steps, start, waits, clock };
        let now = start + minutes(now);
        let mut counted = None;
        let mut index = 0;
        while beats.at(index) <= now {
            counted = Some(index);
            index += 1;
            prop_assert!(beats.at(index - 1) < beats.at(index));
        }
        prop_assert!(beats.at(0) >= start);
        prop_assert_eq!(beats.last_by(0, now), counted);
        // From any ring on it is the same.
        if let Some(last) = counted {
            prop_assert_eq!(beats.last_by(last, now), Some(last));
            prop_assert_eq!(beats.last_by(last / 2, now), Some(last));
            prop_assert_eq!(beats.turn(0, now).next_at, beats.at(last + 1));
        }
        prop_assert_eq!(beats.last_by(index, now), None);
        // What waits rings only while somebody is there.
        if waits && !always {
            prop_assert!((0..index).all(|index| clock.is_open(beats.at(index))));
        }
    }

    #[test]
    fn any_looks_in_any_order_cover_the_same_rings_once(looks in looks(), in_days: bool, levels in 0_usize..=4) {
        let county = County::new();
        let watch = county.watch();
        let board = county.board(&watch);
        let mut stage = at_night();
        stage.in_days = in_days;
        stage.sent = sent(&stage, levels);
        let mut covered = BTreeSet::new();
        let mut told = BTreeSet::new();
        let mut last_look = None;
        for (minute, recorded) in looks {
            let now = stage.start + minutes(minute);
            let round = board.round(std::slice::from_ref(&stage), now);
            // Calls tell of every ring that is due, and of no other.
            let in_calls: BTreeSet<RingId> = round.calls.iter().flat_map(|call| call.rings.iter().copied()).collect();
            prop_assert_eq!(in_calls, round.rings.iter().map(|ring| ring.id).collect());
            if !recorded {
                continue; // The transaction was lost, and with it all that it would have done.
            }
            last_look = last_look.max(Some(now));
            for ring in round.rings {
                prop_assert!(ring.due.planned <= now, "nothing rings before its time");
                prop_assert!(told.insert(ring.id), "{} twice", ring.id);
                for index in ring.due.first..=ring.due.last {
                    let id = RingId { bell: ring.id.bell, index };
                    prop_assert!(covered.insert(id), "{} covered twice", id);
                }
                stage.progress.entry(ring.id.bell.cause).or_default().next = ring.due.last + 1;
            }
        }
        let mut wanted = BTreeSet::new();
        for bell in stage.bells(&county.table, &ABOVE) {
            let beats = bell.beats(&watch);
            for index in (0..).take_while(|index| last_look.is_some_and(|now| beats.at(*index) <= now)) {
                wanted.insert(RingId { bell: bell.id, index });
            }
        }
        prop_assert_eq!(covered, wanted);
    }

    /// While nobody performs the act there is always a next look, however many answered; an answered bell never rings again.
    #[test]
    fn an_overdue_stage_always_has_a_next_ring(looks in looks(), answers in vec(0_usize..7, 0..20)) {
        let county = County::new();
        let watch = county.watch();
        let board = county.board(&watch);
        let mut stage = at_night();
        stage.sent = sent(&stage, 4);
        let causes = [Cause::Dispatch, Cause::Level(1), Cause::Level(2), Cause::Level(3), Cause::Level(4), Cause::Again];
        let mut answers = answers.into_iter();
        for (minute, _) in looks {
            let now = stage.start + minutes(minute);
            let round = board.round(std::slice::from_ref(&stage), now);
            prop_assert!(round.next_at.is_some_and(|at| at > now));
            for ring in round.rings {
                let progress = stage.progress.entry(ring.id.bell.cause).or_default();
                prop_assert!(!progress.answered || ring.id.bell.cause == Cause::Again);
                progress.next = ring.due.last + 1;
            }
            if let Some(cause) = answers.next().and_then(|index| causes.get(index)) {
                stage.progress.entry(*cause).or_default().answered = true;
            }
        }
    }
}
