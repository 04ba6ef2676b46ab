//! The closed word lists in plain words, in the order in which people are shown them.

use platform::text::Lang;

/// What a word of a list is called, such as `place`, `home`.
pub(in crate::public) fn label(lang: Lang, list: &str, code: &str) -> &'static str {
    lang.t(&format!("form.{list}.{code}"))
}

/// One choice of a list.
#[derive(Clone, Copy, Debug)]
pub(in crate::public) struct Choice {
    pub(in crate::public) code: &'static str,
    pub(in crate::public) label: &'static str,
}

/// A whole list.
pub(in crate::public) fn choices<T: Copy>(
    lang: Lang,
    list: &str,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> Vec<Choice> {
    all.iter()
        .map(|word| as_str(*word))
        .map(|code| Choice {
            code,
            label: label(lang, list, code),
        })
        .collect()
}
