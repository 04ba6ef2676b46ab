//! Days and times as people write them, where a browser has no field of its own for them: `2026/11/26 08:10:30.5`,
//! `2026-11-26 8:10`, `2026年11月26日 8:10`. What is not understood stays as it was typed, and the decoder refuses it.

use crate::typed::plain;
use chrono::{Days, NaiveDate, NaiveTime};

/// A time of Taihe's clock, for the wire. A day without a time stays a day: no hour is made up.
pub fn moment(typed: &str) -> String {
    read_moment(&plain(typed)).unwrap_or_else(|| typed.to_owned())
}

/// A day, for the wire.
pub fn day(typed: &str) -> String {
    let text = plain(typed);
    match read_day(&text) {
        Some((day, rest)) if rest.trim().is_empty() => day.to_string(),
        _ => typed.to_owned(),
    }
}

fn read_moment(text: &str) -> Option<String> {
    let (day, rest) = read_day(text)?;
    let rest = rest.trim_start_matches(['T', 't', ' ', ',', '，']);
    // A zone was given: the decoder reads such a time itself.
    if rest.ends_with(['Z', 'z']) || rest.contains('+') || rest.contains('-') {
        return None;
    }
    let (later, time) = read_time(rest)?;
    let day = day.checked_add_days(Days::new(later))?;
    Some(format!("{day}T{}+08:00", time.format("%H:%M:%S%.f")))
}

/// Year, month and day, and what follows them.
fn read_day(text: &str) -> Option<(NaiveDate, &str)> {
    let text = text.trim();
    if let Some(digits) = text
        .get(..8)
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    {
        let day = NaiveDate::parse_from_str(digits, "%Y%m%d").ok()?;
        return Some((day, &text[8..]));
    }
    let (year, rest) = number(text, 4)?;
    let rest = rest.trim_start().strip_prefix(['-', '/', '.', '年'])?;
    let (month, rest) = number(rest.trim_start(), 2)?;
    let rest = rest.trim_start().strip_prefix(['-', '/', '.', '月'])?;
    let (day, rest) = number(rest.trim_start(), 2)?;
    let rest = rest.trim_start().trim_start_matches(['日', '号']);
    // Nobody means the year 26.
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok().filter(|year| *year >= 1000)?, month, day)?;
    Some((day, rest))
}

/// A time, and how many days after the named one it is: `24:00` and `晚上12点` are the first moment of the next.
fn read_time(text: &str) -> Option<(u64, NaiveTime)> {
    let named = ["凌晨", "早上", "早晨", "上午", "中午", "下午", "傍晚", "晚上"];
    let name = named.into_iter().find(|name| text.starts_with(name));
    let (said, rest) = number(text[name.map_or(0, str::len)..].trim_start(), 2)?;
    let rest = rest.trim_start().strip_prefix([':', '：', '时', '点'])?.trim_start();
    let (later, hour) = match (name, said) {
        // One o'clock "in the evening": which night is meant, its writer must say.
        (Some("晚上" | "傍晚"), 1..=4) => return None,
        (Some("晚上"), 12) | (_, 24) => (1, 0),
        (Some("凌晨"), 12) => (0, 0),
        (Some("下午" | "傍晚" | "晚上"), 1..12) | (Some("中午"), 1..3) => (0, said + 12),
        _ => (0, said),
    };
    let time = after_the_hour(hour, rest)?;
    // There is no 24:01.
    (!(said == 24 && time != NaiveTime::MIN)).then_some((later, time))
}

