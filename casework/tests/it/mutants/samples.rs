//! The samples as a guard: what the CSV files beside them say of a pack.

use std::sync::atomic::{AtomicUsize, Ordering};

use casework::pack::Pack;
use casework::report::{Facts, Report};
use casework::routing::{by_hand, decide};
use casework::rules::{Trigger, inputs};
use casework::words::Stage;
use chrono::{DateTime, TimeDelta, Utc};

use crate::samples::summary;
use crate::taihe::{at, csv, repository};

pub(crate) struct Samples {
    reports: Vec<(Facts, Vec<String>)>,
    requests: Vec<(Facts, Vec<String>)>,
    clocks: Vec<(Facts, Vec<String>)>,
    steps: Vec<(Facts, Vec<String>)>,
    at: DateTime<Utc>,
    /// The report or clock that told the last mutant apart: it likely tells its neighbours apart too.
    last: AtomicUsize,
}

/// A sample of either folder.
fn facts(name: &str) -> Facts {
    let folders = ["tests/samples", "tests/samples/rules"].map(|folder| repository().join(folder));
    let body = folders
        .iter()
        .find_map(|folder| std::fs::read(folder.join(format!("{name}.json"))).ok());
    Report::parse(&body.unwrap())
        .unwrap()
        .facts(at("2026-11-24T08:10:00+08:00"))
}

impl Samples {
    pub(crate) fn read() -> Self {
        let of = |folder: &str, file: &str| {
            let rows = csv(&std::fs::read_to_string(repository().join(folder).join(file)).unwrap());
            rows.into_iter().map(|row| (facts(&row[0]), row)).collect::<Vec<_>>()
        };
        let all = "tests/samples";
        let rules = "tests/samples/rules";
        Self {
            reports: [of(all, "expected.csv"), of(rules, "expected.csv")].concat(),
            requests: of(rules, "requests.csv"),
            clocks: of(rules, "clocks.csv"),
            steps: of(rules, "steps.csv"),
            at: at("2026-11-24T08:10:00+08:00"),
            last: AtomicUsize::new(0),
        }
    }

    /// Whether a pack with one changed decision table answers any sample otherwise.
    pub(crate) fn differ(&self, decision: &str, pack: &Pack) -> bool {
        match decision {
            "deadlines" => self.any(&self.clocks, |facts, row| self.clock(pack, facts, row)),
            "escalation" => self.any(&self.steps, |facts, row| self.step(pack, facts, row)),
            _ => {
                self.any(&self.reports, |facts, row| self.report(pack, facts, row))
                    || self.requests.iter().any(|(facts, row)| Self::request(pack, facts, row))
            }
        }
    }

    /// Whether any row differs, the last one that did first.
    fn any(&self, rows: &[(Facts, Vec<String>)], differs: impl Fn(&Facts, &[String]) -> bool) -> bool {
        let first = self.last.load(Ordering::Relaxed) % rows.len();
        let found = (0..rows.len()).map(|step| (first + step) % rows.len()).find(|index| {
            let (facts, row) = &rows[*index];
            differs(facts, row)
        });
        if let Some(index) = found {
            self.last.store(index, Ordering::Relaxed);
        }
        found.is_some()
    }

    fn report(&self, pack: &Pack, facts: &Facts, row: &[String]) -> bool {
        let decision = decide(pack, facts, self.at);
        !decision.triage_reasons.is_empty() || summary(&decision)[..] != row[1..]
    }

    /// The limits of an obligation that a person sends by hand: report, obligation, unit, sign, contact, resolve, start.
    fn clock(&self, pack: &Pack, facts: &Facts, row: &[String]) -> bool {
        let decision = by_hand(pack, facts, &row[1], &row[2], self.at).unwrap();
        let stages = &decision.tickets[0].stages;
        let stage = |wanted: Stage| stages.iter().find(|planned| planned.stage == wanted);
        let limit = |wanted| stage(wanted).map_or(String::new(), |planned| planned.limit.to_string());
        let limits = [limit(Stage::Sign), limit(Stage::Contact), limit(Stage::Resolve)];
        let starts =
            [Stage::Sign, Stage::Contact].map(|wanted| stage(wanted).is_none_or(|planned| planned.start == "dispatch"));
        limits[..] != row[3..6]
            || starts != [true, true]
            || stage(Stage::Resolve).is_none_or(|planned| planned.start != row[6])
    }

    /// Escalation of a ticket: report, obligation, stage, level, to, action, minutes after dispatch.
    fn step(&self, pack: &Pack, facts: &Facts, row: &[String]) -> bool {
        let decision = decide(pack, facts, self.at);
        let ticket = decision
            .tickets
            .iter()
            .find(|ticket| ticket.obligation == row[1])
            .unwrap();
        let stage = ticket
            .stages
            .iter()
            .find(|planned| planned.stage.as_str() == row[2])
            .unwrap();
        let at = self.at + TimeDelta::minutes(row[6].parse().unwrap());
        let step = stage.steps.iter().find(|step| step.level.to_string() == row[3]);
        step.is_none_or(|step| {
            (step.to.as_str(), step.action.as_str(), step.at) != (row[4].as_str(), row[5].as_str(), at)
        })
    }

    /// What a kind of unit may ask for in the case of a report: report, requester kind, obligations at unit kinds.
    fn request(pack: &Pack, facts: &Facts, row: &[String]) -> bool {
        let table = pack.rules().obligations_table().unwrap();
        let trigger = Trigger::Request {
            requester_kind: &row[1],
        };
        let rows = table
            .evaluate(&inputs(facts, &facts.situations[0], &facts.children[0], trigger))
            .unwrap();
        let text = |rule, column| table.output(rule, column).as_text().unwrap_or_default();
        let asked = rows
            .iter()
            .map(|rule| format!("{}@{}", text(rule, "obligation"), text(rule, "unit_kind")));
        let mut asked: Vec<String> = asked.collect();
        asked.sort();
        asked.join(" ") != row[2]
    }
}
