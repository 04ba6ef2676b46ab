//! `router roster`: who is on duty for each unit at a moment, and the holes of the days to come.
//!
//! The rosters are those in the database, by the pack in force there. With a file it works on a laptop without a database:
//! `casework::roster::RosterFile` is its shape.

mod answer;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use casework::pack::Pack;
use casework::roster::{Answer, Post, Reached, RosterFile, Watch};
use casework::words::Seat;
use casework::zh::roster::{self as said, Names};
use chrono::{DateTime, TimeDelta, Utc};
use platform::pack::watch::{self, LoadedPack};
use platform::run::config::Config;
use platform::store::{Board, DutyBook, Owner};

use super::packs::County;
use super::terminal::{FINDING, UNREADABLE, say, wants_json};
use super::{moment, packs};
use answer::{CALL, UnitAnswer};

/// Further ahead nobody has a roster.
const MOST_DAYS: u16 = 366;

#[derive(Debug, clap::Args)]
#[command(after_long_help = answer::SHAPE)]
pub(super) struct Show {
    #[command(flatten)]
    county: County,
    /// The moment asked about: RFC 3339, or without an offset as Asia/Shanghai; now if left out
    #[arg(long, value_parser = moment::read, value_name = "T")]
    at: Option<DateTime<Utc>>,
    /// How many days from then on are searched for holes and for changes of duty
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=i64::from(MOST_DAYS)))]
    days: u16,
    /// Only this unit; may be given again
    #[arg(long, value_name = "CODE")]
    unit: Vec<String>,
    /// JSON even on a terminal: one object per line
    #[arg(long)]
    json: bool,
    /// Rosters and people as one JSON file; without it those in the database count, and its pack
    file: Option<PathBuf>,
}

impl Show {
    pub(super) fn run(self) -> ExitCode {
        let Some(file) = &self.file else {
            return self.stored();
        };
        let pack = match packs::load(&self.county.county) {
            Ok(pack) => pack,
            Err(code) => return code,
        };
        let read = match self.read(&pack, file) {
            Ok(read) => read,
            Err(problems) => {
                for problem in problems {
                    platform::remark!("{}: {problem}", file.display());
                }
                return ExitCode::from(UNREADABLE);
            }
        };
        let posts = posts(&pack, &read);
        let watch = Watch {
            calendar: pack.calendar(),
            people: &read.people,
            posts: &posts,
            office: pack.units().office(),
        };
        self.answer(&pack, &watch)
    }

    /// By the database.
    fn stored(&self) -> ExitCode {
        let read = tokio::runtime::Runtime::new()
            .map_err(anyhow::Error::from)
            .and_then(|runtime| runtime.block_on(self.book()));
        let (loaded, book) = match read {
            Ok(read) => read,
            Err(error) => {
                platform::remark!("router: {error:#}");
                return ExitCode::from(UNREADABLE);
            }
        };
        let strange = self.unit.iter().find(|code| loaded.pack.units().get(code).is_none());
        if let Some(code) = strange {
            platform::remark!("{code} is not a unit of the pack in force; write one of its codes");
            return ExitCode::from(UNREADABLE);
        }
        for row in &book.unreadable {
            platform::remark!("unit {}: a row of the roster can't be read: {}", row.unit, row.why);
        }
        self.answer(&loaded.pack, &book.watch(&loaded.pack))
    }

    async fn book(&self) -> anyhow::Result<(LoadedPack, DutyBook)> {
        let config = Config::load()?;
        let store = config.store::<Owner>("roster", 1)?.lend::<Board>();
        let loaded = watch::read(&store, &config.county).await?;
        let loaded = loaded.with_context(|| format!("no pack of county {} is loaded", config.county))?;
        let from = self.at.unwrap_or_else(platform::clock::now);
        let book = store.duty_book(&loaded.pack, from).await?;
        Ok((loaded, book))
    }

    /// The file, fitting the county. Errors: everything that is wrong.
    fn read(&self, pack: &Pack, file: &Path) -> Result<RosterFile, Vec<String>> {
        let text = std::fs::read_to_string(file).map_err(|error| vec![error.to_string()])?;
        let file = RosterFile::read(text.strip_prefix('\u{feff}').unwrap_or(&text))?;
        let asked = file.rosters.keys().chain(&self.unit);
        let strange = asked.filter(|code| pack.units().get(code).is_none());
        let problems: Vec<String> = strange
            .map(|code| format!("{code} is not a unit of the county pack; write a code of units.csv"))
            .collect();
        if problems.is_empty() { Ok(file) } else { Err(problems) }
    }

    fn answer(&self, pack: &Pack, watch: &Watch<'_>) -> ExitCode {
        let at = self.at.unwrap_or_else(platform::clock::now);
        let to = at + TimeDelta::days(i64::from(self.days));
        let json = wants_json(self.json);
        let mut sound = true;
        for unit in pack.units().iter() {
            if !self.unit.is_empty() && !self.unit.contains(&unit.code) {
                continue;
            }
            let (holes, handovers) = (watch.holes(&unit.code, at, to), watch.handovers(&unit.code, at, to));
            sound &= holes.is_empty();
            let seat = |seat| watch.answer(&unit.code, seat, &CALL, at);
            let deputy = own(seat(Seat::Deputy));
            if json {
                let answer = UnitAnswer {
                    unit: &unit.code,
                    at,
                    open: watch.clock(&unit.code).is_open(at),
                    phone: pack.duty_hours().phone(unit),
                    duty: &seat(Seat::Duty),
                    deputy: &deputy,
                    leader: &seat(Seat::Leader),
                    holes: &holes,
                    handovers: &handovers,
                };
                match serde_json::to_string(&answer.json()) {
                    Ok(line) if say(&line) => {}
                    Ok(_) => return ExitCode::SUCCESS,
                    Err(_) => return ExitCode::FAILURE,
                }
                continue;
            }
            let names = Names {
                pack,
                people: watch.people,
            };
            let seats = Seat::ALL
                .iter()
                .filter(|of| **of != Seat::Deputy || deputy.fell.is_empty());
            let seats = seats.map(|of| names.seat(*of, &seat(*of)));
            let mut lines = vec![format!("{}  {}", said::unit(pack, &unit.code), said::moment(at))];
            lines.extend(seats.map(|line| format!("  {line}")));
            lines.extend(holes.iter().map(|hole| format!("  {}", names.hole(hole))));
            lines.extend(handovers.iter().map(|change| format!("  {}", names.handover(change))));
            if holes.is_empty() {
                lines.push(format!("  {}", said::NO_HOLE));
            }
            if !say(&lines.join("\n")) {
                return ExitCode::SUCCESS;
            }
        }
        if sound {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(FINDING)
        }
    }
}

/// Of a deputy's seat its own person alone: where it is empty nobody is called in its place.
fn own(answer: Answer) -> Answer {
    let mut fell = answer.fell;
    fell.truncate(1);
    let reached = if fell.is_empty() {
        answer.reached
    } else {
        Reached::LastResort
    };
    Answer { reached, fell }
}

/// Every unit of the county with its roster, an empty one where the file has none.
fn posts(pack: &Pack, file: &RosterFile) -> BTreeMap<String, Post> {
    let post = |unit: &casework::county::Unit| Post {
        roster: file.rosters.get(&unit.code).cloned().unwrap_or_default(),
        hours: pack.duty_hours().hours(unit),
    };
    pack.units()
        .iter()
        .map(|unit| (unit.code.clone(), post(unit)))
        .collect()
}
