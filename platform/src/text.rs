//! All words that people read, in one file per language: `platform/text/zh-CN.toml` and `en.toml`.
//!
//! A test holds that both files have the same keys and the same placeholders, another that each sentence that promises is kept
//! by a test (`promises.rs`). Labels of the county (situations, units, obligations) are not here: they belong to the county pack.

#[cfg(test)]
mod promises;

use std::{collections::HashMap, sync::LazyLock};

use crate::{foreign, store::NoticeKind};

/// A language of the UI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// 简体中文, the default.
    #[default]
    Zh,
    /// English, by the switch.
    En,
}

impl Lang {
    /// The tag for `lang=` attributes and cookies.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The same language for the labels of the county pack.
    pub fn pack(self) -> casework::words::Lang {
        match self {
            Self::Zh => casework::words::Lang::Zh,
            Self::En => casework::words::Lang::En,
        }
    }

    /// Reads a switch's value; anything unknown is Chinese.
    pub fn from_tag(tag: &str) -> Self {
        if tag.starts_with("en") { Self::En } else { Self::Zh }
    }

    /// The word or sentence of a key such as `form.title`.
    ///
    /// A missing key shows as the key itself, so that a page never fails for a word; a test finds such keys.
    pub fn t(self, key: &str) -> &'static str {
        static ZH: LazyLock<HashMap<String, String>> = LazyLock::new(|| read(include_str!("../text/zh-CN.toml")));
        static EN: LazyLock<HashMap<String, String>> = LazyLock::new(|| read(include_str!("../text/en.toml")));
        let words: &'static HashMap<_, _> = match self {
            Self::Zh => &ZH,
            Self::En => &EN,
        };
        words.get(key).map_or_else(|| missing(key), String::as_str)
    }

    /// As [`Lang::t`] with `{name}` placeholders filled in.
    ///
    /// A value is never read for placeholders of its own, and what could turn the rest of the sentence round is isolated.
    pub fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        let mut rest = self.t(key);
        let mut text = String::with_capacity(rest.len() + 32);
        while let Some(at) = rest.find('{') {
            text.push_str(&rest[..at]);
            let found = values
                .iter()
                .find_map(|(name, value)| Some((value, rest[at + 1..].strip_prefix(name)?.strip_prefix('}')?)));
            match found {
                Some((value, after)) => {
                    text.push_str(&foreign::isolated(value));
                    rest = after;
                }
                None => {
                    text.push('{');
                    rest = &rest[at + 1..];
                }
            }
        }
        text.push_str(rest);
        text
    }
}

/// The key of a notice's kind in words, for mails and pages alike.
pub fn notice_kind(kind: NoticeKind) -> String {
    format!("notice.what.{kind}")
}

fn missing(key: &str) -> &'static str {
    tracing::error!(key, "no text for this key");
    "…"
}

/// Flattens nested tables into dotted keys.
fn read(file: &str) -> HashMap<String, String> {
    fn walk(prefix: &str, table: toml::Table, out: &mut HashMap<String, String>) {
        for (key, value) in table {
            let path = if prefix.is_empty() {
                key
            } else {
                format!("{prefix}.{key}")
            };
            match value {
                toml::Value::Table(inner) => walk(&path, inner, out),
                toml::Value::String(text) => _ = out.insert(path, text),
                other => _ = out.insert(path, other.to_string()),
            }
        }
    }
    let mut out = HashMap::new();
    match file.parse::<toml::Table>() {
        Ok(table) => walk("", table, &mut out),
        Err(e) => tracing::error!(error = %e, "a text file is not TOML"),
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Lang, read};

    #[test]
    fn what_a_person_typed_into_a_sentence_stays_what_it_is() {
        let said = |by: &str, what: &str| Lang::Zh.fill("desk.event.assigned", &[("by", by), ("what", what)]);
        // A name that looks like a placeholder is a name.
        assert!(said("{what}", "王伟").contains("{what}"), "{}", said("{what}", "王伟"));
        assert_eq!(said("李娜", "王伟").matches("王伟").count(), 1);
        let odd = said("李\u{202e}娜", "ئالىم");
        assert!(odd.contains("\u{2068}李〔U+202E〕娜\u{2069}"), "{odd:?}");
        assert!(odd.contains("\u{2068}ئالىم\u{2069}"), "{odd:?}");
    }

    #[test]
    fn both_languages_have_the_same_keys_and_placeholders() {
        let zh = read(include_str!("../text/zh-CN.toml"));
        let en = read(include_str!("../text/en.toml"));
        assert!(zh.len() > 5, "the Chinese file was not read");
        for (a, b, name) in [(&zh, &en, "en.toml"), (&en, &zh, "zh-CN.toml")] {
            for (key, text) in a {
                let other = b.get(key).unwrap_or_else(|| panic!("{name} lacks {key}"));
                assert_eq!(placeholders(text), placeholders(other), "placeholders of {key}");
            }
        }
    }

    #[test]
    fn every_kind_of_notice_has_words() {
        use crate::store::NoticeKind;

        let zh = read(include_str!("../text/zh-CN.toml"));
        for kind in NoticeKind::ALL {
            assert!(zh.contains_key(&super::notice_kind(*kind)), "{kind}");
        }
        assert_eq!(NoticeKind::read("never-heard-of"), NoticeKind::Other);
    }

    fn placeholders(text: &str) -> Vec<String> {
        let mut found: Vec<String> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned()))
            .collect();
        found.sort();
        found
    }
}
