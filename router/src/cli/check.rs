//! `router check`: is a county pack, or one DMN file, sound?
//!
//! A pack is read whole with all its cross references, then each of its tables is checked as what the county asks of
//! it, then whether any report could fall through; a DMN file by itself is checked as what it declares. The time for
//! tables is limited, and what is not settled by then is an answer of its own: never "sound".

mod answer;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use casework::county::{MODEL, PackProblem};
use casework::dmn::check::{Report, Scope, check};
use casework::dmn::grid::Grid;
use casework::dmn::{self, Column, Model, Table};
use casework::office::soundness::{self, examine};
use platform::clock;

use super::packs::{self, County};
use super::terminal::{FINDING, UNREADABLE, say};
use answer::{Answer, Words};

#[derive(Debug, clap::Args)]
#[command(after_long_help = answer::SHAPE)]
pub(super) struct Check {
    #[command(flatten)]
    county: County,
    /// A DMN file to check by itself, instead of a county pack
    file: Option<PathBuf>,
    /// One JSON object; `--help` shows its shape
    #[arg(long)]
    json: bool,
    /// How long to search; what is open then is reported as not decided
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// Inputs that no row of a COLLECT or RULE ORDER table matches are gaps too
    #[arg(long, requires = "file")]
    gaps: bool,
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
        let examined = examine(&files, &mut self.share());
        let mut answer = Answer::new(examined.problems);
        let pack = examined.pack;
        let named = |column: &Column, word: &str| soundness::named(pack.as_ref()?.vocabulary(), column, word);
        for (table, report) in &examined.tables {
            answer.add(MODEL, table, report, &named, Words::Chinese);
        }
        answer.add_disclosure(examined.disclosure);
        answer.add_liveness(examined.liveness);
        answer.add_ringing(examined.ringing);
        self.answer(&self.county.county.display().to_string(), &answer, FINDING)
    }

    /// A file outside the subset is unreadable (2), one with findings is not sound (1).
    fn model(&self, file: &Path) -> ExitCode {
        let name = file.display().to_string();
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => {
                platform::remark!("{name}: {error}");
                return ExitCode::from(UNREADABLE);
            }
        };
        match dmn::read(text.strip_prefix('\u{feff}').unwrap_or(&text)) {
            Ok(model) => {
                let mut answer = Answer::new(Vec::new());
                for (table, report) in self.reports(&model) {
                    answer.add(&name, table, &report, &|_, _| None, Words::English);
                }
                self.answer(&name, &answer, FINDING)
            }
            Err(errors) => {
                let problem = |error| PackProblem::from((name.as_str(), error));
                let answer = Answer::new(errors.iter().map(problem).collect());
                self.answer(&name, &answer, UNREADABLE)
            }
        }
    }

    /// Each table with its report.
    fn reports<'m>(&self, model: &'m Model) -> Vec<(&'m Table, Report)> {
        let county = soundness::is_county(model);
        let (mut share, count) = (self.share(), model.tables.len());
        let checked = model.tables.iter().enumerate().map(|(index, table)| {
            let mut scope = if county {
                soundness::scope(table)
            } else {
                Scope::of(table)
            };
            scope.gaps |= self.gaps;
            (
                table,
                check(table, &Grid::new(table), &scope, &mut *share(count - index)),
            )
        });
        checked.collect()
    }

    fn share(&self) -> impl FnMut(usize) -> Box<dyn FnMut() -> bool> + use<> {
        clock::share(Duration::from_secs(self.seconds.min(u64::from(u32::MAX))))
    }

    fn answer(&self, what: &str, answer: &Answer, code: u8) -> ExitCode {
        if self.json {
            match serde_json::to_string(answer) {
                Ok(line) => say(&line),
                Err(_) => return ExitCode::FAILURE,
            };
        } else if answer.sound() {
            say(&format!("{what}: sound"));
        } else {
            for line in answer.lines() {
                say(line);
            }
        }
        if answer.sound() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(code)
        }
    }
}
