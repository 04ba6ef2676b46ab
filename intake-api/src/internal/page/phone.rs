//! A phone field on a page: shown as typed, each number in it a link.

use askama::Template;
use casework::typed::phone::{Part, parts};

/// A phone field as HTML.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "internal/phone.html")]
pub(crate) struct Phone {
    parts: Vec<Part>,
}

/// Its template escapes what was typed.
impl askama::filters::HtmlSafe for Phone {}

impl Phone {
    /// Only for phone fields: what looks like a number elsewhere is none.
    pub(crate) fn of(typed: &str) -> Self {
        Self { parts: parts(typed) }
    }
}

#[cfg(test)]
mod tests {
    use super::Phone;

    #[test]
    fn what_was_typed_is_escaped_and_numbers_are_links() {
        assert_eq!(
            Phone::of("<b>0558-8612345转8012</b>").to_string(),
            "&#60;b&#62;<a href=\"tel:05588612345,8012\">0558-8612345转8012</a>&#60;/b&#62;"
        );
    }
}
