//! How old a child is when only papers say so.
//!
//! An age that nobody gave is taken from the birth date, else from the number of a citizen's identity card (GB 11643),
//! on the day of acceptance in China. What can't be (a day to come, a number with a wrong check digit) says nothing:
//! the age stays unknown, and an unknown age is every age.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::limits::AGE;
use super::{AgeFrom, Child};
use crate::calendar::shanghai;

impl Child {
    /// The age that routing sees, and from what it was computed where it was not given.
    pub(super) fn age_at(&self, accepted_at: DateTime<Utc>) -> (Option<u8>, Option<AgeFrom>) {
        if self.age.is_some() {
            return (self.age, None);
        }
        let today = accepted_at.with_timezone(&shanghai()).date_naive();
        let by_birth = self.birth_date.and_then(|birth| years(birth, today));
        let by_number = || birth_of(self.id_number.as_deref()?).and_then(|birth| years(birth, today));
        let (age, from) = match by_birth {
            Some(age) => (Some(age), AgeFrom::BirthDate),
            None => (by_number(), AgeFrom::IdNumber),
        };
        (age, age.map(|_| from))
    }
}

/// Full years, 17 at most: whoever is reported as a child is routed as one. `None` for a day to come.
fn years(birth: NaiveDate, today: NaiveDate) -> Option<u8> {
    if birth > today {
        return None;
    }
    let before_birthday = (today.month(), today.day()) < (birth.month(), birth.day());
    let years = today.year() - birth.year() - i32::from(before_birthday);
    u8::try_from(years.min(i32::from(AGE))).ok()
}

/// The birth date in an 18-digit identity number whose check digit is right. Digits and the X may be full-width, as
/// phones in Chinese input type them, and blanks may stand around them.
fn birth_of(number: &str) -> Option<NaiveDate> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let plain: Vec<char> = number.trim().chars().map(half_width).collect();
    let (body, check) = plain.split_at_checked(WEIGHTS.len())?;
    let digits: Vec<u32> = body.iter().map(|c| c.to_digit(10)).collect::<Option<_>>()?;
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let right = CHECK.get(usize::try_from(sum % 11).ok()?)?;
    if !matches!(check, [given] if given.eq_ignore_ascii_case(right)) {
        return None;
    }
    let of = |range: std::ops::Range<usize>| digits[range].iter().fold(0, |number, digit| number * 10 + digit);
    NaiveDate::from_ymd_opt(i32::try_from(of(6..10)).ok()?, of(10..12), of(12..14))
}

/// `０` to `９`, `Ｘ` and `ｘ` as ASCII; everything else as it is.
fn half_width(c: char) -> char {
    const DISTANCE: u32 = '０' as u32 - '0' as u32;
    match c {
        '０'..='９' | 'Ｘ' | 'ｘ' => char::from_u32(c as u32 - DISTANCE).unwrap_or(c),
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::{birth_of, years};

    fn day(text: &str) -> chrono::NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn years_are_full_ones() {
        for (birth, today, age) in [
            ("2017-03-02", "2026-11-24", Some(9)),
            ("2017-11-24", "2026-11-24", Some(9)),
            ("2017-11-25", "2026-11-24", Some(8)),
            ("2026-11-24", "2026-11-24", Some(0)),
            ("2026-11-25", "2026-11-24", None),
            ("2024-02-29", "2025-02-28", Some(0)),
            ("2024-02-29", "2025-03-01", Some(1)),
            ("1990-01-01", "2026-11-24", Some(17)),
            ("0001-01-01", "2026-11-24", Some(17)),
        ] {
            assert_eq!(years(day(birth), day(today)), age, "{birth} {today}");
        }
    }

    #[test]
    fn numbers_of_identity_cards() {
        // The example of GB 11643, and others computed by hand from its table.
        for (number, birth) in [
            ("11010519491231002X", Some("1949-12-31")),
            ("11010519491231002x", Some("1949-12-31")),
            (" １１０１０５１９４９１２３１００２Ｘ ", Some("1949-12-31")),
            ("１１０１０５１９４９１２３１００２ｘ", Some("1949-12-31")),
            ("440524188001010014", Some("1880-01-01")),
            ("110105194912310021", None),
            ("11010519491231002", None),
            ("11010519491231002XX", None),
            ("110105491231002", None),
            ("X1010519491231002X", None),
            ("", None),
            ("护照 E12345678", None),
        ] {
            assert_eq!(birth_of(number), birth.map(day), "{number}");
        }
    }

    /// The check digit may be right where the day can't be.
    #[test]
    fn a_day_that_does_not_exist() {
        let checked = |body: &str| {
            let found = "0123456789X".chars().map(|check| format!("{body}{check}"));
            found.filter(|number| birth_of(number).is_some()).count()
        };
        assert_eq!(checked("34122220170302001"), 1);
        assert_eq!(checked("34122220170230001"), 0);
        assert_eq!(checked("34122220171302001"), 0);
    }
}
