//! The one time zone.

use chrono::{DateTime, FixedOffset, Utc};

/// China has one time zone and no summer time.
pub fn shanghai() -> FixedOffset {
    const SECONDS_EAST: i32 = 8 * 3600;
    FixedOffset::east_opt(SECONDS_EAST).unwrap_or_else(|| unreachable!("8 hours is a valid offset"))
}

/// A moment as RFC 3339 in Asia/Shanghai: whole seconds, a fraction only if there is one.
pub fn rfc3339(at: DateTime<Utc>) -> String {
    at.with_timezone(&shanghai())
        .to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false)
}
