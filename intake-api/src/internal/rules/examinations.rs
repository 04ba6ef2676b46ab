//! Checks of rule sets that were made: a page that is opened twice must not search twice.

use std::sync::{Arc, Mutex};

use casework::office::soundness::Examined;

/// Versions that somebody looks at, at once.
const KEPT: usize = 8;

/// Version of the pack, digest of the rules.
pub(super) type Key = (i32, String);
type Made = Vec<(Key, Arc<Examined>)>;

/// Checks that were made; cloning is cheap.
#[derive(Clone, Default)]
pub(crate) struct Examinations(Arc<Mutex<Made>>);

impl Examinations {
    pub(super) fn find(&self, key: &Key) -> Option<Arc<Examined>> {
        let kept = self.0.lock().ok()?;
        kept.iter()
            .find(|(known, _)| known == key)
            .map(|(_, found)| found.clone())
    }

    pub(super) fn keep(&self, key: Key, found: Arc<Examined>) {
        if let Ok(mut kept) = self.0.lock() {
            kept.truncate(KEPT - 1);
            kept.insert(0, (key, found));
        }
    }
}
