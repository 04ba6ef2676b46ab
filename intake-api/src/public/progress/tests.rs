//! Statuses made by hand: each sentence appears on its own act, and on nothing else.

use serde_json::{Value, json};

use super::*;

fn status(kind: &str, tickets: Vec<Value>) -> ReportStatus {
    ReportStatus {
        received_at: at("2026-11-24T08:05:00Z"),
        reporter_kind: Some(kind.to_owned().into()),
        tickets: serde_json::from_value(tickets.into()).unwrap(),
        waived: false,
    }
}

const NOW: &str = "2026-11-24T12:00:00Z";
const PROFESSIONAL: [&str; 5] = ["teacher", "doctor", "child-director", "social-worker", "police"];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn clock(stage: &str, due: &str, ended: Option<&str>, sent: &[&str]) -> Value {
    json!({"stage": stage, "due_at": due, "provisional": false, "ended_at": ended, "sent": sent})
}

fn ticket(police: bool, state: &str, changes: Value) -> Value {
    let mut ticket = json!({
        "police": police, "triage": false, "state": state, "dispatched_at": "2026-11-24T08:05:01Z", "signed_at": null,
        "seen_at": null, "resolved_at": null, "stages": [],
    });
    for (name, value) in changes.as_object().unwrap() {
        ticket[name] = value.clone();
    }
    ticket
}

fn names(progress: &Progress) -> Vec<&'static str> {
    progress.steps.iter().map(|step| step.step.as_str()).collect()
}

fn step(progress: &Progress, name: StepName) -> &Step {
    progress.steps.iter().find(|step| step.step == name).expect("a step")
}

#[test]
fn steps_follow_the_tickets_that_exist() {
    let welfare = ticket(
        false,
        "dispatched",
        json!({"stages": [clock("sign", "2026-11-24T16:05:01Z", None, &[])]}),
    );
    let without = Progress::of(&status("teacher", vec![welfare.clone()]), at(NOW));
    assert_eq!(names(&without), ["received", "dispatched", "signed", "resolved"]);
    let police = ticket(
        true,
        "dispatched",
        json!({"stages": [
        clock("sign", "2026-11-24T08:35:01Z", None, &[]), clock("contact", "2026-11-24T14:00:00Z", None, &[])]}),
    );
    let with = Progress::of(&status("teacher", vec![police, welfare]), at(NOW));
    assert_eq!(
        names(&with),
        [
            "received",
            "dispatched",
            "police-signed",
            "signed",
            "child-seen",
            "resolved"
        ]
    );
    let seen = step(&with, StepName::ChildSeen);
    assert_eq!(
        (seen.at, seen.due_at, seen.late),
        (None, Some(at("2026-11-24T14:00:00Z")), false)
    );
}

#[test]
fn seen_is_a_recorded_contact_and_never_the_end_of_a_stage() {
    let closed = json!({"signed_at": "2026-11-24T08:20:00Z", "resolved_at": "2026-11-24T09:00:00Z",
        "stages": [clock("contact", "2026-11-25T00:00:00Z", Some("2026-11-24T09:00:00Z"), &[])]});
    let one = Progress::of(
        &status("teacher", vec![ticket(false, "resolved", closed.clone())]),
        at(NOW),
    );
    assert_eq!(one.child_seen_at, None);
    assert!(step(&one, StepName::ChildSeen).missed && !step(&one, StepName::ChildSeen).late);
    let mut met = closed;
    met["seen_at"] = json!("2026-11-24T08:50:00Z");
    let two = Progress::of(&status("teacher", vec![ticket(false, "resolved", met)]), at(NOW));
    assert_eq!(two.child_seen_at, Some(at("2026-11-24T08:50:00Z")));
    assert!(!step(&two, StepName::ChildSeen).missed);
}

#[test]
fn only_professionals_learn_of_police_signing_and_contact() {
    let full = || {
        vec![ticket(
            true,
            "in-progress",
            json!({"signed_at": "2026-11-24T08:20:00Z", "seen_at": "2026-11-24T09:00:00Z",
            "stages": [clock("contact", "2026-11-24T09:30:00Z", None, &["urge"]), clock("resolve", "2026-11-30T16:00:00Z", None, &[])]}),
        )]
    };
    for kind in ReporterKind::ALL {
        let progress = Progress::of(&status(kind.as_str(), full()), at(NOW));
        let professional = PROFESSIONAL.contains(&kind.as_str());
        assert_eq!(progress.police_signed_at.is_some(), professional, "{kind}");
        assert_eq!(progress.child_seen_at.is_some(), professional, "{kind}");
        let told = serde_json::to_string(&progress).unwrap();
        assert_eq!(told.contains("police"), professional, "{kind}: {told}");
        assert!(!told.contains("09:30"), "{kind}: {told}");
        assert_eq!(progress.state, State::Dispatched);
        assert!(names(&progress).contains(&"resolved"));
    }
}

