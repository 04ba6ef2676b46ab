//! Puts what somebody typed back into the form of a page of ours.
//!
//! Every page is rendered by our own templates, so a scan over tags is enough, and no form has to know that it can come
//! back: text fields, choices and ticks are filled, an unfolding part around the form is opened. Hidden fields stay those of
//! the fresh page (its version, its token), and nothing is ever put into a field for a password.

use std::collections::HashMap;

use super::typed::Typed;

/// A tag of the page: where it stands and what it says.
struct Tag {
    start: usize,
    end: usize,
    name: String,
    closing: bool,
    attributes: HashMap<String, String>,
}

impl Tag {
    fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    fn opens(&self, name: &str) -> bool {
        !self.closing && self.name == name
    }
}

/// The page with the form of `action` filled in, `None` if it has no such form. `page` is the page's own path: a form
/// without an action is sent there. `banner` (HTML of ours) is said at the top of the page.
pub(super) fn fill(html: &str, page: &str, action: &str, typed: &Typed, banner: &str) -> Option<String> {
    let tags = tags(html);
    let (first, last) = form(&tags, page, action)?;
    let mut edits: Vec<(usize, usize, String)> = vec![(tags[first].end - 1, tags[first].end - 1, " data-kept".into())];
    for details in around(&tags, first) {
        if !details.attributes.contains_key("open") {
            edits.push((details.end - 1, details.end - 1, " open".into()));
        }
    }
    let inside = &tags[first..last];
    let (mut seen, mut select) = (HashMap::<&str, usize>::new(), None);
    for (i, tag) in inside.iter().enumerate() {
        let name = tag.get("name");
        let mut value = || {
            let nth = seen.entry(name).or_default();
            *nth += 1;
            typed.nth(name, *nth - 1)
        };
        match tag.name.as_str() {
            "input" if !tag.closing => match tag.get("type") {
                "hidden" | "password" | "file" | "submit" | "button" => {}
                "checkbox" | "radio" => {
                    edits.push(marked(html, tag, "checked", typed.has(name, tag.get("value"))));
                }
                _ => {
                    if let Some(value) = value() {
                        edits.push((tag.start, tag.end, with(html, tag, "value", Some(value))));
                    }
                }
            },
            "textarea" if !tag.closing => {
                if let (Some(value), Some(close)) = (value(), inside.get(i + 1)) {
                    // A line break right after the tag belongs to the tag, not to the text.
                    edits.push((tag.end, close.start, format!("\n{}", escaped(value))));
                }
            }
            "select" => select = (!tag.closing).then(|| (name.to_owned(), value().map(str::to_owned))),
            "option" if !tag.closing => {
                if let Some((_, Some(chosen))) = &select {
                    edits.push(marked(html, tag, "selected", tag.get("value") == chosen));
                }
            }
            _ => {}
        }
    }
    if !banner.is_empty()
        && let Some(main) = tags.iter().find(|tag| tag.opens("main"))
    {
        edits.push((main.end, main.end, banner.to_owned()));
    }
    Some(apply(html, edits))
}

/// The login page with a hidden field that carries what is kept, and `banner` at its top.
pub(super) fn carry(html: &str, kept: &str, banner: &str) -> Option<String> {
    let tags = tags(html);
    let (first, _) = form(&tags, "/login", "/login")?;
    let field = format!("<input type=\"hidden\" name=\"kept\" value=\"{}\">", escaped(kept));
    let mut edits = vec![(tags[first].end, tags[first].end, field)];
    if let Some(main) = tags.iter().find(|tag| tag.opens("main")) {
        edits.push((main.end, main.end, banner.to_owned()));
    }
    Some(apply(html, edits))
}

/// Where the form of this action begins and ends among the tags.
fn form(tags: &[Tag], page: &str, action: &str) -> Option<(usize, usize)> {
    let first = tags.iter().position(|tag| {
        tag.opens("form")
            && tag.get("method").eq_ignore_ascii_case("post")
            && match tag.get("action").split('?').next() {
                Some("") | None => page == action,
                Some(to) => to == action,
            }
    })?;
    let length = tags[first..].iter().position(|tag| tag.closing && tag.name == "form")?;
    Some((first, first + length))
}

/// The unfolding parts that are open around a tag.
fn around(tags: &[Tag], at: usize) -> Vec<&Tag> {
    let mut open = Vec::new();
    for tag in tags[..at].iter().filter(|tag| tag.name == "details") {
        if tag.closing {
            open.pop();
        } else {
            open.push(tag);
        }
    }
    open
}

fn marked(html: &str, tag: &Tag, attribute: &str, is: bool) -> (usize, usize, String) {
    (tag.start, tag.end, with(html, tag, attribute, is.then_some("")))
}

/// The tag with an attribute set, or without it.
fn with(html: &str, tag: &Tag, attribute: &str, value: Option<&str>) -> String {
    let mut out = format!("<{}", tag.name);
    let body = &html[tag.start + 1 + tag.name.len()..tag.end - 1];
    for (name, written) in attributes(body) {
        if name != attribute {
            out.push(' ');
            out.push_str(written);
        }
    }
    if let Some(value) = value {
        out.push_str(&format!(" {attribute}=\"{}\"", escaped(value)));
    }
    out.push('>');
    out
}

fn apply(html: &str, mut edits: Vec<(usize, usize, String)>) -> String {
    edits.sort_by_key(|(start, ..)| *start);
    let (mut out, mut at) = (String::with_capacity(html.len() + 1024), 0);
    for (start, end, text) in edits {
        out.push_str(&html[at..start]);
        out.push_str(&text);
        at = end;
    }
    out.push_str(&html[at..]);
    out
}

