//! Tags of our own pages: where each ends, and which of its attributes people read.

/// Attributes that programs read: they keep what they hold. Everything else may be shown or read aloud.
const FOR_PROGRAMS: &[&str] = &[
    "value", "href", "src", "action", "name", "id", "for", "class", "pattern", "content", "type", "method",
];

/// One step over a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Between two tags.
    Text(&'a str),
    /// A tag, a comment or a doctype, whole.
    Tag(&'a str),
}

/// The first token of a page and the rest. `None` at the end.
pub(super) fn next(html: &str) -> Option<(Token<'_>, &str)> {
    if html.is_empty() {
        return None;
    }
    if html.starts_with('<') {
        let (tag, rest) = html.split_at(end_of_tag(html));
        return Some((Token::Tag(tag), rest));
    }
    let (text, rest) = html.split_at(html.find('<').unwrap_or(html.len()));
    Some((Token::Text(text), rest))
}

fn end_of_tag(html: &str) -> usize {
    if html.starts_with("<!--") {
        return html.find("-->").map_or(html.len(), |at| at + 3);
    }
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (None, b'>') => return at + 1,
            _ => {}
        }
    }
    html.len()
}

/// The tag's name, with the stroke of a closing one: `textarea`, `/title`.
pub(super) fn name(tag: &str) -> &str {
    let inner = tag.trim_start_matches('<');
    let end = inner
        .char_indices()
        .find(|(at, c)| c.is_whitespace() || *c == '>' || (*c == '/' && *at > 0));
    end.map_or(inner, |(at, _)| &inner[..at])
}

/// Hands on the parts of a tag: `said(part, read by people)` for what stands in quotes, `other(part)` for the rest.
pub(super) fn parts<'a>(tag: &'a str, mut each: impl FnMut(&'a str, Part)) {
    let mut rest = tag;
    while let Some(at) = rest.find(['"', '\'']) {
        let quote = &rest[at..=at];
        let head = &rest[..=at];
        each(head, Part::Markup);
        let body = &rest[at + 1..];
        let end = body.find(quote).unwrap_or(body.len());
        let attribute = head
            .trim_end_matches(['"', '\'', '=', ' '])
            .rsplit(|c: char| c.is_whitespace())
            .next()
            .unwrap_or_default();
        let part = if FOR_PROGRAMS.contains(&attribute) {
            Part::ForPrograms
        } else {
            Part::ForPeople
        };
        each(&body[..end], part);
        rest = &body[end..];
        if let Some(after) = rest.strip_prefix(quote) {
            each(quote, Part::Markup);
            rest = after;
        }
    }
    each(rest, Part::Markup);
}

/// What a part of a tag is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Names of attributes, quotes.
    Markup,
    /// The value of an attribute that people see or hear.
    ForPeople,
    /// The value of an attribute that goes back to a program as it is.
    ForPrograms,
}
