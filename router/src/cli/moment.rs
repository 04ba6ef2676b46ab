//! Times on the command line.

use casework::calendar::shanghai;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// Reads RFC 3339, or a date and time without an offset as Asia/Shanghai, or a date as its first moment.
pub(super) fn read(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc());
    }
    let local = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ]
    .iter()
    .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
    .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0));
    local
        .and_then(|local| local.and_local_timezone(shanghai()).single())
        .map(|at| at.to_utc())
        .ok_or_else(|| "not a time such as 2026-11-24T08:10:00+08:00 (without an offset: Asia/Shanghai)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn forms_of_one_moment() {
        let want = read("2026-11-24T00:10:00Z").unwrap();
        for text in [
            "2026-11-24T08:10:00+08:00",
            "2026-11-24T08:10:00",
            "2026-11-24 08:10",
            "2026-11-24T08:10",
        ] {
            assert_eq!(read(text), Ok(want), "{text}");
        }
        assert_eq!(read("2026-11-24"), read("2026-11-24T00:00:00+08:00"));
        for bad in ["", "yesterday", "2026-13-01", "2026-11-24T25:00", "2026-02-30"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
