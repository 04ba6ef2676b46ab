//! A replay over a file of reports, without a database.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;

use casework::office::replay::{Outcome, Replay};
use casework::pack::Pack;
use casework::report::{ParseError, Report};
use chrono::{DateTime, Utc};

use super::cannot_read::CannotRead;
use crate::cli::terminal::UNREADABLE;

/// The longest line: a report on the wire is far shorter.
const LONGEST: usize = 4 << 20;

/// Routes each line by both. A line that is no report is named, counted, and makes the exit code 2.
pub(super) fn run(file: &Path, old: &Pack, new: &Pack, at: DateTime<Utc>) -> anyhow::Result<(Outcome, ExitCode)> {
    let name = file.display();
    let unreadable = |error: std::io::Error| CannotRead(format!("{name}: {error}"));
    let lines = BufReader::new(File::open(file).map_err(unreadable)?).split(b'\n');
    let mut replay = Replay::new(old, new);
    let mut code = ExitCode::SUCCESS;
    for (index, line) in lines.enumerate() {
        let line = line.map_err(unreadable)?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let number = index + 1;
        match parse(&line) {
            Ok(report) => replay.add(format_args!("{number:06}"), &report.facts(at), at),
            Err(reason) => {
                platform::remark!("{name}:{number}: {reason}");
                replay.add_unreadable(format_args!("{number:06}"), &reason);
                code = ExitCode::from(UNREADABLE);
            }
        }
    }
    Ok((replay.finish(), code))
}

fn parse(line: &[u8]) -> Result<Report, String> {
    if line.len() > LONGEST {
        return Err("the line is too long for a report".into());
    }
    Report::parse(line).map_err(|error| match error {
        ParseError::NotJson(_) => error.to_string(),
        ParseError::Invalid(fields) => {
            let reasons: Vec<String> = fields.iter().map(ToString::to_string).collect();
            reasons.join("; ")
        }
    })
}
