//! The one place that reads the machine's clock. Everything below it takes the time as a parameter.

use chrono::{DateTime, Utc};

/// The present moment, by this machine's clock, in whole microseconds as PostgreSQL keeps them: what is answered, compared
/// and stored is the same.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now() -> DateTime<Utc> {
    let now = DateTime::from(std::time::SystemTime::now());
    DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
}
