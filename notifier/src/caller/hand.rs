//! The calls in hand: leased and not yet recorded.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use platform::store::CallId;

/// A quarter of the lease: three beats may fail before another notifier takes over.
pub(super) const BEAT: Duration = Duration::from_secs(5);

/// What this notifier holds.
#[derive(Default)]
pub(super) struct Hand(Mutex<HashSet<CallId>>);

impl Hand {
    /// Takes a call; `false` when it is in hand already.
    pub(super) fn take(&self, id: CallId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id)
    }

    pub(super) fn let_go(&self, id: CallId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    pub(super) fn all(&self) -> Vec<CallId> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().copied().collect()
    }
}
