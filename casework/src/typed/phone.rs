//! What people write into a phone field, as text and numbers that can be called.
//!
//! A field may hold an extension, two numbers, words around them and full-width signs. It is shown as it was typed; only the
//! numbers in it become links. Nothing but a phone field is read by this: a name such as `值班 2` is a name.

mod dialled;
mod number;

pub use dialled::{Dialled, NotDialled};
use number::EXTENSION;

use serde::{Deserialize, Serialize};

use crate::zh::typed;

/// Longest phone field, in characters: two numbers with extensions and a word beside each.
pub const LONGEST: usize = 60;

/// A piece of a phone field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// As typed.
    pub text: String,
    /// `tel:` address, where the piece is a number.
    pub href: Option<String>,
}

/// The pieces of a phone field in order; together they are the whole text.
pub fn parts(typed: &str) -> Vec<Part> {
    let signs: Vec<(char, char)> = typed.chars().map(|c| (plain(c), c)).collect();
    let mut parts: Vec<Part> = Vec::new();
    let mut said = String::new();
    let mut at = 0;
    while at < signs.len() {
        let run = run(&signs[at..]);
        let found = number::numbers(&signs[at..at + run]);
        if run == 0 || found.is_empty() {
            let step = run.max(1);
            said.extend(signs[at..at + step].iter().map(|(_, typed)| typed));
            at += step;
            continue;
        }
        // Of the run only the first number is taken: an extension may follow it, and the rest is looked at again.
        let first = &found[0];
        said.extend(signs[at..at + first.from].iter().map(|(_, typed)| typed));
        let end = at + first.to;
        let extension = if first.extension.is_some() {
            None
        } else {
            extension(&signs[end..])
        };
        let (until, digits) = extension.map_or((end, first.extension.clone()), |(length, digits)| {
            (end + length, Some(digits))
        });
        if !said.is_empty() {
            parts.push(Part {
                text: std::mem::take(&mut said),
                href: None,
            });
        }
        let comma = digits.map(|digits| format!(",{digits}")).unwrap_or_default();
        parts.push(Part {
            text: signs[at + first.from..until].iter().map(|(_, typed)| typed).collect(),
            href: Some(format!("tel:{}{comma}", first.dialled)),
        });
        at = until;
    }
    if !said.is_empty() {
        parts.push(Part { text: said, href: None });
    }
    parts
}

/// Whether a phone field holds something to call, and nothing that can't be shown on one line.
pub fn is_callable(typed: &str) -> bool {
    typed.chars().count() <= LONGEST
        && !typed.chars().any(char::is_control)
        && parts(typed).iter().any(|part| part.href.is_some())
}

/// The sign that a keyboard with another width or another dash means.
fn plain(c: char) -> char {
    match c {
        '０'..='９' | '＋' | '（' | '）' | '．' | '＃' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c).to_ascii_lowercase()
        }
        '－' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | '﹘' | 'ー' => '-',
        '\u{3000}' | '\u{a0}' | '\t' | '\u{2002}'..='\u{200a}' | '\u{202f}' => ' ',
        c => c.to_ascii_lowercase(),
    }
}

/// How many signs from here on can belong to numbers.
fn run(signs: &[(char, char)]) -> usize {
    let starts = signs
        .first()
        .is_some_and(|(c, _)| c.is_ascii_digit() || "+(".contains(*c));
    if !starts {
        return 0;
    }
    let goes_on =
        |(at, (c, _)): &(usize, &(char, char))| c.is_ascii_digit() || "-(). ".contains(*c) || (*c == '+' && *at == 0);
    signs.iter().enumerate().take_while(goes_on).count()
}

/// An extension right after a number: how many signs it takes, and its digits.
fn extension(signs: &[(char, char)]) -> Option<(usize, String)> {
    let blank = |from: usize| signs[from..].iter().take_while(|(c, _)| " .:：".contains(*c)).count();
    let mut at = blank(0);
    let rest: String = signs[at..].iter().map(|(c, _)| c).collect();
    let word = typed::EXTENSION.iter().find(|word| rest.starts_with(**word))?;
    at += word.chars().count();
    at += blank(at);
    let digits: String = signs[at..]
        .iter()
        .map(|(c, _)| c)
        .take_while(|c| c.is_ascii_digit())
        .collect();
    // More digits are another number after a word that happens to stand there.
    ((1..=EXTENSION).contains(&digits.len())).then(|| (at + digits.len(), digits))
}

#[cfg(test)]
mod tests;
