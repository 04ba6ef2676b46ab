//! The safety floor: a statutory situation or present danger has a police ticket, whatever the rules say.

use casework::county::PackFiles;
use casework::pack::Pack;
use casework::report::Facts;
use casework::routing::{Decision, decide, triage};
use casework::words::reserved::STATUTORY;
use proptest::prelude::*;

use crate::oracle::{config, facts, moments};
use crate::taihe::{FILES_OF_TAIHE, TAIHE, at};

/// The model without the rows of one decision (`None`: without the decision itself).
fn without(decision: &str, rows_only: bool) -> PackFiles {
    let text = &FILES_OF_TAIHE["routing.dmn"];
    let start = text.find(&format!("<decision id=\"{decision}\"")).unwrap();
    let end = start + text[start..].find("</decision>").unwrap() + "</decision>".len();
    let mut kept = String::new();
    if rows_only {
        let mut rest = &text[start..end];
        while let Some(rule) = rest.find("<rule ") {
            kept += &rest[..rule];
            rest = &rest[rule + rest[rule..].find("</rule>").unwrap() + "</rule>".len()..];
        }
        kept += rest;
    }
    let mut files = FILES_OF_TAIHE.clone();
    files.insert("routing.dmn".into(), text[..start].to_owned() + &kept + &text[end..]);
    files
}

/// Packs that should never be published.
fn broken() -> Vec<(String, Pack)> {
    let mut packs = Vec::new();
    for decision in ["urgency", "obligations", "deadlines", "escalation"] {
        for rows_only in [true, false] {
            let (pack, problems) = Pack::examine(&without(decision, rows_only));
            packs.push((format!("{decision} {rows_only}"), pack.unwrap()));
            let harmless = rows_only && matches!(decision, "urgency" | "obligations");
            assert_eq!(problems.is_empty(), harmless, "{decision}: {problems:#?}");
        }
    }
    for file in [
        "routing.dmn",
        "ranking.csv",
        "recusal.csv",
        "units.csv",
        "areas.csv",
        "situations.csv",
        "obligations.csv",
        "holidays.csv",
    ] {
        let mut files = FILES_OF_TAIHE.clone();
        files.remove(file);
        let (pack, problems) = Pack::examine(&files);
        assert!(!problems.is_empty(), "{file}");
        packs.push((format!("no {file}"), pack.unwrap()));
    }
    let mut files = FILES_OF_TAIHE.clone();
    files.insert(
        "routing.dmn".into(),
        FILES_OF_TAIHE["routing.dmn"].replace("\"police\"", "\"youth-league\""),
    );
    packs.push(("police renamed".into(), Pack::examine(&files).0.unwrap()));
    packs
}

fn assert_floor(name: &str, facts: &Facts, decision: &Decision) {
    let police: Vec<_> = decision
        .tickets
        .iter()
        .filter(|t| t.obligation == "police-accept" && t.unit_kind == "police")
        .collect();
    if facts.present_danger || facts.situations.iter().any(|code| STATUTORY.contains(&code.as_str())) {
        assert_eq!(police.len(), 1, "{name}: {facts:?}");
    }
    assert!(!decision.tickets.is_empty(), "{name}");
    assert_eq!(decision.tickets.iter().filter(|t| t.lead).count(), 1, "{name}");
    for ticket in &decision.tickets {
        let sign = ticket.stages.first().unwrap();
        assert!(
            sign.due.is_some() && sign.steps.len() == 4,
            "{name}: nobody would notice {ticket:?}"
        );
        assert_eq!(ticket.stages.last().unwrap().stage.as_str(), "resolve", "{name}");
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn police_whatever_table_is_gone(facts in facts(), from in moments()) {
        thread_local!(static PACKS: Vec<(String, Pack)> = broken());
        PACKS.with(|packs| {
            for (name, pack) in packs {
                assert_floor(name, &facts, &decide(pack, &facts, from));
                assert_floor(name, &facts, &triage(pack, &facts, "测试", from));
            }
        });
    }

    #[test]
    fn triage_is_the_floor_and_the_office(facts in facts(), from in moments()) {
        let decision = triage(&TAIHE, &facts, "评估失败", from);
        let mut obligations: Vec<_> = decision.tickets.iter().map(|t| t.obligation.as_str()).collect();
        obligations.sort_unstable();
        let wanted: &[&str] = if facts.is_urgent() { &["police-accept", "triage"] } else { &["triage"] };
        prop_assert_eq!(obligations, wanted);
        prop_assert_eq!(decision.triage_reasons, vec!["评估失败".to_owned()]);
        prop_assert!(decision.rows.iter().all(|row| row.decision != "obligations"));
    }
}

#[test]
fn an_unknown_word_is_routed_as_given_and_looked_at() {
    let body = br#"{"situations":["never-heard-of"],"present_danger":true,"area":"341222101001","place":"home",
        "children":[{"sex":"male","age":9}],"reporter":{"kind":"public"},"narrative":"x"}"#;
    let facts = casework::report::Report::parse(body)
        .unwrap()
        .facts(at("2026-11-24T08:10:00+08:00"));
    let decision = decide(&TAIHE, &facts, at("2026-11-24T08:10:00+08:00"));
    let tickets: Vec<_> = decision
        .tickets
        .iter()
        .map(|t| format!("{}@{}", t.obligation, t.unit))
        .collect();
    assert_eq!(
        tickets,
        ["police-accept@pol-341222101", "emergency-care@ca", "triage@office"]
    );
    assert_eq!(decision.urgency.as_str(), "P1");
    assert!(decision.triage_reasons[0].contains("never-heard-of"));
}

#[test]
fn a_report_that_nobody_asks_anything_for_is_judged_by_a_person() {
    let body = br#"{"situations":["hardship"],"present_danger":false,"area":null,
        "children":[{"sex":"male"}],"reporter":{"kind":"public"},"narrative":"x"}"#;
    let facts = casework::report::Report::parse(body)
        .unwrap()
        .facts(at("2026-11-24T08:10:00+08:00"));
    let (pack, _) = Pack::examine(&without("obligations", true));
    let decision = decide(&pack.unwrap(), &facts, at("2026-11-24T08:10:00+08:00"));
    assert_eq!(decision.tickets.len(), 1);
    let ticket = &decision.tickets[0];
    assert_eq!(
        (ticket.obligation.as_str(), ticket.unit.as_str(), ticket.lead),
        ("triage", "office", true)
    );
    assert_eq!(decision.urgency.as_str(), "P3", "the urgency table still holds");
    assert_eq!(ticket.stages[0].limit.to_string(), "4h");
}
