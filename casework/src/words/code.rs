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

/// Defines a closed word list of the wire: kebab-case in JSON, `ALL`, `as_str()`, `from_word()`, `Display`.
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
