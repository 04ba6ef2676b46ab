//! The operator's commands. Answers go to stdout, everything else to stderr.
//!
//! Exit codes: 0 done, 1 a finding (`check`) or a failure, 2 input that can't be read.

mod calendar;
mod check;
mod due;
mod eval;
mod moment;
mod packs;
mod replay;
mod roster;
mod route;
mod show;
mod terminal;
mod tick;
mod triage;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Routes reports of children at risk to member units, and answers what the rules say.
#[derive(Debug, Parser)]
#[command(name = "router", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows which units owe what by when for report files
    Route(route::Route),
    /// Computes a deadline with its derivation
    Due(due::Due),
    /// Reads a notice of days off: which days become others
    Calendar(calendar::Notice),
    /// Checks a county pack or a DMN file
    Check(check::Check),
    /// Evaluates one decision table of a DMN file
    Eval(eval::Eval),
    /// Tries changed rules on past reports: who would get what more, less, earlier, later
    Replay(replay::Replay),
    /// Shows who is on duty for each unit, and when nobody who can be reached is
    Roster(roster::Show),
    /// Shows a report's tickets, stages, escalation steps, notices and rings
    Show {
        /// Receipt number
        receipt: String,
        /// JSON instead of text
        #[arg(long)]
        json: bool,
        /// Why each ticket is as it is, in Chinese below it; JSON always says it
        #[arg(long)]
        explain: bool,
    },
    /// Turns the clock to a given time and sends what is due then (tests and drills)
    Tick {
        /// Time, RFC 3339; without an offset it is Taihe's
        #[arg(long, value_name = "T", value_parser = moment::read)]
        at: chrono::DateTime<chrono::Utc>,
    },
    /// Settles a report that waits for a human (待人工研判)
    #[command(subcommand)]
    Triage(triage::Triage),
    /// Serves: consumes reports, keeps the clock
    Serve,
}

impl Cli {
    /// Runs the chosen command.
    pub(crate) fn run(self) -> ExitCode {
        match self.command {
            Command::Route(command) => command.run(),
            Command::Due(command) => command.run(),
            Command::Calendar(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::Eval(command) => command.run(),
            Command::Replay(command) => command.run(),
            Command::Roster(command) => command.run(),
            Command::Show { receipt, json, explain } => connected(show::run(&receipt, json, explain)),
            Command::Tick { at } => connected(tick::run(at)),
            Command::Triage(command) => connected(triage::run(&command)),
            Command::Serve => connected(crate::serve::serve()),
        }
    }
}

/// Runs a command that needs the database.
fn connected(command: impl Future<Output = anyhow::Result<()>>) -> ExitCode {
    let done = tokio::runtime::Runtime::new()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(command));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            platform::remark!("router: {error:#}");
            ExitCode::FAILURE
        }
    }
}
