//! What somebody asks with: receipt number and code, and what is wrong with them.

use platform::{
    asked::{CODE_DIGITS, Misread, RECEIPT_CHARS},
    text::Lang,
};

/// What was typed.
#[derive(Default)]
pub(crate) struct Question {
    pub(crate) receipt: String,
    pub(crate) code: String,
}

/// Which of the two can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) receipt: Option<Misread>,
    pub(crate) code: Option<Misread>,
}

impl Wrong {
    /// What to do about the receipt number.
    pub(crate) fn receipt_words(self, lang: Lang) -> Option<String> {
        Some(words(lang, "receipt", self.receipt?, RECEIPT_CHARS))
    }

    /// What to do about the code.
    pub(crate) fn code_words(self, lang: Lang) -> Option<String> {
        Some(words(lang, "code", self.code?, CODE_DIGITS))
    }
}

fn words(lang: Lang, what: &str, wrong: Misread, length: usize) -> String {
    let (key, typed) = match wrong {
        Misread::Missing | Misread::Length(0) => ("missing", 0),
        Misread::Length(typed) if typed < length => ("short", typed),
        Misread::Length(typed) => ("long", typed),
        Misread::Slip => ("slip", length),
    };
    let (typed, left) = (typed.to_string(), length.abs_diff(typed).to_string());
    let values = [("typed", &*typed), ("left", &*left), ("length", &*length.to_string())];
    lang.fill(&format!("status.{what}_{key}"), &values)
}
