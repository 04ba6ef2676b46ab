//! Replays of rule sets that are under way.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// How far a replay is. `None` in `failed` while it goes on.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    pub(super) done: u64,
    pub(super) of: u64,
    pub(super) failed: bool,
}

/// Replays under way in this process, by version; cloning is cheap.
#[derive(Clone, Default)]
pub(crate) struct Replays(Arc<Mutex<HashMap<i32, Progress>>>);

impl Replays {
    pub(super) fn get(&self, version: i32) -> Option<Progress> {
        self.0.lock().ok()?.get(&version).cloned()
    }

    /// False when one is under way.
    pub(super) fn begin(&self, version: i32) -> bool {
        self.0.lock().is_ok_and(|mut all| {
            let free = all.get(&version).is_none_or(|progress| progress.failed);
            if free {
                all.insert(version, Progress::default());
            }
            free
        })
    }

    pub(super) fn set(&self, version: i32, progress: Option<Progress>) {
        if let Ok(mut all) = self.0.lock() {
            match progress {
                Some(progress) => all.insert(version, progress),
                None => all.remove(&version),
            };
        }
    }
}
