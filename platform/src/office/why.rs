//! Why a stored ticket is as it is: the same words for the desk, the board, the API and `router show`.
//!
//! A ticket is explained by the pack and the rules that it was dispatched by, which seldom are those in force. They never
//! change, so the few pairs in use are kept read. What can't be explained says so and never fails the page around it.

use std::sync::Arc;

use casework::office::explain::{self, Explanation, Sight, Stored};
use casework::pack::Pack;
use casework::zh::cannot;
use serde::Serialize;
use tokio::sync::Mutex;
use tracing::error;

use crate::{
    pack::watch::PackWatch,
    run::telemetry::chain,
    store::{Legible, Login, Store, StoreError},
};

/// Pairs of pack and rule set kept read: open tickets hang on the last few.
const KEPT: usize = 8;

/// Explains tickets; cloning is cheap.
#[derive(Clone)]
pub struct Why<L> {
    store: Store<L>,
    county: Arc<str>,
    /// Spares a second copy of the pack in force.
    in_force: Option<PackWatch>,
    /// The pairs, the last used at the end.
    read: Arc<Mutex<Vec<Kept>>>,
}

struct Kept {
    versions: (i32, i32),
    pack: Arc<Pack>,
}

/// The explanation of one ticket, or why there is none.
#[derive(Clone, Debug)]
pub enum Told {
    /// The parts.
    Because(Box<Explanation>),
    /// One Chinese sentence.
    Cannot(&'static str),
}

/// The same for programs; where there is no explanation, the text alone says why.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    #[serde(flatten)]
    parts: Option<Box<Explanation>>,
    /// What people read.
    text: String,
}

impl Explained {
    /// What people read: one screen, or the sentence that says why not.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Why a pinned pack is not there.
#[derive(Debug, thiserror::Error)]
enum PinnedError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("pack {0} with rules {1} is not stored")]
    Missing(i32, i32),
    #[error("pack {0} with rules {1} can't be read by this version")]
    Unsound(i32, i32),
}

impl<L: Login> Why<L> {
    /// Reads packs through `store`.
    pub fn new(store: Store<L>, county: &str, in_force: Option<PackWatch>) -> Self {
        Self {
            store,
            county: county.into(),
            in_force,
            read: Arc::default(),
        }
    }

    /// Explains a ticket from what the store keeps of it (`made` of a ticket's row), to somebody who sees so much of its report.
    pub async fn ticket(&self, made: Option<&Legible<Stored>>, sight: &Sight) -> Told {
        let stored = match made {
            None => return Told::Cannot(cannot::NO_RECORD),
            Some(Legible::Read(stored)) => stored,
            Some(Legible::Unread { why, .. }) => {
                error!(error = why, "what a ticket was made from can't be read");
                return Told::Cannot(cannot::OTHER_VERSION);
            }
        };
        let Some(decision) = &stored.decision else {
            return Told::Cannot(cannot::NO_RECORD);
        };
        match self.pack((decision.pack_version, decision.rule_set)).await {
            Some(pack) => Told::Because(Box::new(explain::stored(&pack, stored, decision, sight))),
            None => Told::Cannot(cannot::NO_RULES),
        }
    }

    /// The pack with these versions of pack and rules; `None` where it can't be read.
    pub async fn pack(&self, versions: (i32, i32)) -> Option<Arc<Pack>> {
        let current = self.in_force.as_ref().map(PackWatch::current);
        if let Some(current) = current.filter(|current| (current.version, current.rule_set) == versions) {
            return Some(current.pack.clone());
        }
        let read = self.pinned(versions).await;
        read.inspect_err(|e| error!(error = chain(e), "the pack of a ticket can't be read"))
            .ok()
    }

    /// The pack that a ticket is pinned to. The lock is held while reading, so that it is read once.
    async fn pinned(&self, versions: (i32, i32)) -> Result<Arc<Pack>, PinnedError> {
        let mut read = self.read.lock().await;
        if let Some(at) = read.iter().position(|kept| kept.versions == versions) {
            let kept = read.remove(at);
            let pack = kept.pack.clone();
            read.push(kept);
            return Ok(pack);
        }
        let (pack, rules) = versions;
        let files = self.store.pack_files(&self.county, pack, rules).await?;
        let files = files.ok_or(PinnedError::Missing(pack, rules))?;
        let parsed = tokio::task::spawn_blocking(move || Pack::read(&files).ok()).await;
        let parsed = parsed.ok().flatten().ok_or(PinnedError::Unsound(pack, rules))?;
        let parsed = Arc::new(parsed);
        if read.len() == KEPT {
            read.remove(0);
        }
        read.push(Kept {
            versions,
            pack: parsed.clone(),
        });
        Ok(parsed)
    }
}

impl Told {
    /// What people read: one screen, or the sentence that says why not.
    pub fn text(&self) -> String {
        match self {
            Self::Because(explanation) => explanation.text(),
            Self::Cannot(why) => format!("{why}\n"),
        }
    }

    /// The parts, with `text` beside them.
    pub fn explained(self) -> Explained {
        let text = self.text();
        let parts = match self {
            Self::Because(explanation) => Some(explanation),
            Self::Cannot(_) => None,
        };
        Explained { parts, text }
    }
}
