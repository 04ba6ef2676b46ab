//! Random reports: the decision must be what a naive reading of the CSV files says, to the last due date.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use casework::pack::Pack;
use casework::report::{ChildFacts, Facts};
use casework::routing::{Decision, decide};
use casework::words::{Identity, Lang, LivingWith, Place, ReporterKind, Sex, Suspect};
use chrono::{DateTime, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::naive;
use crate::taihe::{FILES_OF_TAIHE, TAIHE, csv};

/// What fails is written to `proptest-regressions`, which is committed, and tried first from then on.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig::with_cases(cases)
}

fn children() -> impl Strategy<Value = Vec<ChildFacts>> {
    let age = prop_oneof![Just(None), (0_u8..18).prop_map(Some)];
    let child = (select(Sex::ALL), age, any::<Option<bool>>(), select(LivingWith::ALL));
    vec(
        child.prop_map(|(sex, age, left_behind, living_with)| ChildFacts {
            sex,
            age,
            age_from: None,
            left_behind,
            living_with,
        }),
        1..4,
    )
}

/// Any facts that can come off the wire, unknown situations and foreign areas among them.
pub(crate) fn facts() -> impl Strategy<Value = Facts> {
    let mut codes: Vec<String> = TAIHE
        .vocabulary()
        .situations
        .iter()
        .map(|situation| situation.term.code.clone())
        .collect();
    codes.push("never-heard-of".into());
    let areas: Vec<String> = TAIHE.areas().iter().map(|area| area.code.clone()).collect();
    let area = prop_oneof![
        6 => select(areas).prop_map(Some),
        1 => Just(None),
        1 => Just(Some("110101001001".to_owned())),
        1 => Just(Some("341200000000".to_owned())),
        // Villages that the list does not have, of townships that it has and of others; and any code at all.
        2 => (100_u32..140, 0_u32..1000).prop_map(|(township, village)| Some(format!("341222{township}{village:03}"))),
        1 => "[0-9]{12}".prop_map(Some),
    ];
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let words = (
        select(Place::ALL),
        select(Suspect::ALL),
        select(ReporterKind::ALL),
        select(Identity::ALL),
    );
    (subsequence(codes, 1..4), flags, area, words, children()).prop_map(
        |(situations, (present_danger, guardian_absent, adult_co_offender, repeat), area, words, children)| Facts {
            situations,
            present_danger,
            area,
            place: words.0,
            suspect: words.1,
            children,
            reporter_kind: words.2,
            identity: words.3,
            guardian_absent,
            adult_co_offender,
            repeat,
        },
    )
}

/// Any second from 2024 to 2028.
pub(crate) fn moments() -> impl Strategy<Value = DateTime<Utc>> {
    (1_704_067_200_i64..1_830_297_600).prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap())
}

/// The decision in the naive reading's terms.
fn plain(pack: &Pack, decision: &Decision) -> naive::Answer {
    let tickets = decision.tickets.iter().map(|ticket| naive::Ticket {
        obligation: ticket.obligation.clone(),
        unit: ticket.unit.clone(),
        unit_kind: ticket.unit_kind.clone(),
        lead: ticket.lead,
        evidence: ticket
            .evidence
            .as_deref()
            .map(|code| pack.vocabulary().evidence.label(code, Lang::Zh).to_owned()),
        basis: ticket
            .basis
            .iter()
            .map(|basis| (basis.text.clone(), basis.grade.to_string()))
            .collect(),
        unknowns: ticket.unknowns.iter().map(|fact| fact.as_str()).collect(),
        stages: ticket
            .stages
            .iter()
            .map(|stage| naive::Stage {
                name: stage.stage.as_str(),
                limit: stage.limit.to_string(),
                start: stage.start.clone(),
                basis: stage.basis.clone(),
                grade: stage.grade.to_string(),
                due: stage.due.map(|due| (due, stage.provisional)),
                steps: stage
                    .steps
                    .iter()
                    .map(|step| (step.level, step.to.to_string(), step.action.to_string(), step.at))
                    .collect(),
            })
            .collect(),
    });
    let rows = decision.rows.iter().filter_map(|row| match row.decision.as_str() {
        "urgency" => Some(("urgency", row.row)),
        "obligations" => Some(("obligations", row.row)),
        _ => None,
    });
    naive::Answer {
        urgency: decision.urgency.to_string(),
        tickets: tickets.collect(),
        unsent: decision
            .unsent
            .iter()
            .map(|u| (u.obligation.clone(), u.unit_kind.clone()))
            .collect(),
        rows: rows.collect(),
    }
}

