//! A try to come in that was reserved, before anything is compared.

use chrono::{DateTime, Utc};
use platform::store::{AccountSecret, Bucket};

/// A try that was reserved.
pub(crate) struct Tried {
    /// The account, if there is one.
    pub(crate) account: Option<AccountSecret>,
    /// What it counts against.
    pub(crate) buckets: Vec<Bucket>,
    /// The address as it is stored.
    pub(crate) place: Vec<u8>,
}

/// Seconds until then, at least one.
pub(crate) fn seconds_until(then: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    (then - now).num_seconds().max(0) + 1
}
