//! `router check`: is a county pack, or one DMN file, sound?

use std::path::PathBuf;
use std::process::ExitCode;

use casework::dmn;
use casework::liveness::{self, LivenessFinding};
use casework::pack::{Pack, PackProblem};

use super::{County, FINDING, UNREADABLE, packs, say};

#[derive(Debug, clap::Args)]
pub(super) struct Check {
    #[command(flatten)]
    county: County,
    /// A DMN file to check by itself, instead of a county pack
    file: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(serde::Serialize)]
struct Answer<'a> {
    sound: bool,
    problems: &'a [PackProblem],
    liveness: &'a [LivenessFinding],
}

impl Check {
    pub(super) fn run(self) -> ExitCode {
        match &self.file {
            Some(file) => self.model(file),
            None => self.pack(),
        }
    }

    fn pack(&self) -> ExitCode {
        let files = match packs::files(&self.county.county) {
            Ok(files) => files,
            Err(code) => return code,
        };
        let (problems, liveness) = match Pack::read(&files) {
            Ok(pack) => (Vec::new(), liveness::check(&pack)),
            Err(problems) => (problems, Vec::new()),
        };
        self.answer(&self.county.county.display().to_string(), &problems, &liveness, FINDING)
    }

    /// A file outside the subset is unreadable (2); one that contradicts its own declared values is a finding (1).
    fn model(&self, file: &std::path::Path) -> ExitCode {
        let name = file.display().to_string();
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{name}: {error}");
                return ExitCode::from(UNREADABLE);
            }
        };
        let (errors, code) = match dmn::read(text.strip_prefix('\u{feff}').unwrap_or(&text)) {
            Ok(model) => (
                model.tables.iter().flat_map(dmn::Table::outside_allowed).collect(),
                FINDING,
            ),
            Err(errors) => (errors, UNREADABLE),
        };
        let problems: Vec<PackProblem> = errors
            .iter()
            .map(|error| PackProblem::from((name.as_str(), error)))
            .collect();
        self.answer(&name, &problems, &[], code)
    }

    fn answer(&self, what: &str, problems: &[PackProblem], liveness: &[LivenessFinding], code: u8) -> ExitCode {
        let sound = problems.is_empty() && liveness.is_empty();
        if self.json {
            match serde_json::to_string(&Answer {
                sound,
                problems,
                liveness,
            }) {
                Ok(line) => say(&line),
                Err(_) => return ExitCode::FAILURE,
            };
        } else if sound {
            say(&format!("{what}: sound"));
        } else {
            for problem in problems {
                say(&problem.to_string());
            }
            for finding in liveness {
                say(&finding.to_string());
            }
        }
        if sound { ExitCode::SUCCESS } else { ExitCode::from(code) }
    }
}
