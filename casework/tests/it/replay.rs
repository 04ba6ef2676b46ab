//! A replay is what one gets by deciding every report twice and counting by hand.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use casework::office::replay::{Gravity, Load, Outcome, Replay, Shift, Tally};
use casework::pack::Pack;
use casework::report::Facts;
use casework::routing::{Decision, PlannedStage, PlannedTicket, decide};
use casework::words::Stage;
use chrono::{DateTime, Utc};
use proptest::prelude::*;

use crate::oracle::{config, facts, moments};
use crate::taihe::{FILES_OF_TAIHE, TAIHE, at};

/// Taihe with texts of its model replaced.
fn draft(changes: &[(&str, &str)]) -> Pack {
    let mut files = FILES_OF_TAIHE.clone();
    let model = files.get_mut("routing.dmn").unwrap();
    for (from, to) in changes {
        assert!(model.contains(from), "{from}");
        *model = model.replace(from, to);
    }
    Pack::examine(&files).0.unwrap()
}

/// Unusual, so that everything moves: limits, duties, urgency, roles.
static CHANGED: LazyLock<Pack> = LazyLock::new(|| {
    draft(&[
        ("<text>\"30min\"</text>", "<text>\"45min\"</text>"),
        ("<text>\"4h\"</text>", "<text>\"1wd\"</text>"),
        ("<text>\"5wd\"</text>", "<text>\"3wd\"</text>"),
        ("<text>\"P2\"</text>", "<text>\"P1\"</text>"),
        ("<text>\"legal-aid\"</text>", "<text>\"companionship\"</text>"),
    ])
});

/// The rules without a single row for the police.
static NO_POLICE: LazyLock<Pack> =
    LazyLock::new(|| draft(&[("<text>\"police-accept\"</text>", "<text>\"companionship\"</text>")]));

type Given = (Facts, DateTime<Utc>);

fn run(old: &Pack, new: &Pack, reports: &[Given]) -> Tally {
    let mut replay = Replay::new(old, new);
    for (index, (facts, at)) in reports.iter().enumerate() {
        replay.add(format_args!("{index} {at}"), facts, *at);
    }
    replay.into_tally()
}

fn named(ticket: &PlannedTicket) -> (&str, &str) {
    (&ticket.obligation, &ticket.unit)
}

/// Loads by unit, counted from whole decisions.
fn naive(old: &Pack, new: &Pack, reports: &[Given]) -> (u64, BTreeMap<String, Load>) {
    let mut changed = 0;
    let mut units: BTreeMap<String, Load> = BTreeMap::new();
    for (facts, at) in reports {
        let (before, after) = (decide(old, facts, *at), decide(new, facts, *at));
        let find = |decision: &Decision, name| decision.tickets.iter().find(|t| named(t) == name).cloned();
        let mut differs = before.urgency != after.urgency;
        for ticket in &before.tickets {
            let load = units.entry(ticket.unit.clone()).or_default();
            load.before += 1;
            load.lead_before += u64::from(ticket.lead);
            if find(&after, named(ticket)).is_none() {
                load.lost += 1;
                differs = true;
            }
        }
        for ticket in &after.tickets {
            let load = units.entry(ticket.unit.clone()).or_default();
            load.after += 1;
            load.lead_after += u64::from(ticket.lead);
            let Some(was) = find(&before, named(ticket)) else {
                load.gained += 1;
                differs = true;
                continue;
            };
            differs |= was.lead != ticket.lead || was.unit_kind != ticket.unit_kind;
            for stage in Stage::ALL {
                let of = |ticket: &PlannedTicket| ticket.stages.iter().find(|planned| planned.stage == *stage).cloned();
                // A stage that waits for an event is compared as if it happened at once.
                let due = |pack: &Pack, stage: &PlannedStage| {
                    stage.due.unwrap_or_else(|| pack.calendar().due(stage.limit, *at).at)
                };
                let mut shift = Shift::default();
                match (of(&was), of(ticket)) {
                    (None, None) => {}
                    (None, Some(_)) => shift.added = 1,
                    (Some(_), None) => shift.removed = 1,
                    (Some(was), Some(is)) if was.start != is.start => shift.restarted = 1,
                    (Some(was), Some(is)) => {
                        let minutes = (due(new, &is) - due(old, &was)).num_minutes();
                        (shift.later, shift.later_minutes) = (u64::from(minutes > 0), minutes.max(0).unsigned_abs());
                        (shift.earlier, shift.earlier_minutes) =
                            (u64::from(minutes < 0), minutes.min(0).unsigned_abs());
                    }
                }
                if shift != Shift::default() {
                    differs = true;
                    let held = load.stages.entry(*stage).or_default();
                    held.added += shift.added;
                    held.removed += shift.removed;
                    held.restarted += shift.restarted;
                    held.later += shift.later;
                    held.later_minutes += shift.later_minutes;
                    held.earlier += shift.earlier;
                    held.earlier_minutes += shift.earlier_minutes;
                }
            }
        }
        changed += u64::from(differs);
    }
    (changed, units)
}

