//! What is in hand, leased and not yet recorded, and the heart-beat that keeps it.

use std::{
    collections::HashSet,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use platform::{clock, run::telemetry::chain, store::StoreError};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// A quarter of the lease: three beats may fail before another notifier takes over.
const BEAT: Duration = Duration::from_secs(5);

/// What this notifier holds.
pub(crate) struct Hand<I>(Mutex<HashSet<I>>);

impl<I> Default for Hand<I> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<I: Copy + Eq + Hash> Hand<I> {
    /// Takes one; `false` when it is in hand already.
    pub(crate) fn take(&self, id: I) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id)
    }

    pub(crate) fn let_go(&self, ids: impl IntoIterator<Item = I>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for id in ids {
            held.remove(&id);
        }
    }

    fn all(&self) -> Vec<I> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().copied().collect()
    }

    /// The heart-beat: renews the leases of what is in hand, until everything is recorded. `what` they are stands in the log.
    pub(crate) async fn keep<R>(
        &self,
        what: &str,
        finished: &CancellationToken,
        renew: impl Fn(Vec<I>, DateTime<Utc>) -> R,
    ) where
        R: Future<Output = Result<(), StoreError>>,
    {
        while finished.run_until_cancelled(sleep(BEAT)).await.is_some() {
            let ids = self.all();
            if ids.is_empty() {
                continue;
            }
            let held = ids.len();
            if let Err(e) = renew(ids, clock::now()).await {
                warn!(error = chain(&e), held, "{what} were not renewed");
            }
        }
    }
}
