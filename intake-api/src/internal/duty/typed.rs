//! Times and days as forms send them.

use chrono::{DateTime, NaiveDate, Utc};

use crate::internal::{
    again::{Fields, Wrong},
    page::minute::minute,
};

/// A day as `<input type="date">` sends it.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

/// From one field to another: a time that is not over, or what is wrong with it.
pub(super) fn during(
    fields: &Fields,
    (from, to): (&'static str, &'static str),
    now: DateTime<Utc>,
    wrong: &mut Wrong,
) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    let (start, end) = (minute(get(from)), minute(get(to)));
    if start.is_none() {
        wrong.insert(from, "duty.wrong.time");
    }
    match end {
        None => {
            wrong.insert(to, "duty.wrong.time");
        }
        Some(end) if start.is_some_and(|start| end <= start) => {
            wrong.insert(to, "duty.wrong.order");
        }
        Some(end) if end <= now => {
            wrong.insert(to, "duty.wrong.over");
        }
        Some(_) => {}
    }
    let sound = !wrong.contains_key(from) && !wrong.contains_key(to);
    start.zip(end).filter(|_| sound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::internal::page::minute::local;

    #[test]
    fn a_time_must_have_an_end_that_is_to_come() {
        let now = minute("2026-11-24T16:00").unwrap();
        let read = |from: &str, to: &str| {
            let fields = Fields::from([("from".to_owned(), from.to_owned()), ("to".to_owned(), to.to_owned())]);
            let mut wrong = Wrong::new();
            let during = during(&fields, ("from", "to"), now, &mut wrong);
            (during.is_some(), wrong.get("from").copied(), wrong.get("to").copied())
        };
        assert_eq!(read("2026-11-24T15:00", "2026-11-24T18:00"), (true, None, None));
        assert_eq!(read("", "x"), (false, Some("duty.wrong.time"), Some("duty.wrong.time")));
        assert_eq!(
            read("2026-11-25T15:00", "2026-11-25T15:00"),
            (false, None, Some("duty.wrong.order"))
        );
        assert_eq!(
            read("2026-11-23T15:00", "2026-11-24T15:00"),
            (false, None, Some("duty.wrong.over"))
        );
        assert_eq!(local(now), "2026-11-24T16:00");
    }
}
