//! `router route`: what the rules make of report files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use casework::calendar::rfc3339;
use casework::office::explain::{self, Explanation};
use casework::pack::Pack;
use casework::report::{Facts, ParseError, Report};
use casework::routing::{self, Decision, MatchedRow, PlannedStage, PlannedTicket, Unsent};
use casework::{words, zh};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::packs::County;
use super::terminal::{UNREADABLE, say, wants_json};
use super::{moment, packs};

#[derive(Debug, clap::Args)]
pub(super) struct Route {
    #[command(flatten)]
    county: County,
    /// When the report is accepted and dispatched: RFC 3339, or without an offset as Asia/Shanghai; now if left out
    #[arg(long, value_parser = moment::read, value_name = "T")]
    at: Option<DateTime<Utc>>,
    /// JSON even on a terminal: one object per line
    #[arg(long)]
    json: bool,
    /// Why each ticket is as it is, in Chinese below the tickets; with --json as a field of each ticket
    #[arg(long)]
    explain: bool,
    /// Report files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// One line of the answer.
#[derive(Serialize)]
struct Answer<'d> {
    file: String,
    urgency: &'static str,
    tickets: Vec<Ticket<'d>>,
    unsent: &'d [Unsent],
    rows: &'d [MatchedRow],
}

#[derive(Serialize)]
struct Ticket<'d> {
    obligation: &'d str,
    unit: &'d str,
    unit_kind: &'d str,
    lead: bool,
    stages: Stages<'d>,
    basis: Vec<&'d str>,
    /// Only where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<&'d Explanation>,
}

/// In the order in which they happen; a stage that does not exist is left out.
#[derive(Serialize)]
struct Stages<'d> {
    #[serde(skip_serializing_if = "Option::is_none")]
    sign: Option<Stage<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<Stage<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolve: Option<Stage<'d>>,
}

#[derive(Serialize)]
struct Stage<'d> {
    due: Option<String>,
    limit: String,
    start: &'d str,
    basis: &'d str,
    grade: words::Grade,
    provisional: bool,
}

impl Route {
    pub(super) fn run(self) -> ExitCode {
        let pack = match packs::load(&self.county.county) {
            Ok(pack) => pack,
            Err(code) => return code,
        };
        let at = self.at.unwrap_or_else(platform::clock::now);
        // An explanation is for reading: text unless JSON is asked for by name.
        let json = if self.explain { self.json } else { wants_json(self.json) };
        let mut code = ExitCode::SUCCESS;
        for file in &self.files {
            match report(file) {
                Ok(report) => {
                    let facts = report.facts(at);
                    let decision = routing::decide(&pack, &facts, at);
                    let why = if self.explain {
                        explanations(&pack, &facts, &decision)
                    } else {
                        Vec::new()
                    };
                    if !print(&pack, file, &decision, &why, json) {
                        return code;
                    }
                }
                Err(reasons) => {
                    for reason in reasons {
                        platform::remark!("{}: {reason}", file.display());
                    }
                    code = ExitCode::from(UNREADABLE);
                }
            }
        }
        code
    }
}

/// Reads one report; the error says each thing that is wrong.
fn report(file: &Path) -> Result<Report, Vec<String>> {
    let body = std::fs::read(file).map_err(|error| vec![error.to_string()])?;
    Report::parse(&body).map_err(|error| match error {
        ParseError::NotJson(_) => vec![error.to_string()],
        ParseError::Invalid(fields) => fields.iter().map(ToString::to_string).collect(),
    })
}

fn explanations(pack: &Pack, facts: &Facts, decision: &Decision) -> Vec<Explanation> {
    let tickets = decision.tickets.iter();
    tickets
        .map(|ticket| explain::ticket(pack, facts, decision, ticket))
        .collect()
}

/// Prints one decision, with one explanation per ticket or none; false when nobody reads any more.
fn print(pack: &Pack, file: &Path, decision: &Decision, why: &[Explanation], json: bool) -> bool {
    let name = file.display().to_string();
    if json {
        serde_json::to_string(&answer(name, decision, why)).is_ok_and(|line| say(&line))
    } else {
        let why: String = why.iter().map(|why| format!("\n{}", why.text())).collect();
        say(&format!("{}{why}", zh::decision(pack, &name, decision)))
    }
}

fn answer<'d>(file: String, decision: &'d Decision, why: &'d [Explanation]) -> Answer<'d> {
    let why = why.iter().map(Some).chain(std::iter::repeat(None));
    let tickets = decision
        .tickets
        .iter()
        .zip(why)
        .map(|(ticket, explanation)| Ticket {
            obligation: &ticket.obligation,
            unit: &ticket.unit,
            unit_kind: &ticket.unit_kind,
            lead: ticket.lead,
            stages: stages(ticket),
            basis: ticket.basis.iter().map(|basis| basis.text.as_str()).collect(),
            explanation,
        })
        .collect();
    Answer {
        file,
        urgency: decision.urgency.as_str(),
        tickets,
        unsent: &decision.unsent,
        rows: &decision.rows,
    }
}

fn stages(ticket: &PlannedTicket) -> Stages<'_> {
    let of = |wanted: words::Stage| {
        let planned = ticket.stages.iter().find(|planned| planned.stage == wanted);
        planned.map(stage)
    };
    Stages {
        sign: of(words::Stage::Sign),
        contact: of(words::Stage::Contact),
        resolve: of(words::Stage::Resolve),
    }
}

fn stage(planned: &PlannedStage) -> Stage<'_> {
    Stage {
        due: planned.due.map(rfc3339),
        limit: planned.limit.to_string(),
        start: &planned.start,
        basis: &planned.basis,
        grade: planned.grade,
        provisional: planned.provisional,
    }
}
