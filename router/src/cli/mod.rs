//! The operator's commands. Answers go to stdout, everything else to stderr.
//!
//! Exit codes: 0 done, 1 a finding (`check`) or a failure, 2 input that can't be read.

mod check;
mod due;
mod moment;
mod packs;
mod route;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

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
    /// Checks a county pack or a DMN file
    Check(check::Check),
}

impl Cli {
    /// Runs the chosen command.
    pub(crate) fn run(self) -> ExitCode {
        match self.command {
            Command::Route(command) => command.run(),
            Command::Due(command) => command.run(),
            Command::Check(command) => command.run(),
        }
    }
}

/// Which county pack.
#[derive(Debug, Args)]
struct County {
    /// Folder of the county pack
    #[arg(long, value_name = "DIR", default_value = "counties/taihe")]
    county: PathBuf,
}

/// Input that can't be read.
const UNREADABLE: u8 = 2;
/// A finding of `check`.
const FINDING: u8 = 1;

/// JSON goes out when asked for, or when nobody is looking.
fn wants_json(asked: bool) -> bool {
    asked || !std::io::stdout().is_terminal()
}

/// Writes one line to stdout. A reader that went away (`| head`) is not a failure of ours.
fn say(line: &str) -> bool {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).is_ok()
}
