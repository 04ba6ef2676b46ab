//! An attempt that came to an end.

use chrono::{DateTime, Utc};
use platform::store::Settlement;

/// An attempt, for the recorder.
pub(super) struct Done {
    pub(super) settlement: Settlement,
    pub(super) kind: String,
    pub(super) urgent: bool,
    pub(super) created_at: DateTime<Utc>,
}
