//! `router calendar`: what a notice of days off says, before anybody brings it into force on the page 放假安排.

use std::path::PathBuf;
use std::process::ExitCode;

use casework::calendar::{DayChange, DayKind};
use casework::office::days_off::{DaysOff, days_off};
use casework::pack::holidays_csv;
use chrono::NaiveDate;
use serde::Serialize;

use super::packs;
use super::packs::County;
use super::terminal::{UNREADABLE, say, wants_json};

#[derive(Debug, clap::Args)]
pub(super) struct Notice {
    #[command(flatten)]
    county: County,
    /// The State Council's notice as text, or a table like holidays.csv; `-` reads standard input
    file: PathBuf,
    /// Prints holidays.csv as it stands with it, for the county's folder
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// JSON even on a terminal
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    years: Vec<i32>,
    through: NaiveDate,
    changes: Vec<Changed<'a>>,
    unread: &'a [String],
}

#[derive(Serialize)]
struct Changed<'a> {
    day: NaiveDate,
    works: bool,
    worked: bool,
    name: &'a str,
}

impl<'a> Changed<'a> {
    fn of(change: &'a DayChange) -> Self {
        Self {
            day: change.day,
            works: change.becomes.is_worked(),
            worked: change.was.is_worked(),
            name: &change.name,
        }
    }
}

impl Notice {
    pub(super) fn run(self) -> ExitCode {
        let pack = match packs::load(&self.county.county) {
            Ok(pack) => pack,
            Err(code) => return code,
        };
        let text = if self.file.as_os_str() == "-" {
            std::io::read_to_string(std::io::stdin())
        } else {
            std::fs::read_to_string(&self.file)
        };
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                platform::remark!("{}: {error}", self.file.display());
                return ExitCode::from(UNREADABLE);
            }
        };
        match days_off(&text, pack.calendar()) {
            Ok(read) => self.answer(&read),
            Err(problems) => {
                for problem in problems {
                    platform::remark!("{}: {}", self.file.display(), problem.en);
                }
                ExitCode::from(UNREADABLE)
            }
        }
    }

    fn answer(&self, read: &DaysOff) -> ExitCode {
        if self.csv {
            say(holidays_csv(&read.calendar).trim_end());
        } else if wants_json(self.json) {
            let answer = Answer {
                years: read.years.iter().copied().collect(),
                through: read.calendar.published_through(),
                changes: read.changes.iter().map(Changed::of).collect(),
                unread: &read.unread,
            };
            match serde_json::to_string(&answer) {
                Ok(line) => say(&line),
                Err(_) => return ExitCode::FAILURE,
            };
        } else {
            for change in &read.changes {
                let what = match change.becomes {
                    DayKind::Weekday => "worked",
                    DayKind::MadeUp => "worked in exchange",
                    DayKind::Weekend | DayKind::Holiday => "off",
                };
                say(&format!("{} {what}  {}", change.day.format("%F %a"), change.name));
            }
            for sentence in &read.unread {
                say(&format!("decides nothing: {sentence}"));
            }
            say(&format!("published through {}", read.calendar.published_through()));
        }
        ExitCode::SUCCESS
    }
}
