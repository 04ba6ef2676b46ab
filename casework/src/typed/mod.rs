//! What people type and paste, before anything is read from it: full-width letters and digits, dashes of every kind, signs
//! that nobody sees. Texts themselves are stored as typed; only what is *read* (a number, a code, a time) goes through
//! [`plain`], and only [`is_blank`] decides whether anything was typed at all.

pub mod phone;

/// Whether a character leaves no mark on a page: spaces, controls, zero-width signs, direction marks, fillers, tags.
pub fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether nothing can be seen of a text. Such a text was not typed.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// A text to read a number, a code or a time from: full-width forms become plain ones, every dash `-`, every space one
/// space; signs that nobody sees are gone.
pub fn plain(text: &str) -> String {
    text.chars().filter_map(plain_char).collect()
}

fn plain_char(c: char) -> Option<char> {
    match c {
        '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{207b}'
        | '\u{208b}'
        | '\u{2212}'
        | '\u{2500}'
        | '\u{2501}'
        | '\u{2796}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{30fc}'
        | '\u{3161}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '\u{ff70}'
        | '\u{ff3f}'
        | '\u{30a0}'
        | '\u{301c}'
        | '\u{ff5e}'
        | '_'
        | '~'
        | '\u{b7}' => Some('-'),
        '\u{ff01}'..='\u{ff5d}' => char::from_u32(u32::from(c) - 0xfee0),
        // Digits and letters of mathematics and of circles come from "beautified" chat texts.
        '\u{1d7ce}'..='\u{1d7ff}' => char::from_digit((u32::from(c) - 0x1d7ce) % 10, 10),
        '\u{660}'..='\u{669}' => char::from_digit(u32::from(c) - 0x660, 10),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(u32::from(c) - 0x6f0, 10),
        _ if c.is_whitespace() => Some(' '),
        _ if is_invisible(c) => None,
        _ => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_was_not_typed() {
        for text in [
            "",
            " ",
            "\u{3000}\t\r\n",
            "\u{200b}\u{200d}\u{feff}",
            "\u{2060}\u{3164}\u{2800}",
            "\u{202e}\u{ad}\u{1}",
            "\u{e0041}\u{fe0f}",
        ] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["。", "\u{200b}a", "𠮷", "0", "👧"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn numbers_are_read_however_they_were_written() {
        assert_eq!(plain("２０２６１１２４－７Ｋ３Ｍ—９ＱＸＡＣ"), "20261124-7K3M-9QXAC");
        for dash in "-‐‑‒–—―−－﹣﹘⁃─ー_～~·".chars() {
            assert_eq!(plain(&format!("7{dash}K")), "7-K", "{dash:?} U+{:04X}", u32::from(dash));
        }
        assert_eq!(plain("12\u{200b}34\u{a0}56\u{feff}\u{2009}78"), "1234 56 78");
        assert_eq!(plain("𝟙𝟚٣۴：（）"), "1234:()");
    }
}
