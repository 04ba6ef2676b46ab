//! Every sample report gives exactly the tickets that `expected.csv` says.

use casework::report::Report;
use casework::routing::{Decision, decide};

use crate::taihe::{TAIHE, at, csv, repository};

/// Urgency, lead, tickets and unsent, as `expected.csv` writes them.
pub(crate) fn summary(decision: &Decision) -> [String; 4] {
    let mut tickets: Vec<_> = decision
        .tickets
        .iter()
        .map(|t| format!("{}@{}", t.obligation, t.unit))
        .collect();
    tickets.sort();
    let lead: Vec<_> = decision.tickets.iter().filter(|t| t.lead).collect();
    assert_eq!(lead.len(), 1, "exactly one ticket leads");
    let unsent: Vec<_> = decision
        .unsent
        .iter()
        .map(|u| format!("{}@{}", u.obligation, u.unit_kind))
        .collect();
    let lead = format!("{}@{}", lead[0].obligation, lead[0].unit);
    [decision.urgency.to_string(), lead, tickets.join(" "), unsent.join(" ")]
}

#[test]
fn every_sample_gives_exactly_its_tickets() {
    for (folder, count) in [("tests/samples", 14), ("tests/samples/rules", 34)] {
        let dir = repository().join(folder);
        let expected = csv(&std::fs::read_to_string(dir.join("expected.csv")).unwrap());
        assert_eq!(expected.len(), count);
        for row in expected {
            let body = std::fs::read(dir.join(format!("{}.json", row[0]))).unwrap();
            let report = Report::parse(&body).unwrap();
            let decision = decide(
                &TAIHE,
                &report.facts(at("2026-11-24T08:10:00+08:00")),
                at("2026-11-24T08:10:00+08:00"),
            );
            assert_eq!(summary(&decision)[..], row[1..], "{}", row[0]);
            let doubts = &decision.triage_reasons;
            assert!(doubts.is_empty(), "{}: {doubts:?}", row[0]);
        }
    }
}

#[test]
fn a_decision_survives_its_json() {
    let body = std::fs::read(repository().join("tests/samples/12-theft-with-adult.json")).unwrap();
    let facts = Report::parse(&body).unwrap().facts(at("2026-11-24T08:10:00+08:00"));
    let decision = decide(&TAIHE, &facts, at("2026-11-24T08:10:00+08:00"));
    let text = serde_json::to_string(&decision).unwrap();
    // What tickets show is the database's, and no part of a decision's wire form.
    let mut kept = decision;
    kept.looks.clear();
    for ticket in &mut kept.tickets {
        ticket.own.clear();
        ticket.shows = casework::disclosure::Shows::nothing();
    }
    assert_eq!(serde_json::from_str::<Decision>(&text).unwrap(), kept);
    let text = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<casework::report::Facts>(&text).unwrap(), facts);
}
