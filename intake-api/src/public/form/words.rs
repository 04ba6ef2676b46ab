//! The closed word lists in plain words, in the order in which people are shown them.

use platform::text::Lang;

/// What a word of a list is called, such as `place`, `home`.
pub(crate) fn label(lang: Lang, list: &str, code: &str) -> &'static str {
    lang.t(&format!("form.{list}.{code}"))
}

/// One choice of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub(crate) code: &'static str,
    pub(crate) label: &'static str,
}

/// A whole list.
pub(crate) fn choices<T: Copy>(lang: Lang, list: &str, all: &[T], as_str: fn(T) -> &'static str) -> Vec<Choice> {
    all.iter()
        .map(|word| as_str(*word))
        .map(|code| Choice {
            code,
            label: label(lang, list, code),
        })
        .collect()
}
