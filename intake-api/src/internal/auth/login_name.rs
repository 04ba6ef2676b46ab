//! Login names: however a keyboard writes one, it is the same login.

use unicode_normalization::UnicodeNormalization;

/// Fewest and most signs.
const LENGTH: std::ops::RangeInclusive<usize> = 2..=40;

/// What somebody typed as the database knows it: capital and full-width letters, blanks around and signs that nobody sees
/// make no other login.
pub(crate) fn normalised(typed: &str) -> String {
    let seen = |c: &char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}');
    let folded: String = typed.chars().filter(seen).nfkc().collect();
    folded.to_lowercase().trim().to_owned()
}

/// Whether a normalised name can be a login, as the database's CHECK says it.
pub(crate) fn is_sound(login: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    login.starts_with(inner) && LENGTH.contains(&login.len()) && login.chars().all(|c| inner(c) || "._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::{is_sound, normalised};

    #[test]
    fn another_width_or_case_is_the_same_login() {
        for typed in [
            "zhang.san",
            "Zhang.San",
            "ZHANG.SAN",
            " zhang.san\t",
            "ｚｈａｎｇ．ｓａｎ",
            "ＺＨＡＮＧ．ＳＡＮ",
            "　Ｚhang.san　",
            "\u{feff}zhang.san\u{200b}",
        ] {
            assert_eq!(normalised(typed), "zhang.san", "{typed:?}");
        }
        assert_eq!(normalised("０５５８－duty"), "0558-duty");
    }

    #[test]
    fn logins_are_what_the_database_takes() {
        for good in ["zhang.san", "a1", "0558-duty"] {
            assert!(is_sound(good), "{good}");
        }
        for bad in ["", "a", ".a", "Zhang", "张三", "a b", &"a".repeat(41)] {
            assert!(!is_sound(bad), "{bad}");
        }
    }
}
