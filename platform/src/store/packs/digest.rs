//! Names for content: the same digest is the same files.

use casework::county::PackFiles;
use sha2::{Digest, Sha256};

/// SHA-256 over the rule files: the same digest is the same content.
pub fn rules_digest(rules: &PackFiles) -> String {
    digest(rules.iter())
}

/// SHA-256 over all files of a pack.
pub(in crate::store) fn files_digest(files: &PackFiles) -> String {
    digest(files.iter())
}

fn digest<'a>(files: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    hex::encode(hash.finalize())
}
