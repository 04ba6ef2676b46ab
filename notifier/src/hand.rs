//! What is in hand: leased and not yet recorded.

use std::{
    collections::HashSet,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// A quarter of the lease: three beats may fail before another notifier takes over.
pub(crate) const BEAT: Duration = Duration::from_secs(5);

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

    pub(crate) fn let_go(&self, id: I) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    pub(crate) fn all(&self) -> Vec<I> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().copied().collect()
    }
}
