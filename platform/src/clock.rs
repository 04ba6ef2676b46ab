//! The one place that reads the machine's clock. Everything below it takes the time as a parameter.

use chrono::{DateTime, Utc};

/// The present moment, by this machine's clock.
pub fn now() -> DateTime<Utc> {
    DateTime::from(std::time::SystemTime::now())
}
