//! The last step of every page: what it says can't be turned round by a text in it.
//!
//! Where an element may stand, isolates become `<bdi>`; in a title, an option and in attributes they stay signs, and only
//! around what is written from right to left. Text from right to left that came without isolates gets them here, the whole
//! run between two tags. The fields of a form are left as they are: they hold what their reader typed, and a second press
//! must send the same again (docs/decisions/0046-foreign-text.md).

use super::{
    marks::{END, START, is_odd, is_rtl, settle, write},
    tag::{Part, Token, name, next, parts},
};

/// A rendered page or a part of one, made safe to read. Doing it twice changes nothing.
pub fn page(html: String) -> String {
    if !html.chars().any(|c| is_odd(c) || is_rtl(c)) {
        return html;
    }
    let mut out = String::with_capacity(html.len() + 256);
    let (mut rest, mut within, mut isolates) = (html.as_str(), "", 0_usize);
    while let Some((token, after)) = next(rest) {
        rest = after;
        match (token, within) {
            // Their content belongs to programs and to the field's own writer.
            (Token::Text(text), "script" | "style") => out.push_str(text),
            (Token::Text(text), "textarea") => field(&mut out, text),
            (Token::Text(text), "title" | "option") => settle(&mut out, text),
            (Token::Text(text), _) => content(&mut out, text, isolates > 0),
            // Only its own end ends a script.
            (Token::Tag(tag), "script" | "style") if name(tag).strip_prefix('/') != Some(within) => out.push_str(tag),
            (Token::Tag(tag), _) => {
                parts(tag, |part, kind| match kind {
                    Part::Markup => out.push_str(part),
                    Part::ForPeople => settle(&mut out, part),
                    Part::ForPrograms => field(&mut out, part),
                });
                within = name(tag);
                match within {
                    "bdi" => isolates += 1,
                    "/bdi" => isolates = isolates.saturating_sub(1),
                    _ => {}
                }
            }
        }
    }
    out
}

/// Words between two tags.
fn content(out: &mut String, text: &str, isolated: bool) {
    if !text.chars().any(|c| is_odd(c) || is_rtl(c)) {
        out.push_str(text);
        return;
    }
    let whole = !isolated && is_bare(text);
    if whole {
        out.push_str("<bdi>");
    }
    write(
        out,
        text,
        Some(&mut |out, opens, _| out.push_str(if opens { "<bdi>" } else { "</bdi>" })),
    );
    if whole {
        out.push_str("</bdi>");
    }
}

/// Whether something from right to left, or something odd, stands outside every isolate.
fn is_bare(text: &str) -> bool {
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            START => depth += 1,
            END => depth = depth.saturating_sub(1),
            // A picture of our own may ask for its colours.
            '\u{fe0f}' => {}
            c if depth == 0 && (is_rtl(c) || is_odd(c)) => return true,
            _ => {}
        }
    }
    false
}

/// What goes back as it is: the same text for the program, but no odd character in the source of the page.
fn field(out: &mut String, text: &str) {
    for c in text.chars() {
        // A reference to one of the older controls would be read as another character.
        if is_odd(c) && c != '\0' && !('\u{7f}'..='\u{9f}').contains(&c) {
            out.push_str(&format!("&#x{:X};", u32::from(c)));
        } else {
            out.push(c);
        }
    }
}
