//! A basis as a Chinese page says it.

use crate::county::Phrases;

/// The basis that the program itself gives what the tables leave open; packs say it too.
const POLICY: (&str, &str) = ("county policy", "本县规定");

/// A basis of the tables in Chinese, with the county's phrases.
pub fn basis_zh(phrases: &Phrases, text: &str) -> String {
    phrases.said(text.replace(POLICY.0, POLICY.1))
}