/// Packs in which some unit kinds are gone, with the rows of units.csv that are left.
static REDUCED: LazyLock<Vec<(Pack, Vec<Vec<String>>)>> = LazyLock::new(|| {
    let gone: [&[&str]; 6] = [
        &[],
        &["police"],
        &["civil-affairs", "education"],
        &["police", "court", "procuratorate"],
        &["township", "village", "health"],
        &[
            "police",
            "civil-affairs",
            "education",
            "health",
            "justice",
            "court",
            "procuratorate",
            "womens-federation",
        ],
    ];
    gone.iter()
        .map(|gone| {
            let mut files = FILES_OF_TAIHE.clone();
            let text: Vec<&str> = FILES_OF_TAIHE["units.csv"]
                .lines()
                .filter(|line| !gone.contains(&line.split(',').nth(1).unwrap()))
                .collect();
            let text = text.join("\n") + "\n";
            files.insert("units.csv".into(), text.clone());
            (Pack::examine(&files).0.unwrap(), csv(&text))
        })
        .collect()
});

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn the_tables_say_what_the_csv_files_say(facts in facts(), from in moments(), which in 0_usize..6) {
        let (pack, units) = &REDUCED[which];
        let decision = decide(pack, &facts, from);
        prop_assert_eq!(plain(pack, &decision), naive::decide(units, &facts, from));
    }

    #[test]
    fn every_decision_is_whole(facts in facts(), from in moments()) {
        let decision = decide(&TAIHE, &facts, from);
        prop_assert_eq!(decision.tickets.iter().filter(|ticket| ticket.lead).count(), 1);
        prop_assert!(decision.tickets[0].lead);
        let mut seen = BTreeSet::new();
        for ticket in &decision.tickets {
            prop_assert!(seen.insert((&ticket.obligation, &ticket.unit)), "twice the same obligation of a unit");
            prop_assert!(TAIHE.units().get(&ticket.unit).is_some());
            prop_assert!(!ticket.basis.is_empty());
            for stage in &ticket.stages {
                let times: Vec<_> = stage.steps.iter().map(|step| step.at).collect();
                prop_assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "steps must strictly increase");
                prop_assert_eq!(stage.due.is_some(), !stage.steps.is_empty());
                prop_assert!(stage.due.is_none_or(|due| due > from));
            }
        }
        let sorted = decision.rows.windows(2).all(|pair| pair[0] < pair[1]);
        prop_assert!(sorted, "rows are sorted, each once");
        let triage = decision.tickets.iter().any(|ticket| ticket.obligation == "triage");
        prop_assert_eq!(triage, !decision.triage_reasons.is_empty());
    }
}

/// A random walk may miss a row; each of the report rows must be reachable, or the comparison proves little.
#[test]
fn the_random_reports_reach_every_row() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeSet::new();
    for _ in 0..3000 {
        let facts = facts().new_tree(&mut runner).unwrap().current();
        reached.extend(decide(&TAIHE, &facts, DateTime::UNIX_EPOCH).rows);
    }
    let of = |decision: &str| reached.iter().filter(|row| row.decision == decision).count();
    assert_eq!(of("urgency"), 7);
    // Four of the 33 rows answer requests, not reports.
    assert_eq!(of("obligations"), 29);
    assert_eq!(of("escalation"), 4);
}