fn reports() -> impl Strategy<Value = Vec<Given>> {
    prop::collection::vec((facts(), moments()), 0..12)
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn the_same_rules_change_nothing(reports in reports()) {
        let outcome = run(&TAIHE, &TAIHE, &reports).finish();
        prop_assert_eq!(outcome.reports, reports.len() as u64);
        prop_assert_eq!(outcome.changed, 0);
        prop_assert!(outcome.samples.is_empty() && outcome.tickets.stages.is_empty());
        for load in outcome.units.values().chain([&outcome.tickets]) {
            prop_assert_eq!((load.before, load.lead_before), (load.after, load.lead_after));
            prop_assert_eq!((load.gained, load.lost), (0, 0));
        }
        prop_assert_eq!(outcome.tickets.lead_after, outcome.reports);
    }

    #[test]
    fn loads_and_dues_are_those_of_whole_decisions(reports in reports()) {
        let outcome = run(&TAIHE, &CHANGED, &reports).finish();
        let (changed, units) = naive(&TAIHE, &CHANGED, &reports);
        prop_assert_eq!(outcome.changed, changed);
        prop_assert_eq!(&outcome.units, &units);
        for load in outcome.obligations.values().flat_map(BTreeMap::values).chain([&outcome.tickets]) {
            prop_assert_eq!(load.before + load.gained, load.after + load.lost);
        }
        let sum = |of: fn(&Load) -> u64| outcome.obligations.values().flat_map(BTreeMap::values).map(of).sum::<u64>();
        prop_assert_eq!(sum(|load| load.before), outcome.tickets.before);
        prop_assert_eq!(sum(|load| load.after), outcome.tickets.after);
        prop_assert_eq!(outcome.samples.is_empty(), changed == 0);
    }

    #[test]
    fn parts_in_any_order_are_the_whole(reports in reports(), others in reports()) {
        let (first, second) = (run(&TAIHE, &CHANGED, &reports), run(&TAIHE, &CHANGED, &others));
        let whole = run(&TAIHE, &CHANGED, &[reports, others].concat());
        let mut forth = first.clone();
        forth.merge(second.clone());
        let mut back = second;
        back.merge(first);
        // The names of the samples differ here, since each part counts from 0.
        let nameless = |tally: Tally| {
            let mut outcome = tally.finish();
            let times: Vec<_> = outcome.samples.iter().map(|sample| (sample.gravity, sample.at)).collect();
            outcome.samples.clear();
            (outcome, times)
        };
        prop_assert_eq!(back.clone().finish(), forth.clone().finish());
        prop_assert_eq!(nameless(forth), nameless(whole));
    }

    #[test]
    fn police_are_missed_in_every_report_that_needs_them(reports in reports()) {
        let outcome = run(&TAIHE, &NO_POLICE, &reports).finish();
        let has_police = |pack: &Pack, (facts, at): &Given| {
            decide(pack, facts, *at).tickets.iter().any(|ticket| ticket.obligation == "police-accept")
        };
        let before = reports.iter().filter(|given| has_police(&TAIHE, given)).count() as u64;
        let left = reports.iter().filter(|given| has_police(&TAIHE, given) && !has_police(&NO_POLICE, given)).count();
        prop_assert_eq!(outcome.police.by_rules.lost, before, "the shipped rules ask whatever the floor asks");
        prop_assert_eq!(outcome.police.by_rules.after, 0);
        prop_assert_eq!(outcome.police.left_without, left as u64);
        if before > 0 {
            prop_assert_eq!(outcome.samples[0].gravity, Gravity::PoliceLost);
            prop_assert!(outcome.sentences_zh(&TAIHE, &NO_POLICE)[1].contains("不再由规则派给公安"));
        }
    }
}

#[test]
fn an_outcome_is_stored_and_read_back() {
    let body = std::fs::read(crate::taihe::repository().join("tests/samples/01-bruises-at-school.json")).unwrap();
    let facts = casework::report::Report::parse(&body)
        .unwrap()
        .facts(at("2026-11-24T08:10:00+08:00"));
    let mut replay = Replay::new(&TAIHE, &CHANGED);
    replay.add("01", &facts, at("2026-11-24T08:10:00+08:00"));
    replay.add_unreadable("02", "no children");
    let outcome = replay.finish();
    assert_eq!((outcome.reports, outcome.changed, outcome.unreadable.count), (1, 1, 1));
    let sample = &outcome.samples[0];
    assert_eq!((sample.report.as_str(), &sample.facts), ("01", &facts));
    assert_eq!(sample.before.tickets[0].unit, "pol-341222101");
    let stored = serde_json::to_value(&outcome).unwrap();
    assert_eq!(serde_json::from_value::<Outcome>(stored).unwrap(), outcome);
}

#[test]
fn sentences_say_who_gets_what() {
    let body = br#"{"situations":["abuse-injury"],"present_danger":false,"area":"341222101001","place":"home",
        "suspect":"guardian","children":[{"sex":"male","age":9}],"reporter":{"kind":"teacher"},"narrative":"x"}"#;
    let facts = casework::report::Report::parse(body)
        .unwrap()
        .facts(at("2026-11-24T08:10:00+08:00"));
    let mut replay = Replay::new(&TAIHE, &NO_POLICE);
    for _ in 0..3 {
        replay.add("a", &facts, at("2026-11-24T08:10:00+08:00"));
    }
    let outcome = replay.finish();
    let said = outcome.sentences_zh(&TAIHE, &NO_POLICE);
    assert_eq!(said[0], "试算了 3 份报告（2026年11月24日），其中 3 份的结果有变化。");
    assert_eq!(said[1], "注意：3 份报告不再由规则派给公安，安全底线仍会通知公安。");
    assert!(
        said.iter().any(|line| line == "公安机关会多收到 3 张“志愿陪伴”工单。"),
        "{said:#?}"
    );
}
