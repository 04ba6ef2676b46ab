//! Minutes in Shanghai as `<input type="datetime-local">` has them.

use casework::calendar::shanghai;
use chrono::{DateTime, NaiveDateTime, Utc};

/// What such a field sends; with or without seconds.
pub(crate) fn minute(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let read = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"));
    let at = read.ok()?.and_local_timezone(shanghai()).single()?;
    Some(at.to_utc())
}

/// A moment as such a field takes it.
pub(crate) fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&shanghai()).format("%Y-%m-%dT%H:%M").to_string()
}
