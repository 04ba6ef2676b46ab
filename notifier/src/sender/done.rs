//! An attempt that came to an end.

use chrono::{DateTime, Utc};
use platform::store::{NoticeKind, ReportId, Settlement};

/// An attempt, for the recorder.
pub(super) struct Done {
    pub(super) settlement: Settlement,
    pub(super) kind: NoticeKind,
    /// The report that it is about, for the log.
    pub(super) report: Option<ReportId>,
    pub(super) urgent: bool,
    pub(super) created_at: DateTime<Utc>,
}
