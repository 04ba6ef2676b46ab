//! What routing does when one of the two evaluators is wrong.

use std::path::Path;

use chrono::DateTime;

use super::Rules;
use crate::county::{FILES, PackFiles};
use crate::dmn::sfeel::Test;
use crate::dmn::{HitPolicy, Table};
use crate::pack::Pack;
use crate::report::{ChildFacts, Facts};
use crate::routing::{Decision, decide};
use crate::words::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect, Urgency};

fn taihe() -> Pack {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../counties/taihe");
    let files: PackFiles = FILES
        .iter()
        .map(|name| ((*name).to_owned(), std::fs::read_to_string(dir.join(name)).unwrap()))
        .collect();
    Pack::read(&files).unwrap()
}

/// A child of nine whom schoolmates bully: P2, education leads.
fn bullied() -> Facts {
    Facts {
        situations: vec!["bullying".into()],
        present_danger: false,
        area: Some("341222101001".into()),
        place: Place::School,
        suspect: Suspect::Peer,
        children: vec![ChildFacts {
            sex: Sex::Male,
            age: Some(9),
            age_from: None,
            left_behind: Some(false),
            living_with: LivingWith::Parents,
        }],
        reporter_kind: ReporterKind::Teacher,
        identity: Identity::Confidential,
        guardian_absent: false,
        adult_co_offender: false,
        repeat: false,
    }
}

fn decided(pack: &Pack) -> Decision {
    decide(pack, &bullied(), DateTime::from_timestamp(1_795_500_000, 0).unwrap())
}

fn broken(change: impl FnOnce(&mut Rules)) -> Decision {
    let mut pack = taihe();
    change(pack.rules_mut());
    decided(&pack)
}

fn rows(decision: &Decision, table: &str) -> Vec<usize> {
    let of = decision.rows.iter().filter(|row| row.decision == table);
    of.map(|row| row.row).collect()
}

fn owed(decision: &Decision) -> Vec<(&str, &str)> {
    let each = decision.tickets.iter();
    each.map(|ticket| (ticket.obligation.as_str(), ticket.unit.as_str()))
        .collect()
}

/// Row `number` matches nothing any more.
fn forget(number: usize) -> impl FnOnce(&mut Table) {
    move |table| {
        for test in &mut table.rules[number - 1].tests {
            *test = Test::OneOf(vec![]);
        }
    }
}

/// Row `number` matches everything.
fn overdo(number: usize) -> impl FnOnce(&mut Table) {
    move |table| table.rules[number - 1].tests.fill(Test::Any)
}

fn assert_alarm(decision: &Decision, words: &[&str]) {
    assert_eq!(decision.disagreements, 1);
    assert!(decision.tickets.iter().any(|ticket| ticket.obligation == "triage"));
    let [reason] = decision.triage_reasons.as_slice() else {
        panic!("{:?}", decision.triage_reasons);
    };
    for word in words {
        assert!(reason.contains(word), "{word}: {reason}");
    }
}

#[test]
fn both_say_the_same_of_the_sound_rules() {
    let decision = decided(&taihe());
    assert_eq!((decision.urgency, decision.disagreements), (Urgency::P2, 0));
    assert!(decision.triage_reasons.is_empty());
}

#[test]
fn a_row_that_the_matcher_forgets_is_dispatched() {
    let right = decided(&taihe());
    for row in rows(&right, "obligations") {
        let decision = broken(|rules| rules.obligations.as_mut().unwrap().mistake(forget(row)));
        assert_alarm(&decision, &["职责分工规则", "两种算法", &row.to_string()]);
        assert!(owed(&right).iter().all(|owed_one| owed(&decision).contains(owed_one)));
        assert_eq!(rows(&decision, "obligations"), rows(&right, "obligations"));
    }
}

#[test]
fn a_row_that_only_the_matcher_knows_is_dispatched_too() {
    let right = decided(&taihe());
    let pack = taihe();
    let count = pack.rules().obligations_table().unwrap().rules.len();
    let more = (1..=count)
        .find(|row| !rows(&right, "obligations").contains(row))
        .unwrap();
    let decision = broken(|rules| rules.obligations.as_mut().unwrap().mistake(overdo(more)));
    assert_alarm(&decision, &["职责分工规则", "快速匹配", &more.to_string()]);
    assert!(owed(&right).iter().all(|owed_one| owed(&decision).contains(owed_one)));
    assert!(rows(&decision, "obligations").contains(&more));
}

#[test]
fn the_higher_urgency_counts_whoever_says_it() {
    let [row] = rows(&decided(&taihe()), "urgency")[..] else {
        panic!("one row gives the urgency");
    };
    // The matcher falls through to P3, or answers P1 at the first row.
    let lower = broken(|rules| rules.urgency.as_mut().unwrap().mistake(forget(row)));
    assert_alarm(&lower, &["紧急程度规则"]);
    assert_eq!(lower.urgency, Urgency::P2);
    let higher = broken(|rules| rules.urgency.as_mut().unwrap().mistake(overdo(1)));
    assert_alarm(&higher, &["紧急程度规则", "第 1 行"]);
    assert_eq!(higher.urgency, Urgency::P1);
}

#[test]
fn an_error_of_one_keeps_the_answer_of_the_other() {
    let right = decided(&taihe());
    let decision = broken(|rules| {
        rules.obligations.as_mut().unwrap().mistake(|table| {
            table.hit_policy = HitPolicy::Unique;
            table.rules.iter_mut().for_each(|rule| rule.tests.fill(Test::Any));
        });
    });
    assert_eq!(decision.disagreements, 1);
    assert!(decision.triage_reasons.iter().any(|reason| reason.contains("相互冲突")));
    assert!(owed(&right).iter().all(|owed_one| owed(&decision).contains(owed_one)));
}
