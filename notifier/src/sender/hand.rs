//! What this notifier holds, and the heart-beat that keeps it.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use platform::{
    clock,
    run::telemetry::chain,
    store::{NoticeId, Notifier, Store},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A quarter of the lease: three beats may fail before another notifier takes over.
const BEAT: Duration = Duration::from_secs(5);

/// The notices in hand: leased and not yet recorded.
#[derive(Default)]
pub(super) struct Hand(Mutex<HashSet<NoticeId>>);

impl Hand {
    /// Takes a notice; `false` when it is in hand already.
    pub(super) fn take(&self, id: NoticeId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id)
    }

    pub(super) fn let_go(&self, ids: impl IntoIterator<Item = NoticeId>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for id in ids {
            held.remove(&id);
        }
    }

    fn all(&self) -> Vec<NoticeId> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .copied()
            .collect()
    }
}

/// Renews the leases of what is in hand, until everything is recorded.
pub(super) async fn beat(store: Store<Notifier>, owner: Uuid, hand: Arc<Hand>, finished: CancellationToken) {
    while finished.run_until_cancelled(tokio::time::sleep(BEAT)).await.is_some() {
        let ids = hand.all();
        if ids.is_empty() {
            continue;
        }
        if let Err(e) = store.notice_renew(owner, &ids, clock::now()).await {
            tracing::warn!(error = chain(&e), held = ids.len(), "leases were not renewed");
        }
    }
}
