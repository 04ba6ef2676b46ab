//! What a page or a mail looks like, kept as a file: a change of it is read in a diff.
//!
//! `SHOUWANG_NEW_PAGES=1` writes the files anew.

use std::{env, fs, path::Path};

/// Compares `found` with what `file` holds.
pub fn compare(file: &Path, found: &str) {
    if env::var_os("SHOUWANG_NEW_PAGES").is_some() {
        fs::write(file, found).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    }
    let kept = fs::read_to_string(file).unwrap_or_default();
    let first = found.lines().zip(kept.lines()).find(|(found, kept)| found != kept);
    assert!(
        found == kept,
        "{} is another text now; first difference (now, before): {first:?}. Look at it, and write it anew with \
         SHOUWANG_NEW_PAGES=1",
        file.display()
    );
}
