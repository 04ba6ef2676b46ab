//! The boxes of the liveness check against the tables themselves, report by report.

use std::collections::BTreeSet;

use casework::dmn::{HitPolicy, Inputs, Table};
use casework::office::liveness::space::{Point, Region, Space, UNLISTED};
use casework::office::liveness::{Claim, Site, check, sites};
use casework::pack::Pack;
use casework::report::{Facts, Report, is_statutory};
use casework::routing::decide;
use casework::rules::{Trigger, inputs};
use casework::words::Handling;
use proptest::prelude::*;

use super::{changed, file, wire};
use crate::naive;
use crate::oracle::{config, facts, moments};
use crate::taihe::{TAIHE, at};

/// The point of one situation and child of a report.
fn point(space: &Space, facts: &Facts, situation: &str, child: usize, trigger: Trigger<'_>) -> Point {
    let known = TAIHE.vocabulary().situations.contains(situation);
    let mut inputs = inputs(facts, situation, &facts.children[child], trigger);
    if !known {
        inputs.insert("situation", UNLISTED.into());
    }
    let place = |fact: &casework::office::liveness::space::Fact| {
        let value = inputs
            .get(fact.name)
            .cloned()
            .unwrap_or(casework::dmn::sfeel::Value::Null);
        fact.values.iter().position(|known| *known == value).unwrap()
    };
    space.facts.iter().map(place).collect()
}

/// Packs that are sound and packs that lose somebody.
fn packs() -> Vec<Pack> {
    let cells = [
        ("obligations", 1, None),
        ("obligations", 1, Some(("in_age", "[3..11]"))),
        ("obligations", 5, Some(("in_place", "\"home\",\"unknown\""))),
        ("obligations", 2, Some(("in_suspect", "not(\"official\",\"unknown\")"))),
        ("obligations", 18, None),
        ("urgency", 7, Some(("in_guardian_absent", "false"))),
        ("urgency", 4, None),
        ("obligations", 23, Some(("out_role", "\"lead\""))),
    ];
    let mut packs: Vec<Pack> = cells
        .iter()
        .map(|(decision, row, column)| Pack::examine(&changed(decision, *row, *column)).0.unwrap())
        .collect();
    for policy in ["FIRST", "UNIQUE", "ANY", "RULE ORDER", "PRIORITY"] {
        let files = file(
            "routing.dmn",
            "hitPolicy=\"COLLECT\"",
            &format!("hitPolicy=\"{policy}\""),
        );
        packs.push(Pack::examine(&files).0.unwrap());
    }
    packs.push(TAIHE.clone());
    packs
}

/// A pack with what the check makes of it.
struct Checked {
    pack: Pack,
    claims: Vec<Claim>,
    space: Space,
    urgency: Vec<Vec<Region>>,
    obligations: Vec<Vec<Region>>,
    sites: Vec<Site>,
}

impl Checked {
    fn new(pack: Pack) -> Self {
        let space = Space::new(&pack);
        let answers = |table: Option<&Table>| space.answers(table.unwrap()).unwrap();
        Self {
            claims: check(&pack).into_iter().map(|finding| finding.claim).collect(),
            urgency: answers(pack.rules().urgency_table()),
            obligations: answers(pack.rules().obligations_table()),
            sites: sites(&pack),
            space,
            pack,
        }
    }
}

proptest! {
    #![proptest_config(config(400))]

    /// The factoring loses nothing: boxes, sites and tables agree on each random report, and whatever falls through
    /// when it is routed one by one is among the findings.
    #[test]
    fn what_brute_force_finds_is_found(facts in facts(), from in moments(), requester in 0_usize..15) {
        thread_local!(static CHECKED: Vec<Checked> = packs().into_iter().map(Checked::new).collect());
        CHECKED.with(|packs| {
            for checked in packs {
                boxes_agree(checked, &facts, requester);
                sites_agree(checked, &facts);
                brute_force(&checked.pack, &checked.claims, &facts, from);
            }
        });
    }
}

/// Rows by boxes are rows by evaluation.
fn boxes_agree(checked: &Checked, facts: &Facts, requester: usize) {
    let (space, rules) = (&checked.space, checked.pack.rules());
    let requester = checked.pack.vocabulary().unit_kinds.iter().nth(requester).unwrap();
    let requester_kind = requester.term.code.as_str();
    for trigger in [Trigger::Report, Trigger::Request { requester_kind }] {
        let tables = [
            (rules.urgency_table(), &checked.urgency),
            (rules.obligations_table(), &checked.obligations),
        ];
        for (table, answers) in tables {
            let table = table.unwrap();
            let at = point(space, facts, &facts.situations[0], 0, trigger);
            let by_box = answers
                .iter()
                .enumerate()
                .filter(|(_, regions)| regions.iter().any(|region| space.contains(region, &at)));
            let by_box: BTreeSet<usize> = by_box.map(|(row, _)| row + 1).collect();
            // Of unknown facts, whatever any value gives.
            let mut rows = BTreeSet::new();
            for child in naive::every(&facts.children[0]) {
                let found = table.evaluate(&inputs(facts, &facts.situations[0], &child, trigger));
                rows.extend(found.unwrap_or_default().iter().map(|rule| rule.number));
            }
            // Of rows that say the same, ANY answers with the first, a box with each.
            if table.hit_policy == HitPolicy::Any {
                assert!(rows.is_subset(&by_box) && rows.is_empty() == by_box.is_empty());
            } else {
                assert_eq!(by_box, rows, "{} {facts:?}", table.id);
            }
        }
    }
}

