//! `router replay`: what a changed set of rules would have made of the reports of the past.
//!
//! With the database it reads the newest reports' facts, which hold no identity. With `--facts` it needs no database: the
//! reports are in a file, and the pack is that of the folder.

mod answer;
mod cannot_read;
mod offline;
mod progress;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use casework::county::{MODEL, PackFiles};
use casework::office::replay::Outcome;
use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    office::replay,
    pack::dir,
    run::config::Config,
    store::{Office, Owner},
};

use super::moment;
use super::terminal::{UNREADABLE, say};
use cannot_read::CannotRead;
use progress::Progress;

/// The pack whose model `--draft` replaces in a trial without a database.
const FOLDER: &str = "counties/taihe";

#[derive(Debug, clap::Args)]
#[command(after_long_help = answer::SHAPE)]
pub(super) struct Replay {
    /// Folder of a county pack: tried as a whole, or with --draft in place of its model [default: the pack in force; with
    /// --facts: counties/taihe]
    #[arg(long, value_name = "DIR")]
    county: Option<PathBuf>,
    /// The model to try, in place of the pack's
    #[arg(long, value_name = "FILE.dmn")]
    draft: Option<PathBuf>,
    /// The version of the rules to try, with the pack in force
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["draft", "county", "facts"])]
    rule_set: Option<i32>,
    /// How many reports, the newest first; drills are left out
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(replay::MOST_REPORTS)))]
    last: u32,
    /// The version of the rules to compare with, instead of the one in force
    #[arg(long, value_name = "VERSION", conflicts_with = "facts")]
    against: Option<i32>,
    /// Reports to try instead of those in the database: as on the wire, one per line
    #[arg(long, value_name = "FILE.jsonl", requires = "draft")]
    facts: Option<PathBuf>,
    /// With --facts: when all of them are accepted and dispatched; now if left out
    #[arg(long, value_name = "T", value_parser = moment::read, requires = "facts")]
    at: Option<DateTime<Utc>>,
    /// One JSON object; `--help` shows its shape
    #[arg(long)]
    json: bool,
}

/// Two packs and what came of them.
struct Replayed {
    old: Arc<Pack>,
    new: Arc<Pack>,
    outcome: Outcome,
    code: ExitCode,
}

impl Replay {
    pub(super) fn run(self) -> ExitCode {
        let replayed = match &self.facts {
            Some(file) => self.offline(file),
            None => tokio::runtime::Runtime::new()
                .map_err(Into::into)
                .and_then(|runtime| runtime.block_on(self.connected())),
        };
        let Replayed {
            old,
            new,
            outcome,
            code,
        } = match replayed {
            Ok(replayed) => replayed,
            Err(error) => {
                platform::remark!("router: {error:#}");
                let unreadable = error.downcast_ref::<CannotRead>().is_some();
                return if unreadable {
                    ExitCode::from(UNREADABLE)
                } else {
                    ExitCode::FAILURE
                };
            }
        };
        let text = if self.json {
            answer::json(&outcome)
        } else {
            Ok(answer::text(&outcome, &old, &new))
        };
        match text {
            Ok(text) => {
                say(&text);
                code
            }
            Err(_) => ExitCode::FAILURE,
        }
    }

    fn offline(&self, file: &Path) -> anyhow::Result<Replayed> {
        let files = folder(self.county.as_deref().unwrap_or_else(|| Path::new(FOLDER)))?;
        let old = Arc::new(pack(&files, "the pack")?);
        let new = Arc::new(pack(&self.drafted(files)?, "the draft")?);
        let at = self.at.unwrap_or_else(clock::now);
        let (outcome, code) = offline::run(file, &old, &new, at)?;
        Ok(Replayed {
            old,
            new,
            outcome,
            code,
        })
    }

    async fn connected(&self) -> anyhow::Result<Replayed> {
        anyhow::ensure!(
            self.draft.is_some() || self.rule_set.is_some() || self.county.is_some(),
            CannotRead("say what to try: --draft FILE.dmn, --rule-set VERSION or --county DIR".to_owned())
        );
        let config = Config::load()?;
        let county = &config.county;
        let store = config.store::<Owner>("replay", 3)?.lend::<Office>();
        let active = store
            .pack_active(county, clock::now())
            .await?
            .context("no pack is loaded")?;
        let with = async |version: Option<i32>| {
            let Some(version) = version else {
                return anyhow::Ok(active.files.clone());
            };
            let found = store.pack_files(county, active.versions.pack, version).await?;
            found.ok_or_else(|| CannotRead(format!("there is no version {version} of the rules")).into())
        };
        let before: PackFiles = with(self.against).await?;
        let after: PackFiles = match &self.county {
            Some(dir) => folder(dir)?,
            None => with(self.rule_set).await?,
        };
        let old = Arc::new(pack(&before, "the rules to compare with")?);
        let new = Arc::new(pack(&self.drafted(after)?, "the draft")?);
        if new.county() != county {
            return Err(CannotRead(format!("the pack is of {}, the reports are of {county}", new.county())).into());
        }
        let progress = Progress::new();
        let told = move |done, of| progress.told(done, of);
        let outcome = replay::run(&store, county, [Arc::clone(&old), Arc::clone(&new)], self.last, told).await?;
        store.close().await;
        Ok(Replayed {
            old,
            new,
            outcome,
            code: ExitCode::SUCCESS,
        })
    }

    /// The files with the model of `--draft`.
    fn drafted(&self, mut files: PackFiles) -> anyhow::Result<PackFiles> {
        if let Some(draft) = &self.draft {
            let text =
                std::fs::read_to_string(draft).map_err(|error| CannotRead(format!("{}: {error}", draft.display())))?;
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            files.insert(MODEL.to_owned(), text.to_owned());
        }
        Ok(files)
    }
}

fn folder(dir: &Path) -> anyhow::Result<PackFiles> {
    dir::read(dir).map_err(|error| {
        let source = std::error::Error::source(&error).map_or(String::new(), |source| format!(": {source}"));
        CannotRead(format!("{error}{source}")).into()
    })
}

/// A sound pack; what is not sound is never replayed, since routing would paper over it.
fn pack(files: &PackFiles, what: &str) -> anyhow::Result<Pack> {
    Pack::read(files).map_err(|problems| {
        for problem in &problems {
            platform::remark!("{problem}");
        }
        CannotRead(format!("{what} has {} problem(s); nothing was tried", problems.len())).into()
    })
}
