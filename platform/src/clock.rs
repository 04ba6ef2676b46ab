//! The one place that reads the machine's clock. Everything below it takes the time as a parameter.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

/// The present moment, by this machine's clock, in whole microseconds as PostgreSQL keeps them: what is answered, compared
/// and stored is the same.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now() -> DateTime<Utc> {
    let now = DateTime::from(std::time::SystemTime::now());
    DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
}

/// Shares a time among searches that come one after the other, so that no hard one takes it from the rest: asked with how
/// many are left, gives the question "may I go on?" of the next one.
pub fn share(total: Duration) -> impl FnMut(usize) -> Box<dyn FnMut() -> bool> {
    let end = Instant::now() + total;
    move |left| {
        let left = u32::try_from(left).unwrap_or(u32::MAX).max(1);
        let share = end.saturating_duration_since(Instant::now()) / left;
        let begun = Instant::now();
        Box::new(move || begun.elapsed() < share)
    }
}
