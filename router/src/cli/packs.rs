//! Loading the county pack for a command.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use casework::county::PackFiles;
use casework::pack::Pack;
use clap::Args;

use super::terminal::UNREADABLE;

/// Which county pack.
#[derive(Debug, Args)]
pub(super) struct County {
    /// Folder of the county pack
    #[arg(long, value_name = "DIR", default_value = "counties/taihe")]
    pub(super) county: PathBuf,
}

/// The files of a pack. Errors: what was said on stderr ends the command.
pub(super) fn files(dir: &Path) -> Result<PackFiles, ExitCode> {
    platform::pack::dir::read(dir).map_err(|error| {
        let source = std::error::Error::source(&error).map_or(String::new(), |source| format!(": {source}"));
        platform::remark!("{error}{source}");
        ExitCode::from(UNREADABLE)
    })
}

/// A sound pack. Errors: what was said on stderr ends the command.
pub(super) fn load(dir: &Path) -> Result<Pack, ExitCode> {
    Pack::read(&files(dir)?).map_err(|problems| {
        for problem in &problems {
            platform::remark!("{}/{problem}", dir.display());
        }
        platform::remark!(
            "the county pack has {} problem(s); nothing was decided with it",
            problems.len()
        );
        ExitCode::from(UNREADABLE)
    })
}
