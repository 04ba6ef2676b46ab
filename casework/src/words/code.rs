//! The shape of a code: what vocabulary, units and obligations are called in files, tables and on the wire.

/// The longest code, in characters.
pub const MAX_CODE_LEN: usize = 60;

/// Whether `text` is a code: 1 to 60 of `a-z`, `0-9` and `-`.
pub fn is_code(text: &str) -> bool {
    (1..=MAX_CODE_LEN).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether `text` is an area code: exactly 12 digits, as the statistics bureau gives them.
pub fn is_area_code(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A text that is none of a closed list's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is no {list}: it must be one of {allowed}")]
pub struct NoSuchWord {
    list: &'static str,
    word: String,
    allowed: String,
}

impl NoSuchWord {
    /// The longest piece of the text that the error repeats, in characters.
    const SHOWN: usize = 40;

    /// `word` is none of the list's words `allowed`.
    pub fn new(list: &'static str, word: &str, allowed: &[&str]) -> Self {
        Self {
            list,
            word: word.chars().take(Self::SHOWN).collect(),
            allowed: allowed.join(", "),
        }
    }
}

/// Defines a closed word list of the wire: kebab-case in JSON, `ALL`, `as_str()`, `from_word()`, `Display`, `FromStr`
/// and `TryFrom<String>` (so that a row of the database can take it: `#[sqlx(try_from = "String")]`).
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every word, in the order in which people are shown them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word as written in JSON, CSV and DMN.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of a word; `None` when it is not one of the list.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::NoSuchWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::from_word(word).ok_or_else(|| $crate::words::NoSuchWord::new(stringify!($name), word, &[$($word),+]))
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::words::NoSuchWord;

            fn try_from(word: String) -> Result<Self, Self::Error> {
                word.parse()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::{is_area_code, is_code};
    use crate::words::Stage;

    #[test]
    fn a_word_is_read_or_the_error_says_what_is_allowed() {
        assert_eq!("sign".parse(), Ok(Stage::Sign));
        assert_eq!(Stage::try_from("resolve".to_owned()), Ok(Stage::Resolve));
        let error = "Sign".parse::<Stage>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"Sign\" is no Stage: it must be one of sign, contact, resolve"
        );
    }

    #[test]
    fn codes_are_short_and_plain() {
        assert!(is_code("sexual-14-plus"));
        for bad in ["", "A", "a b", "残疾", "a_b", &"x".repeat(61)] {
            assert!(!is_code(bad), "{bad}");
        }
        assert!(is_area_code("341222101001"));
        assert!(!is_area_code("34122210100") && !is_area_code("34122210100a"));
    }
}