/// Sites find units where the search does.
fn sites_agree(checked: &Checked, facts: &Facts) {
    let pack = &checked.pack;
    let (areas, recusals) = (pack.areas(), pack.rules().recusals());
    let area = facts.area.as_deref();
    let kinds_at = |code: &str| {
        pack.units()
            .iter()
            .filter(|unit| unit.area == code)
            .map(|unit| unit.kind.clone())
            .collect()
    };
    let levels: Vec<_> = areas
        .climb(areas.search_from(area))
        .map(|area| (area.level, kinds_at(&area.code)))
        .collect();
    let site = checked.sites.iter().find(|site| site.levels == levels).unwrap();
    for kind in pack.vocabulary().unit_kinds.iter().map(|kind| &kind.term.code) {
        let unit = pack.units().find(areas, recusals, kind, area, facts.suspect);
        assert_eq!(
            site.finds(pack, kind, facts.suspect),
            unit.is_some(),
            "{kind} {facts:?}"
        );
    }
}

/// Whether exactly one row gives an urgency.
fn urgent(pack: &Pack, inputs: &Inputs<'_>) -> bool {
    let rows = pack.rules().urgency_table().unwrap().evaluate(inputs);
    rows.is_ok_and(|rows| !rows.is_empty())
}

/// What falls through when the report is routed must be claimed by a finding.
fn brute_force(pack: &Pack, claims: &[Claim], facts: &Facts, from: chrono::DateTime<chrono::Utc>) {
    let decision = decide(pack, facts, from);
    let table = pack.rules().obligations_table().unwrap();
    let known = |situation: &String| pack.vocabulary().situations.contains(situation);
    for situation in &facts.situations {
        for child in &facts.children {
            let every: Vec<_> = naive::every(child)
                .iter()
                .map(|child| inputs(facts, situation, child, Trigger::Report))
                .collect();
            let asked: Vec<_> = every
                .iter()
                .flat_map(|inputs| table.evaluate(inputs).unwrap_or_default())
                .collect();
            let text = |rule, column| table.output(rule, column).as_text().unwrap();
            let police = asked.iter().any(|rule| text(rule, "obligation") == "police-accept");
            if !police && (facts.present_danger || is_statutory(situation)) {
                assert!(claims.contains(&Claim::Police), "{facts:?}");
            }
            if !police && situation == "domestic-violence" {
                assert!(claims.contains(&Claim::Duty), "{facts:?}");
            }
            let placed = asked.iter().any(|rule| {
                let (areas, recusals) = (pack.areas(), pack.rules().recusals());
                let kind = text(rule, "unit_kind");
                text(rule, "role") == Handling::Lead.as_str()
                    || pack
                        .units()
                        .find(areas, recusals, kind, facts.area.as_deref(), facts.suspect)
                        .is_some()
            });
            assert!(
                placed || !known(situation) || claims.contains(&Claim::Ticket),
                "{facts:?}"
            );
            assert!(
                every.iter().all(|inputs| urgent(pack, inputs))
                    || !known(situation)
                    || claims.contains(&Claim::Urgency),
                "{facts:?}"
            );
        }
    }
    assert_eq!(decision.tickets.iter().filter(|ticket| ticket.lead).count(), 1);
    for ticket in &decision.tickets {
        let unit = pack.units().get(&ticket.unit).unwrap();
        assert!(unit.mailbox.contains('@'));
        for stage in &ticket.stages {
            let steps = stage.steps.windows(2).all(|pair| pair[0].at < pair[1].at);
            assert!(steps && stage.due.is_none_or(|due| due > from));
        }
    }
}

/// Each example is a report that `router route` reads, and on the pack it was found in it does fall through.
#[test]
fn every_example_falls_through() {
    let mut looked_at = 0;
    for pack in packs() {
        for finding in check(&pack)
            .iter()
            .filter(|finding| matches!(finding.claim, Claim::Police | Claim::Ticket | Claim::Urgency))
        {
            let facts = Report::from_value(wire(finding.report.as_ref().unwrap()))
                .unwrap()
                .facts(at("2026-11-24T08:10:00+08:00"));
            let every = naive::every(&facts.children[0]);
            let every: Vec<_> = every
                .iter()
                .map(|child| inputs(&facts, &facts.situations[0], child, Trigger::Report))
                .collect();
            let table = pack.rules().obligations_table().unwrap();
            let asked: Vec<_> = every
                .iter()
                .flat_map(|inputs| table.evaluate(inputs).unwrap_or_default())
                .collect();
            match finding.claim {
                Claim::Police => assert!(
                    asked
                        .iter()
                        .all(|rule| table.output(rule, "obligation").as_text() != Some("police-accept"))
                ),
                Claim::Ticket => assert!(
                    asked
                        .iter()
                        .all(|rule| table.output(rule, "role").as_text() == Some("assist"))
                ),
                _ => assert!(every.iter().all(|inputs| !urgent(&pack, inputs))),
            }
            let decision = decide(&pack, &facts, at("2026-11-24T08:10:00+08:00"));
            assert!(!decision.tickets.is_empty(), "the floor and triage hold all the same");
            looked_at += 1;
        }
    }
    assert!(looked_at > 8, "{looked_at}");
}
