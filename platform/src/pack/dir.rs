//! Reads a county pack from a folder: the one place where its files touch the disk.
//!
//! Only the files that a pack consists of are read, so that notes, licences and an editor's leftovers beside
//! them neither matter nor change the pack's fingerprint. A missing file is left out; `casework` says so with
//! the name. A byte order mark, which spreadsheet programs like to write, is dropped.

use std::io;
use std::path::{Path, PathBuf};

use casework::county::{FILES, OPTIONAL, PackFiles};

/// A pack's file that can't be read. A missing file is not an error here.
#[derive(Debug, thiserror::Error)]
pub enum PackDirError {
    /// The folder itself is missing, or not a folder.
    #[error("{0} is not a folder; give the folder of a county pack, such as counties/taihe")]
    NoFolder(PathBuf),
    /// A file can't be read, or is not UTF-8.
    #[error("{path} can't be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says; "stream did not contain valid UTF-8" for a file saved in GBK.
        source: io::Error,
    },
}

/// The texts of the pack in `dir`.
pub fn read(dir: &Path) -> Result<PackFiles, PackDirError> {
    if !dir.is_dir() {
        return Err(PackDirError::NoFolder(dir.to_owned()));
    }
    let mut files = PackFiles::new();
    for name in FILES.into_iter().chain(OPTIONAL) {
        let path = dir.join(name);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let text = text
                    .strip_prefix('\u{feff}')
                    .map_or_else(|| text.clone(), str::to_owned);
                files.insert(name.to_owned(), text);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(PackDirError::Unreadable { path, source }),
        }
    }
    Ok(files)
}
