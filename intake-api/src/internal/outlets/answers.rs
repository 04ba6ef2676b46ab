//! What programs are told of outlets.

use chrono::{DateTime, Utc};
use platform::store::{OutletId, OutletKind, OutletLine};
use serde::Serialize;

/// An outlet with how it goes.
#[derive(Serialize)]
pub(super) struct Outlet {
    id: OutletId,
    unit: String,
    kind: OutletKind,
    /// Of a robot: the name of its description.
    gateway: Option<String>,
    /// Of a unit's own system.
    url: Option<String>,
    /// Of a folder: the unit's public key.
    key: Option<String>,
    made_at: DateTime<Utc>,
    made_by: Option<String>,
    /// Until when the secret before signs too.
    old_until: Option<DateTime<Utc>>,
    failures: i32,
    failing_since: Option<DateTime<Utc>>,
    last_sent_at: Option<DateTime<Utc>>,
    last_failed_at: Option<DateTime<Utc>>,
    last_error: Option<String>,
    waiting: i64,
    lost: i64,
    /// Of a folder: tickets that it should have handed on by now.
    late: i64,
}

impl From<OutletLine> for Outlet {
    fn from(line: OutletLine) -> Self {
        Self {
            id: line.id,
            unit: line.unit,
            kind: line.kind,
            gateway: line.gateway,
            url: line.url,
            key: line.recipient,
            made_at: line.made_at,
            made_by: line.made_by,
            old_until: line.old_until,
            failures: line.failures,
            failing_since: line.failing_since,
            last_sent_at: line.last_sent_at,
            last_failed_at: line.last_failed_at,
            last_error: line.last_error,
            waiting: line.waiting,
            lost: line.lost,
            late: line.late,
        }
    }
}

/// What was done.
#[derive(Serialize)]
pub(super) struct Done {
    /// Which.
    pub(super) id: OutletId,
    /// The new secret, said this once; none: it was ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<String>,
}
