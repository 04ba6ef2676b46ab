//! Text that somebody outside wrote: names, narratives, addresses, reasons, contacts, names of units in a pack.
//!
//! Such text can hold signs that nobody sees and that change what others read: a right-to-left override turns the age 12
//! behind a name into 21, ESC talks to a terminal, tag characters hide whole sentences. Two things stand against it.
//! [`Foreign`] is the only form in which opened words leave the seal, and it can't be printed other than isolated and with
//! such signs as visible marks. And whatever was printed, the last step of every page is [`page()`], of every other text
//! [`text()`]: they do the same for text that came by another way, so a forgotten type is no hole.
//!
//! Stored and sent to programs (JSON) is what was typed, byte for byte; a form gives its own writer back what was typed.

mod marks;
mod page;
mod tag;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

pub use page::page;

use marks::{END, START};

/// A text from outside. Prints isolated, with control and override characters as visible marks.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Foreign(String);

impl Foreign {
    /// As it was typed. For programs, for sealing again, for a field that its own writer fills in: never for a page.
    pub fn verbatim(&self) -> &str {
        &self.0
    }

    /// With marks and without isolates: for the field of a form that holds another's words.
    pub fn marked(&self) -> Cow<'_, str> {
        marks::visible(&self.0)
    }
}

impl From<String> for Foreign {
    fn from(typed: String) -> Self {
        Self(typed)
    }
}

impl From<&str> for Foreign {
    fn from(typed: &str) -> Self {
        Self(typed.to_owned())
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In one piece, so that no escaper sees half of it.
        f.write_str(&format!("{START}{}{END}", marks::visible(&self.0)))
    }
}

/// A log or a failed assertion must not repeat a person's words.
impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Foreign({} characters)", self.0.chars().count())
    }
}

/// A value for a sentence of ours: isolated where it could turn the rest round. What is isolated already stays as it is.
pub fn isolated(value: &str) -> Cow<'_, str> {
    let plain = !value.chars().any(|c| marks::is_odd(c) || marks::is_rtl(c));
    if plain || value.starts_with(START) && value.ends_with(END) {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(format!("{START}{}{END}", marks::kept(value)))
    }
}

/// The last step of every text that is no page: mails, cells of spreadsheets, the command line.
///
/// Isolates stay only around what is written from right to left; mail programs and terminals that don't know them would
/// show boxes for nothing.
pub fn text(composed: &str) -> Cow<'_, str> {
    marks::settled(composed)
}

/// JSON for a terminal: the same value, with everything odd written as `\u` escapes.
pub fn json(serialized: &str) -> String {
    let mut out = String::with_capacity(serialized.len());
    for c in serialized.chars() {
        // A line break stands between values only: inside a text it is an escape already.
        if marks::is_odd(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// [`text()`] for one line: a cell, a subject. A line break would begin another one.
pub fn line(composed: &str) -> String {
    let settled = marks::settled(composed);
    let parts: Vec<&str> = settled
        .split(['\r', '\n', '\t'])
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ")
}
