//! The samples as a guard: what `tests/samples/expected*.csv` say of a pack.

use casework::facts::Facts;
use casework::pack::Pack;
use casework::report::Report;
use casework::routing::rules::{Trigger, inputs};
use casework::routing::{Stage, by_hand, decide};
use chrono::{DateTime, TimeDelta, Utc};

use crate::samples::summary;
use crate::taihe::{at, csv, repository};

pub(crate) struct Samples {
    reports: Vec<(Facts, Vec<String>)>,
    requests: Vec<Vec<String>>,
    clocks: Vec<(Facts, Vec<String>)>,
    steps: Vec<(Facts, Vec<String>)>,
    at: DateTime<Utc>,
}

impl Samples {
    pub(crate) fn read() -> Self {
        let file = |name: &str| csv(&std::fs::read_to_string(repository().join("tests/samples").join(name)).unwrap());
        let facts = |name: &str| {
            let body = std::fs::read(repository().join(format!("tests/samples/{name}.json"))).unwrap();
            Report::parse(&body).unwrap().facts()
        };
        let of = |name: &str| file(name).into_iter().map(|row| (facts(&row[0]), row)).collect();
        Self {
            reports: of("expected.csv"),
            requests: file("expected-requests.csv"),
            clocks: of("expected-clocks.csv"),
            steps: of("expected-steps.csv"),
            at: at("2026-11-24T08:10:00+08:00"),
        }
    }

    /// Whether a pack with one changed decision table answers any sample otherwise.
    pub(crate) fn differ(&self, decision: &str, pack: &Pack) -> bool {
        match decision {
            "deadlines" => self.clocks.iter().any(|(facts, row)| self.clock(pack, facts, row)),
            "escalation" => self.steps(pack),
            _ => self.reports.iter().any(|(facts, row)| self.report(pack, facts, row)) || self.requests(pack),
        }
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

    /// Escalation of the tickets of a report: report, obligation, stage, level, to, action, minutes after dispatch.
    fn steps(&self, pack: &Pack) -> bool {
        self.steps.iter().any(|(facts, row)| {
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
            step.is_none_or(|step| (step.to.as_str(), step.action.as_str(), step.at) != (&row[4], &row[5], at))
        })
    }

    /// What each kind of unit may ask for: requester kind, obligations at unit kinds.
    fn requests(&self, pack: &Pack) -> bool {
        let (facts, _) = &self.reports[0];
        let table = pack.rules().obligations_table().unwrap();
        self.requests.iter().any(|row| {
            let trigger = Trigger::Request {
                requester_kind: &row[0],
            };
            let rows = table
                .evaluate(&inputs(facts, &facts.situations[0], &facts.children[0], trigger))
                .unwrap();
            let text = |rule, column| table.output(rule, column).as_text().unwrap_or_default();
            let mut asked: Vec<_> = rows
                .iter()
                .map(|rule| format!("{}@{}", text(rule, "obligation"), text(rule, "unit_kind")))
                .collect();
            asked.sort();
            asked.join(" ") != row[1]
        })
    }
}
