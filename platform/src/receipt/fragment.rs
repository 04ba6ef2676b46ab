//! A piece of a receipt, as somebody remembers it or reads it from a torn page.
//!
//! A receipt is its day and eight random characters with a check character. A piece of the random part is sought by its groups of three,
//! which an index has (`receipt_parts` in the schema); one that begins in the day is a range of ids for each day that fits. What both
//! give is held against the receipt itself. A piece of the day alone counts where it reaches to the day's end, as `1124`: a year or
//! a month is most of all receipts, and lists have dates for that.

use chrono::{Days, NaiveDate};

use super::{ALPHABET, EPOCH, RANDOM_BITS, ReportId};

/// Fewer characters stand in too many receipts.
pub const SHORTEST: usize = 4;
/// Characters of the day.
const DAY: usize = 8;
/// Random characters after it.
const CODE: usize = 8;
/// Characters without dashes.
const WHOLE: usize = DAY + CODE + 1;

/// What is wrong with a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFragment {
    /// Less than [`SHORTEST`] characters.
    Short,
    /// More than a receipt has.
    Long,
    /// A character that no receipt has.
    Stranger,
}

/// A piece of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    text: Vec<u8>,
    /// Groups of three that stand in the random part; empty: it can't lie there.
    groups: Vec<i32>,
    /// First and last ids of receipts in which it begins in the day.
    ranges: Vec<(i64, i64)>,
}

impl Fragment {
    /// Takes what people type: small and full-width letters, spaces, any or no dashes, O for 0, I and L for 1. Receipts are of days up
    /// to `last`.
    pub fn read(text: &str, last: NaiveDate) -> Result<Self, NoFragment> {
        let text: Vec<u8> = casework::typed::plain(text)
            .chars()
            .filter(|c| !matches!(c, ' ' | '-'))
            .map(|c| match c.to_ascii_uppercase() {
                'O' => b'0',
                'I' | 'L' => b'1',
                c => u8::try_from(c).unwrap_or(b'?'),
            })
            .collect();
        if text.iter().any(|c| !ALPHABET.contains(c)) {
            return Err(NoFragment::Stranger);
        }
        match text.len() {
            ..SHORTEST => return Err(NoFragment::Short),
            SHORTEST..=WHOLE => {}
            _ => return Err(NoFragment::Long),
        }
        let mut ranges = Vec::new();
        let days = EPOCH.iter_days().take_while(|day| *day <= last);
        for (day, number) in days.zip(0_i64..) {
            let day = day.format("%Y%m%d").to_string();
            for at in 0..DAY {
                ranges.extend(range(&text, day.as_bytes(), number, at));
            }
        }
        Ok(Self {
            groups: if text.len() <= CODE + 1 {
                groups(&text)
            } else {
                Vec::new()
            },
            ranges,
            text,
        })
    }

    /// Groups of three of the random part.
    pub fn groups(&self) -> &[i32] {
        &self.groups
    }

    /// First and last ids in which it begins in the day.
    pub fn ranges(&self) -> &[(i64, i64)] {
        &self.ranges
    }

    /// Whether it is a piece of this receipt.
    pub fn is_in(&self, report: ReportId) -> bool {
        let whole: Vec<u8> = report.to_string().bytes().filter(|c| *c != b'-').collect();
        let length = self.text.len();
        let places = whole.windows(length).enumerate();
        places
            .into_iter()
            .any(|(at, piece)| piece == self.text && at + length >= DAY)
    }
}

/// The last day of which there can be receipts.
pub fn last_day(now: chrono::DateTime<chrono::Utc>) -> NaiveDate {
    let day = now.with_timezone(&casework::calendar::shanghai()).date_naive();
    // A clock of another machine may be ahead.
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

/// The ids of a day in whose receipts the piece stands from this character on.
fn range(text: &[u8], day: &[u8], number: i64, at: usize) -> Option<(i64, i64)> {
    let in_day = DAY - at;
    if text.len() < in_day || text[..in_day] != day[at..] || text.len() > WHOLE - at {
        return None;
    }
    let code = &text[in_day..text.len().min(in_day + CODE)];
    let free = 5 * (CODE - code.len());
    let low = number << RANDOM_BITS | value(code) << free;
    Some((low, low | ((1 << free) - 1)))
}

/// Whichever character is the last may be the check character, which no group has.
fn groups(text: &[u8]) -> Vec<i32> {
    let code = &text[..text.len() - 1];
    let group = |three: &[u8]| i32::try_from(value(three)).unwrap_or_default();
    code.windows(3).map(group).collect()
}

fn value(characters: &[u8]) -> i64 {
    let place = |c: &u8| {
        ALPHABET
            .iter()
            .position(|a| a == c)
            .and_then(|place| i64::try_from(place).ok())
    };
    characters
        .iter()
        .fold(0, |value, c| value << 5 | place(c).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::StdRng};

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// The groups that the index has of an id.
    fn indexed(id: i64) -> Vec<i32> {
        (0..6)
            .rev()
            .map(|n| i32::try_from(id >> (5 * n) & 32767).unwrap())
            .collect()
    }

    #[test]
    fn every_piece_that_reaches_beyond_the_month_finds_its_receipt() {
        let mut rng = StdRng::seed_from_u64(11);
        for _ in 0..60 {
            let at = format!(
                "2026-{:02}-{:02}T03:00:00Z",
                1 + rng.next_u32() % 12,
                1 + rng.next_u32() % 28
            );
            let id = ReportId::new(at.parse().unwrap(), &mut rng);
            let plain = id.to_string().replace('-', "");
            for from in 0..WHOLE {
                for to in from + SHORTEST..=WHOLE {
                    let piece = Fragment::read(&plain[from..to].to_lowercase(), day("2026-12-31")).unwrap();
                    let found = piece
                        .ranges()
                        .iter()
                        .any(|(low, high)| (*low..=*high).contains(&id.get()))
                        || !piece.groups().is_empty()
                            && piece.groups().iter().all(|group| indexed(id.get()).contains(group));
                    if to >= DAY {
                        assert!(piece.is_in(id) && found, "{plain} {from}..{to}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_range_holds_nothing_but_what_fits_up_to_the_check_character() {
        let mut rng = StdRng::seed_from_u64(12);
        let id = ReportId::new("2026-11-24T03:00:00Z".parse().unwrap(), &mut rng);
        let plain = id.to_string().replace('-', "");
        for (from, to) in [(0, 8), (4, 8), (0, 12), (7, 11), (3, 15)] {
            let piece = Fragment::read(&plain[from..to], day("2028-12-31")).unwrap();
            assert!(!piece.ranges().is_empty());
            // One id alone may still be ruled out by its check character.
            for (low, high) in piece.ranges().iter().filter(|(low, high)| low < high) {
                for edge in [*low, *high] {
                    assert!(piece.is_in(ReportId::from_db(edge)), "{plain} {from}..{to}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_piece_says_why() {
        let read = |text: &str| Fragment::read(text, day("2026-12-31")).err();
        assert_eq!(read("7k3"), Some(NoFragment::Short));
        assert_eq!(read("  -- "), Some(NoFragment::Short));
        assert_eq!(read("20261124-7K3M-9QXAC0"), Some(NoFragment::Long));
        assert_eq!(read("7K3U"), Some(NoFragment::Stranger));
        assert_eq!(read("王小明一"), Some(NoFragment::Stranger));
        assert_eq!(read("７k３m"), None);
        assert_eq!(
            Fragment::read("o3il", day("2026-12-31")),
            Fragment::read("0311", day("2026-12-31"))
        );
    }
}
