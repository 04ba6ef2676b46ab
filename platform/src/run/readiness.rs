//! What the parts of a service say about themselves in `/ready`.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What each part says about itself: `None` when it is fit for work, else why not.
#[derive(Clone, Default)]
pub struct Readiness(Arc<Mutex<BTreeMap<&'static str, Option<String>>>>);

impl Readiness {
    /// Registers a part that is not ready yet.
    pub fn part(&self, name: &'static str) -> Part {
        let part = Part {
            name,
            all: self.clone(),
        };
        part.not_ready("starting");
        part
    }

    /// The parts that are not ready, `name: reason` each. Empty means ready.
    pub fn missing(&self) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .filter_map(|(name, why)| why.as_ref().map(|w| format!("{name}: {w}")))
            .collect()
    }
}

/// One part's voice in `/ready`.
#[derive(Clone)]
pub struct Part {
    name: &'static str,
    all: Readiness,
}

impl Part {
    /// This part works.
    pub fn ready(&self) {
        self.set(None);
    }

    /// This part does not work now; `why` holds no personal data.
    pub fn not_ready(&self, why: impl Into<String>) {
        self.set(Some(why.into()));
    }

    fn set(&self, state: Option<String>) {
        metrics::gauge!("shouwang_part_ready", "part" => self.name).set(if state.is_none() { 1.0 } else { 0.0 });
        self.all
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(self.name, state);
    }
}