/// Minutes and seconds, as they may follow an hour.
fn after_the_hour(hour: u32, rest: &str) -> Option<NaiveTime> {
    if rest.is_empty() || rest == "整" {
        return NaiveTime::from_hms_opt(hour, 0, 0);
    }
    if let Some(rest) = rest.strip_prefix('半') {
        return rest.is_empty().then(|| NaiveTime::from_hms_opt(hour, 30, 0))?;
    }
    let (minute, rest) = number(rest, 2)?;
    let rest = rest.trim_start().trim_start_matches('分');
    if rest.is_empty() {
        return NaiveTime::from_hms_opt(hour, minute, 0);
    }
    let rest = rest.strip_prefix([':', '：']).unwrap_or(rest);
    let (second, rest) = number(rest, 2)?;
    let fraction = rest.trim_end_matches('秒').strip_prefix('.').unwrap_or_default();
    let whole = rest.trim_end_matches('秒').is_empty();
    let digits = fraction.bytes().all(|b| b.is_ascii_digit());
    if !(whole || digits && (1..=9).contains(&fraction.len())) {
        return None;
    }
    let nanos = format!("{fraction:0<9}").parse().ok()?;
    NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)
}

/// The number at the start, of 1 to `most` digits, and what follows it.
fn number(text: &str, most: usize) -> Option<(u32, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(length);
    (1..=most)
        .contains(&length)
        .then(|| Some((digits.parse().ok()?, rest)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (typed, wire) in [
            ("2026-11-26T08:10", "2026-11-26T08:10:00+08:00"),
            ("2026-11-26T08:10:30", "2026-11-26T08:10:30+08:00"),
            ("2026/11/26 08:10:30.5", "2026-11-26T08:10:30.500+08:00"),
            ("2026-11-26 8:10", "2026-11-26T08:10:00+08:00"),
            ("2026年11月26日 8:10", "2026-11-26T08:10:00+08:00"),
            ("2026年1月6日8时10分", "2026-01-06T08:10:00+08:00"),
            ("2026 年 1 月 6 号 下午 3点", "2026-01-06T15:00:00+08:00"),
            ("２０２６．１１．２６　８：１０", "2026-11-26T08:10:00+08:00"),
            ("20261126 23:59:59", "2026-11-26T23:59:59+08:00"),
            ("2026-11-26 中午12点半", "2026-11-26T12:30:00+08:00"),
            ("2026-11-26，晚上11:05", "2026-11-26T23:05:00+08:00"),
            ("2026—11—26 0:00", "2026-11-26T00:00:00+08:00"),
            ("2026-11-26 24:00", "2026-11-27T00:00:00+08:00"),
            ("2026-12-31 24:00:00", "2027-01-01T00:00:00+08:00"),
            ("2026-11-26 晚上12点", "2026-11-27T00:00:00+08:00"),
            ("2026-11-26 晚上12点半", "2026-11-27T00:30:00+08:00"),
            ("2026-11-26 凌晨12:05", "2026-11-26T00:05:00+08:00"),
            ("2026-11-26 上午12点", "2026-11-26T12:00:00+08:00"),
            ("2026/11/26 上午9点05分30秒", "2026-11-26T09:05:30+08:00"),
        ] {
            assert_eq!(moment(typed), wire, "{typed}");
        }
        for typed in [
            "2026-11-24T08:10:00+08:00",
            "2026-11-24T00:10:00Z",
            "",
            "昨天",
            "2026-11-26",
            "2026-13-01 8:10",
            "2026-11-26 25:00",
            "2026-11-26 24:01",
            "2026-11-26 晚上1点",
            "2026-11-26 8",
            "26/11/26 8:10",
            "2026-11-26 8:10:30.x",
            "2026-02-30 8:10",
            "2026-11-26 8:100",
        ] {
            assert_eq!(moment(typed), typed, "not made up: {typed}");
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for typed in [
            "2017-03-02",
            "2017/3/2",
            "2017.3.2",
            "2017年3月2日",
            "20170302",
            "２０１７年３月２号",
            " 2017 - 3 - 2 ",
        ] {
            assert_eq!(day(typed), "2017-03-02", "{typed}");
        }
        for typed in ["2017-02-30", "2017", "2017-3", "3/2/2017", "2017-03-02 8:10", "x"] {
            assert_eq!(day(typed), typed);
        }
    }
}
