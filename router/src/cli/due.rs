//! `router due`: one deadline, with the sentences that lead to it.

use std::process::ExitCode;

use casework::calendar::{Limit, Regime, rfc3339};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::packs::County;
use super::terminal::{UNREADABLE, say, wants_json};
use super::{moment, packs};

#[derive(Debug, clap::Args)]
pub(super) struct Due {
    #[command(flatten)]
    county: County,
    /// minutes, hours, statutory-days, working-days or months
    #[arg(long, value_parser = regime)]
    regime: Regime,
    /// How many
    #[arg(long)]
    count: u32,
    /// Start: RFC 3339, or without an offset as Asia/Shanghai
    #[arg(long, value_parser = moment::read, value_name = "T")]
    from: DateTime<Utc>,
    /// JSON even on a terminal
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    due: String,
    regime: &'static str,
    count: u32,
    from: String,
    provisional: bool,
    derivation: Vec<String>,
}

fn regime(text: &str) -> Result<Regime, String> {
    Regime::from_word(text).ok_or_else(|| {
        let words: Vec<_> = Regime::ALL.iter().map(|regime| regime.as_str()).collect();
        format!("must be one of {}", words.join(", "))
    })
}

impl Due {
    pub(super) fn run(self) -> ExitCode {
        let pack = match packs::load(&self.county.county) {
            Ok(pack) => pack,
            Err(code) => return code,
        };
        let limit = Limit {
            count: self.count,
            regime: self.regime,
        };
        let Some(due) = pack.calendar().try_due(limit, self.from) else {
            platform::remark!(
                "{limit} from {} ends after the year 9998; give a smaller count",
                rfc3339(self.from)
            );
            return ExitCode::from(UNREADABLE);
        };
        let answer = Answer {
            due: rfc3339(due.at),
            regime: self.regime.as_str(),
            count: self.count,
            from: rfc3339(self.from),
            provisional: due.provisional,
            derivation: due.derivation,
        };
        if wants_json(self.json) {
            match serde_json::to_string(&answer) {
                Ok(line) => say(&line),
                Err(_) => return ExitCode::FAILURE,
            };
        } else {
            say(&answer.due);
            for sentence in &answer.derivation {
                say(&format!("  {sentence}"));
            }
        }
        ExitCode::SUCCESS
    }
}
