//! Where news ends, and what comes of it.

use std::sync::Arc;

use platform::{
    seal::ContactKey,
    store::{Notifier, Store},
};
use tokio::sync::Notify;

/// Where news ends.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) store: Store<Notifier>,
    pub(crate) county: String,
    pub(crate) contacts: ContactKey,
    /// Rung when a number did not answer: the next one waits.
    pub(crate) wake: Arc<Notify>,
}

/// What came of a piece of news, the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Taken {
    /// The database is away: whoever brings it comes again.
    Away,
    /// Of something that we never sent, or from nobody we know.
    Unknown,
    /// Known before.
    Before,
    /// Recorded.
    Now,
}

impl Taken {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Unknown => "unknown",
            Self::Before => "before",
            Self::Now => "now",
        }
    }
}
