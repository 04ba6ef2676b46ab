//! What the parts of a service say about themselves in `/ready`.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};

use crate::clock;

/// What a part says about itself.
#[derive(Clone, Debug, Default)]
struct Said {
    /// Why it is not fit for work; none: it is.
    why: Option<String>,
    /// When it last did a whole turn of its work.
    turned: Option<DateTime<Utc>>,
}

/// What each part says about itself.
#[derive(Clone, Default)]
pub struct Readiness(Arc<Mutex<BTreeMap<&'static str, Said>>>);

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
            .filter_map(|(name, said)| said.why.as_ref().map(|why| format!("{name}: {why}")))
            .collect()
    }

    /// When the slowest of these parts last did a whole turn; none: one of them never did.
    pub fn turned(&self, parts: &[&str]) -> Option<DateTime<Utc>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turns = parts.iter().map(|part| all.get(part).and_then(|said| said.turned));
        turns.min_by_key(|turned| turned.map_or(i64::MIN, |at| at.timestamp_micros()))?
    }
}

/// One part's voice in `/ready`.
#[derive(Clone)]
pub struct Part {
    name: &'static str,
    all: Readiness,
}

impl Part {
    /// This part works, and has just done so.
    pub fn ready(&self) {
        self.turned();
        self.set(None);
    }

    /// This part has just done a whole turn, whether or not there was work in it.
    pub fn turned(&self) {
        self.with(|said| said.turned = Some(clock::now()));
    }

    /// This part does not work now; `why` holds no personal data.
    pub fn not_ready(&self, why: impl Into<String>) {
        self.set(Some(why.into()));
    }

    fn set(&self, why: Option<String>) {
        metrics::gauge!("shouwang_part_ready", "part" => self.name).set(if why.is_none() { 1.0 } else { 0.0 });
        self.with(|said| said.why = why);
    }

    fn with(&self, change: impl FnOnce(&mut Said)) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry(self.name).or_default());
    }
}
