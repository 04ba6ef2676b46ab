//! The check of a rule set with the county's pack, remembered: a page that is opened twice must not search twice.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use casework::{
    pack::PackFiles,
    routing::soundness::{Examined, examine},
};
use platform::store::{StoreError, rules_digest};

use crate::internal::Internal;

/// How long a table's questions may take; what is open then is reported as not decided and blocks publishing.
const TIME: Duration = Duration::from_secs(10);
/// Versions that somebody looks at, at once.
const KEPT: usize = 8;

/// Version of the pack, digest of the rules.
type Key = (i32, String);
type Made = Vec<(Key, Arc<Examined>)>;

/// Checks that were made; cloning is cheap.
#[derive(Clone, Default)]
pub(crate) struct Examinations(Arc<Mutex<Made>>);

impl Examinations {
    fn find(&self, key: &Key) -> Option<Arc<Examined>> {
        let kept = self.0.lock().ok()?;
        kept.iter()
            .find(|(known, _)| known == key)
            .map(|(_, found)| found.clone())
    }

    fn keep(&self, key: Key, found: Arc<Examined>) {
        if let Ok(mut kept) = self.0.lock() {
            kept.truncate(KEPT - 1);
            kept.insert(0, (key, found));
        }
    }
}

/// The whole pack as it would be with these rules. `None` before the first load.
pub(super) async fn pack_with(internal: &Internal, rules: &PackFiles) -> Result<Option<(i32, PackFiles)>, StoreError> {
    let now = platform::clock::now();
    let active = internal.board.pack_active(&internal.county, now).await?;
    Ok(active.map(|active| {
        let mut files = active.files;
        files.extend(rules.clone());
        (active.versions.pack, files)
    }))
}

/// What `router check` says of the pack with these rules.
pub(super) async fn check(internal: &Internal, rules: &PackFiles) -> Result<Arc<Examined>, StoreError> {
    let (pack, files) = pack_with(internal, rules)
        .await?
        .ok_or_else(|| StoreError::Unreadable("no pack is loaded".into()))?;
    let key = (pack, rules_digest(rules));
    if let Some(found) = internal.examinations.find(&key) {
        return Ok(found);
    }
    let search = move || {
        let end = Instant::now() + TIME;
        let mut share = |left: usize| -> Box<dyn FnMut() -> bool> {
            let share = end.saturating_duration_since(Instant::now()) / u32::try_from(left.max(1)).unwrap_or(u32::MAX);
            let begun = Instant::now();
            Box::new(move || begun.elapsed() < share)
        };
        Arc::new(examine(&files, &mut share))
    };
    let found = tokio::task::spawn_blocking(search)
        .await
        .map_err(|e| StoreError::Unreadable(format!("the check failed: {e}")))?;
    internal.examinations.keep(key, found.clone());
    Ok(found)
}