#[test]
fn late_is_said_with_those_who_were_really_told() {
    let told = |sent: &[&str]| {
        let stages = json!({"stages": [clock("sign", "2026-11-24T08:35:01Z", None, sent)]});
        let progress = Progress::of(&status("teacher", vec![ticket(true, "dispatched", stages)]), at(NOW));
        let step = step(&progress, StepName::PoliceSigned);
        assert!(step.late && progress.late);
        (step.told.clone(), progress.told.clone())
    };
    for (sent, expected) in [
        (vec![], vec![]),
        (vec!["remind"], vec![]),
        (vec!["urge", "remind"], vec![Told::Unit]),
        (vec!["supervise", "urge"], vec![Told::Unit, Told::Office]),
        (vec!["advisory-letter"], vec![Told::Unit]),
        (vec!["supervise-letter"], vec![Told::LeadingGroup]),
    ] {
        assert_eq!(told(&sent), (expected.clone(), expected), "{sent:?}");
    }
}

#[test]
fn a_closing_that_waits_for_confirmation_is_not_the_end() {
    let asked = json!({"signed_at": "2026-11-24T08:20:00Z", "resolved_at": "2026-11-24T09:00:00Z"});
    let one = Progress::of(
        &status("doctor", vec![ticket(false, "close-requested", asked.clone())]),
        at(NOW),
    );
    assert_eq!((one.state, one.resolved_at), (State::Dispatched, None));
    assert!(step(&one, StepName::Resolved).close_requested);
    let relative = Progress::of(
        &status("relative", vec![ticket(false, "close-requested", asked.clone())]),
        at(NOW),
    );
    assert!(!step(&relative, StepName::Resolved).close_requested);
    // Reopened: the time of the first closing stays on the row and says nothing any more.
    let again = Progress::of(
        &status("doctor", vec![ticket(false, "reopened", asked.clone())]),
        at(NOW),
    );
    assert_eq!(again.resolved_at, None);
    let ended = Progress::of(&status("public", vec![ticket(false, "confirmed", asked)]), at(NOW));
    assert_eq!(
        (ended.state, ended.resolved_at),
        (State::Resolved, Some(at("2026-11-24T09:00:00Z")))
    );
}

#[test]
fn finished_is_due_when_the_last_is_and_late_when_the_first_is() {
    let both = |first: &str| {
        vec![
            ticket(false, "signed", json!({"stages": [clock("resolve", first, None, &[])]})),
            ticket(
                false,
                "signed",
                json!({"stages": [clock("resolve", "2026-12-01T16:00:00Z", None, &[])]}),
            ),
        ]
    };
    let later = Progress::of(&status("public", both("2026-11-26T16:00:00Z")), at(NOW));
    assert_eq!(
        step(&later, StepName::Resolved).due_at,
        Some(at("2026-12-01T16:00:00Z"))
    );
    let late = Progress::of(&status("public", both("2026-11-24T10:00:00Z")), at(NOW));
    let late = step(&late, StepName::Resolved);
    assert_eq!((late.late, late.due_at), (true, Some(at("2026-11-24T10:00:00Z"))));
}

#[test]
fn what_waits_for_the_office_is_not_yet_with_a_unit() {
    let triage = ticket(
        false,
        "dispatched",
        json!({"triage": true, "stages": [clock("resolve", "2026-11-24T13:00:00Z", None, &[])]}),
    );
    let one = Progress::of(&status("teacher", vec![triage]), at(NOW));
    assert_eq!((one.state, one.dispatched_at), (State::Triage, None));
    assert_eq!(names(&one), ["received", "triage", "dispatched", "resolved"]);
    assert_eq!(
        step(&one, StepName::Dispatched).due_at,
        Some(at("2026-11-24T13:00:00Z"))
    );
    let none = Progress::of(&status("teacher", vec![]), at(NOW));
    assert_eq!(none.state, State::Received);
    assert_eq!(names(&none), ["received", "dispatched", "resolved"]);
}

#[test]
fn what_was_waived_is_said_and_waits_for_nothing() {
    let all = ReportStatus {
        waived: true,
        ..status("relative", Vec::new())
    };
    let progress = Progress::of(&all, at(NOW));
    assert_eq!((progress.state, names(&progress)), (State::Waived, vec!["received"]));
    assert!(progress.waived && !progress.late);
    let closed = ticket(
        false,
        "resolved",
        json!({"signed_at": "2026-11-24T09:00:00Z", "resolved_at": "2026-11-24T10:00:00Z"}),
    );
    let part = ReportStatus {
        waived: true,
        ..status("teacher", vec![closed])
    };
    let progress = Progress::of(&part, at(NOW));
    assert_eq!(progress.state, State::Resolved, "of what was not waived");
    assert!(progress.waived);
    let none = Progress::of(&status("teacher", Vec::new()), at(NOW));
    assert_eq!((none.state, none.waived), (State::Received, false), "not routed yet");
}
