//! The receipt number, which is the report's id in a form that can be read out on the phone.
//!
//! `20261124-7K3M-9QXAC`: the day by Taihe's clock, eight random characters of Crockford's alphabet (no I, L, O, U) and a
//! check character. The receipt alone opens nothing: status needs the follow-up code too.

pub mod fragment;

use std::{fmt, str::FromStr};

use chrono::{DateTime, Days, NaiveDate, Utc};
use rand::Rng;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const RANDOM_BITS: u32 = 40;
const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");

/// A report's id: days since 2026-01-01 above 40 random bits.
///
/// In JSON and in the database it is that number; people read it as a receipt, which is what it displays as and is parsed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ReportId(i64);

/// A text that is no receipt number.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a receipt number: it looks like 20261124-7K3M-9QXAC, and its last character checks the others")]
pub struct NotAReceipt;

impl ReportId {
    /// Below every report.
    pub const MIN: Self = Self(i64::MIN);
    /// Above every report.
    pub const MAX: Self = Self(i64::MAX);

    /// A fresh id for a report received at `now`.
    pub fn new(now: DateTime<Utc>, rng: &mut impl Rng) -> Self {
        let day = now.with_timezone(&casework::calendar::shanghai()).date_naive();
        let days = (day - EPOCH).num_days().max(0);
        let random = i64::from(rng.next_u32()) << 8 | i64::from(rng.next_u32() & 0xff);
        Self(days << RANDOM_BITS | random)
    }

    /// As the database holds it.
    pub fn get(self) -> i64 {
        self.0
    }

    /// From the database.
    pub fn from_db(id: i64) -> Self {
        Self(id)
    }

    /// The least id of the same day: ids of later days are greater, whatever their random part.
    #[must_use]
    pub fn day_begin(self) -> Self {
        Self(self.0 >> RANDOM_BITS << RANDOM_BITS)
    }
}

fn check(id: i64) -> char {
    // Weighted sum over a prime, so that one wrong character or two swapped ones are noticed.
    let mut rest = id;
    let mut sum = 0;
    for weight in 1..=12 {
        sum += (rest & 31) * weight;
        rest >>= 5;
    }
    let index = usize::try_from(sum % 31).unwrap_or(0);
    char::from(ALPHABET[index])
}

impl fmt::Display for ReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = u64::try_from(self.0 >> RANDOM_BITS).unwrap_or(0);
        let day = EPOCH.checked_add_days(Days::new(days)).unwrap_or(EPOCH);
        let code: String = (0..8)
            .rev()
            .map(|i| char::from(ALPHABET[usize::try_from(self.0 >> (5 * i) & 31).unwrap_or(0)]))
            .collect();
        write!(
            f,
            "{}-{}-{}{}",
            day.format("%Y%m%d"),
            &code[..4],
            &code[4..],
            check(self.0)
        )
    }
}

impl From<ReportId> for String {
    fn from(id: ReportId) -> Self {
        id.to_string()
    }
}

impl FromStr for ReportId {
    type Err = NotAReceipt;

    /// Takes what people type: small and full-width letters, spaces, any or no dashes, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, NotAReceipt> {
        let plain: Vec<char> = casework::typed::plain(text)
            .chars()
            .filter(|c| !matches!(c, ' ' | '-'))
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            })
            .collect();
        if plain.len() != 17 {
            return Err(NotAReceipt);
        }
        let day: String = plain[..8].iter().collect();
        let day = NaiveDate::parse_from_str(&day, "%Y%m%d").map_err(|_| NotAReceipt)?;
        let days = (day - EPOCH).num_days();
        if !(0..1 << 22).contains(&days) {
            return Err(NotAReceipt);
        }
        let mut id = days;
        for c in &plain[8..16] {
            let value = ALPHABET.iter().position(|a| char::from(*a) == *c).ok_or(NotAReceipt)?;
            id = id << 5 | i64::try_from(value).map_err(|_| NotAReceipt)?;
        }
        if check(id) == plain[16] {
            Ok(Self(id))
        } else {
            Err(NotAReceipt)
        }
    }
}

/// A follow-up code: 16 decimal digits, each equally likely.
pub fn new_follow_up_code(rng: &mut impl Rng) -> String {
    let mut code = String::with_capacity(16);
    while code.len() < 16 {
        // 250 is the largest multiple of ten in a byte: above it the digits would not be equally likely.
        let byte = (rng.next_u32() & 0xff) as u8;
        if byte < 250 {
            code.push(char::from(b'0' + byte % 10));
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn receipts_are_read_as_people_type_them() {
        let mut rng = StdRng::seed_from_u64(3);
        for _ in 0..2000 {
            let id = ReportId::new(at("2026-11-24T16:30:00Z"), &mut rng);
            let receipt = id.to_string();
            assert!(receipt.starts_with("20261125-"), "the day is Taihe's: {receipt}");
            assert_eq!(receipt.parse(), Ok(id));
            let typed = receipt.to_lowercase().replace('-', " ").replace('0', "o");
            assert_eq!(typed.parse(), Ok(id));
        }
    }

    #[test]
    fn a_slip_of_the_finger_is_noticed() {
        let id = ReportId::new(at("2026-11-24T00:00:00Z"), &mut StdRng::seed_from_u64(4));
        let receipt: Vec<char> = id.to_string().chars().collect();
        let mut slips = 0;
        for i in (9..receipt.len()).filter(|i| receipt[*i] != '-') {
            for c in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars().filter(|c| *c != receipt[i]) {
                let mut wrong = receipt.clone();
                wrong[i] = c;
                slips += u32::from(wrong.into_iter().collect::<String>().parse::<ReportId>().is_ok());
            }
        }
        assert!(slips <= 8, "{slips} of 279 slips passed");
        for text in [
            "",
            "20261124",
            "99999999-0000-00000",
            "20251231-0000-00000",
            "二〇二六1124-7K3M-9QXAC",
        ] {
            assert_eq!(text.parse::<ReportId>(), Err(NotAReceipt), "{text}");
        }
    }

    #[test]
    fn codes_are_sixteen_digits() {
        let mut rng = StdRng::seed_from_u64(5);
        let code = new_follow_up_code(&mut rng);
        assert!(code.len() == 16 && code.bytes().all(|b| b.is_ascii_digit()));
        assert_ne!(code, new_follow_up_code(&mut rng));
    }
}
