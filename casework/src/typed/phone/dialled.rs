//! One number that a person can be called by, in the one form in which numbers are compared and dialled.

use std::fmt;

use super::{
    LONGEST,
    number::{EXTENSION, is_mobile},
    parts,
};

/// Digits of an area code at the most, its zero included.
const AREA: usize = 4;

/// A number to dial: eleven digits of a mobile, a landline with its area code and perhaps an extension after a comma, or one of
/// another country with a plus. However it was typed, one telephone has one form.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Dialled {
    number: String,
    extension: Option<String>,
}

/// A text that is not one number a person can be called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotDialled {
    /// Nothing to call is in it, or too much text.
    #[error("no telephone number")]
    None,
    /// More than one.
    #[error("more than one telephone number")]
    Several,
    /// Without its area code.
    #[error("a landline without its area code")]
    NoArea,
    /// 110, 12345, 400…: answered by whoever is there.
    #[error("a number of a service")]
    Service,
}

impl Dialled {
    /// Reads what a person typed, or what a gateway writes of a caller.
    pub fn read(typed: &str) -> Result<Self, NotDialled> {
        if typed.chars().count() > LONGEST {
            return Err(NotDialled::None);
        }
        if let Some((number, extension)) = stored(typed) {
            return Ok(Self {
                number: at_home(number)?,
                extension: Some(extension.to_owned()),
            });
        }
        let mut calls = parts(typed).into_iter().filter_map(|part| part.href);
        let href = calls.next().ok_or(NotDialled::None)?;
        if calls.next().is_some() {
            return Err(NotDialled::Several);
        }
        let dialled = href.trim_start_matches("tel:");
        let (number, extension) = match dialled.split_once(',') {
            Some((number, extension)) => (number, Some(extension.to_owned())),
            None => (dialled, None),
        };
        Ok(Self {
            number: at_home(number)?,
            extension,
        })
    }

    /// The number without its extension.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// What is keyed in after the number has answered.
    pub fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }

    /// Whether a message can be sent there.
    pub fn takes_messages(&self) -> bool {
        self.extension.is_none() && (is_mobile(&self.number) || self.number.starts_with('+'))
    }

    /// The number as it is shown: `138****5678`, `0558****345`. The extension stands beside it in the page's own words.
    pub fn masked(&self) -> String {
        let digits: Vec<char> = self.number.chars().collect();
        let head = if self.number.starts_with('0') {
            area(&self.number)
        } else {
            3
        };
        let hidden = 4.min(digits.len().saturating_sub(head));
        let tail = digits.iter().skip(head + hidden);
        digits
            .iter()
            .take(head)
            .chain(std::iter::repeat_n(&'*', hidden))
            .chain(tail)
            .collect()
    }
}

/// As it is stored and given to a gateway: the extension after a comma.
impl fmt::Display for Dialled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.number)?;
        self.extension.iter().try_for_each(|digits| write!(f, ",{digits}"))
    }
}

/// Masked: a number must not reach a log.
impl fmt::Debug for Dialled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A number with its extension as [`Dialled`] writes them: people put words between the two, and a comma between two numbers.
fn stored(text: &str) -> Option<(&str, &str)> {
    let (number, extension) = text.split_once(',')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let sound = digits(number.strip_prefix('+').unwrap_or(number)) && digits(extension) && extension.len() <= EXTENSION;
    sound.then_some((number, extension))
}

/// Numbers of this country as they are dialled within it.
fn at_home(number: &str) -> Result<String, NotDialled> {
    let home = match number.strip_prefix("+86") {
        Some(rest) if is_mobile(rest) => rest.to_owned(),
        Some(rest) => format!("0{rest}"),
        None => number.to_owned(),
    };
    if is_mobile(&home) || home.starts_with('+') {
        return Ok(home);
    }
    match home.len() {
        10..=12 if home.starts_with('0') => Ok(home),
        7 | 8 => Err(NotDialled::NoArea),
        3..=6 | 10 => Err(NotDialled::Service),
        _ => Err(NotDialled::None),
    }
}

/// Digits of the area code of a landline: 010 and 02x have three, all others four.
fn area(number: &str) -> usize {
    let short = number.starts_with("010") || number.starts_with("02");
    if short { AREA - 1 } else { AREA }
}

#[cfg(test)]
mod tests {
    use super::{Dialled, NotDialled};

    #[test]
    fn one_telephone_has_one_form() {
        for typed in [
            "13812345678",
            "138 1234 5678",
            "+86 138-1234-5678",
            "8613812345678",
            "１３８１２３４５６７８",
        ] {
            let dialled = Dialled::read(typed).unwrap();
            assert_eq!(dialled.to_string(), "13812345678", "{typed}");
            assert_eq!(dialled.masked(), "138****5678");
            assert!(dialled.takes_messages());
        }
        for typed in ["0558-8612345转8012", "(0558)8612345#8012", "+86 558 8612345 ext 8012"] {
            let dialled = Dialled::read(typed).unwrap();
            assert_eq!(dialled.to_string(), "05588612345,8012", "{typed}");
            assert_eq!(dialled.masked(), "0558****345");
            assert_eq!(dialled.extension(), Some("8012"));
            assert!(!dialled.takes_messages());
        }
        assert_eq!(Dialled::read("010-12345678").unwrap().masked(), "010****5678");
        let stored = Dialled::read("05588612345,8012").unwrap();
        assert_eq!(stored.to_string(), "05588612345,8012", "as stored, read again");
    }

    #[test]
    fn what_is_no_persons_number_is_said() {
        for (typed, why) in [
            ("", NotDialled::None),
            ("王芳", NotDialled::None),
            ("13812345678、13812345679", NotDialled::Several),
            ("8612345", NotDialled::NoArea),
            ("110", NotDialled::Service),
            ("12345", NotDialled::Service),
            ("400-861-2345", NotDialled::Service),
            ("123456789", NotDialled::None),
        ] {
            assert_eq!(Dialled::read(typed).unwrap_err(), why, "{typed}");
        }
    }

    #[test]
    fn no_number_is_printed_for_a_log() {
        assert_eq!(format!("{:?}", Dialled::read("13812345678").unwrap()), "138****5678");
    }
}