/// All tags, without those that only stand in a text: scripts, styles and what a textarea holds are passed over.
fn tags(html: &str) -> Vec<Tag> {
    let (mut tags, mut at) = (Vec::new(), 0);
    while let Some(found) = html[at..].find('<') {
        let start = at + found;
        if html[start..].starts_with("<!--") {
            at = html[start..].find("-->").map_or(html.len(), |end| start + end + 3);
            continue;
        }
        let Some(end) = tag_end(html, start) else { break };
        let inside = &html[start + 1..end - 1];
        let (closing, inside) = inside.strip_prefix('/').map_or((false, inside), |rest| (true, rest));
        let name: String = inside.chars().take_while(char::is_ascii_alphanumeric).collect();
        at = end;
        if !closing && matches!(name.as_str(), "script" | "style" | "textarea") {
            at = html[end..]
                .find(&format!("</{name}"))
                .map_or(html.len(), |close| end + close);
        }
        let attributes = attributes(&inside[name.len()..])
            .into_iter()
            .map(|(name, written)| {
                let value = written.split_once('=').map_or("", |(_, value)| value);
                (name.to_owned(), unescaped(value.trim_matches(['"', '\''])))
            })
            .collect();
        tags.push(Tag {
            start,
            end,
            name,
            closing,
            attributes,
        });
    }
    tags
}

/// One past the `>` that ends the tag; a `>` in quotes does not.
fn tag_end(html: &str, start: usize) -> Option<usize> {
    let mut quote = None;
    for (i, c) in html[start..].char_indices() {
        match (quote, c) {
            (None, '>') => return Some(start + i + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            _ => {}
        }
    }
    None
}

/// Name and written form of each attribute.
fn attributes(text: &str) -> Vec<(&str, &str)> {
    let (mut found, mut rest) = (Vec::new(), text);
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let name_end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        if name_end == 0 {
            return found;
        }
        let value_end = if rest[name_end..].starts_with('=') {
            let value = &rest[name_end + 1..];
            let length = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].find(quote).map_or(value.len(), |end| end + 2),
                _ => value.find(char::is_whitespace).unwrap_or(value.len()),
            };
            name_end + 1 + length
        } else {
            name_end
        };
        found.push((&rest[..name_end], &rest[..value_end]));
        rest = &rest[value_end..];
    }
}

/// A text as HTML has it.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The signs that our templates escape, read back.
fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<html><script>if (a<b) "</form>"</script><main id="main"><details id="contact"><summary>x</summary>
<form method="post" action="/tickets/5/contact"><input type="hidden" name="csrf" value="new"><input type="hidden" name="version" value="3">
<input id="who" name="who" value="王&#38;伟" maxlength=200 required><input type="password" name="password"><textarea name="note" rows="4">old <b></textarea>
<select name="account"><option value="">-</option><option value="7" selected>甲</option><option value="8">乙</option></select>
<input type="radio" name="when" value="date" checked><input type="radio" name="when" value="now">
<input type="checkbox" name="if.x" value="a" checked><input type="checkbox" name="if.x" value="b"><button>go</button></form></details>
<form method="post" action="/logout"><input name="note" value="not this"></form></main></html>"#;

    fn typed(text: &str) -> Typed {
        Typed::form(text.as_bytes())
    }

    #[test]
    fn what_was_typed_stands_in_the_form_and_the_fresh_version_stays() {
        let typed = typed(
            "csrf=old&version=1&who=%E6%9D%8E+%22%3E%3C&note=%0Aa%3C%2Ftextarea%3E&account=8&when=now&if.x=b&password=secret",
        );
        let filled = fill(PAGE, "/tickets/5", "/tickets/5/contact", &typed, "<p>hello</p>").unwrap();
        for part in [
            r#"<main id="main"><p>hello</p>"#,
            r#"<details id="contact" open>"#,
            r#"action="/tickets/5/contact" data-kept>"#,
            r#"name="csrf" value="new">"#,
            r#"name="version" value="3">"#,
            r#"<input id="who" name="who" maxlength=200 required value="李 &quot;&gt;&lt;">"#,
            "<textarea name=\"note\" rows=\"4\">\n\na&lt;/textarea&gt;</textarea>",
            r#"<option value="7">"#,
            r#"<option value="8" selected="">"#,
            r#"name="when" value="date">"#,
            r#"name="when" value="now" checked="">"#,
            r#"name="if.x" value="a">"#,
            r#"name="if.x" value="b" checked="">"#,
            r#"<input name="note" value="not this">"#,
        ] {
            assert!(filled.contains(part), "{part} in {filled}");
        }
        assert!(!filled.contains("secret"));
    }

    #[test]
    fn a_page_without_the_form_is_left_alone() {
        assert!(fill(PAGE, "/tickets/5", "/tickets/5/sign", &typed("version=1"), "").is_none());
        assert!(fill(PAGE, "/x", "/x", &typed("version=1"), "").is_none());
    }

    #[test]
    fn a_form_without_an_action_is_sent_to_its_own_page() {
        let page = r#"<main><form method="post" hx-post="/a/check"><textarea name="t"></textarea></form></main>"#;
        assert!(
            fill(page, "/a", "/a", &typed("t=x"), "")
                .unwrap()
                .contains(">\nx</textarea>")
        );
        assert!(fill(page, "/b", "/a", &typed("t=x"), "").is_none());
    }
}
