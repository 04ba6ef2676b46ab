//! How a form that was refused is shown: a sentence above it, a page of its own, or the texts beside another answer.

use askama::Template;
use axum::{
    http::{StatusCode, header, response::Parts},
    response::{Html, IntoResponse, Response},
};
use platform::{foreign, text::Lang};

use super::{
    fill::escaped,
    typed::{Typed, When},
};
use crate::internal::page::{Frame, problem, render};

/// Names of text fields that have a label of their own where they stand.
const LABELS: [(&str, &str); 14] = [
    ("who", "desk.field.who"),
    ("at", "desk.field.at"),
    ("place", "desk.field.place"),
    ("reference", "desk.field.reference"),
    ("note", "desk.field.note"),
    ("reason", "triage.reason"),
    ("name", "accounts.name"),
    ("login", "accounts.login"),
    ("phone", "accounts.phone"),
    ("xml", "rules.expert.title"),
    ("date", "rules.date"),
    ("reports", "rules.replay.reports"),
    ("seen_by", "desk.field.who"),
    ("to", "desk.field.account"),
];

struct Field {
    name: String,
    label: &'static str,
    value: String,
}

#[derive(Template)]
#[template(path = "internal/kept.html")]
struct KeptPage {
    frame: Frame,
    title: &'static str,
    text: String,
    path: String,
    token: String,
    /// Sending it again may help.
    again: bool,
    fields: Vec<Field>,
    hidden: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "internal/kept_texts.html")]
struct Texts {
    lang: Lang,
    fields: Vec<Field>,
}

/// The sentence at the top; `at` is the address of the page under it, for the browser's address bar.
pub(super) fn banner(text: &str, at: Option<&str>) -> String {
    let at = at.map_or_else(String::new, |at| format!(" data-at=\"{}\"", escaped(at)));
    format!("<p class=\"warn kept-banner\" role=\"alert\"{at}>{}</p>", escaped(text))
}

/// A page of ours with the texts below everything else, those that it does not show already.
pub(super) fn append(html: &str, typed: &Typed, lang: Lang) -> String {
    let (mut fields, _) = parted(typed, lang);
    let shown = html
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&");
    fields.retain(|field| !shown.contains(&field.value));
    let texts = Texts { lang, fields };
    match texts.render() {
        Ok(part) if !texts.fields.is_empty() => html.replacen("</main>", &format!("{part}</main>"), 1),
        _ => html.to_owned(),
    }
}

/// The texts on a page of their own, under what the answer says.
pub(super) fn shown(answer: Response, typed: &Typed, path: &str, token: &str, lang: Lang) -> Response {
    let status = answer.status();
    let said = answer.extensions().get::<problem::Shown>();
    let (title, text) = said.map_or(("kept.title", "kept.not_done"), |said| (said.title, said.text));
    let (fields, hidden) = parted(typed, lang);
    let page = KeptPage {
        frame: Frame::nobody(lang),
        title: lang.t(title),
        text: typed.said(text, When::Now, lang),
        path: path.to_owned(),
        token: token.to_owned(),
        // Without its file the form would be another one.
        again: !typed.has_files() && (status.is_server_error() || status.is_success()),
        fields,
        hidden,
    };
    render(status, &page)
}

/// A page that was read and changed, with the head that it came with.
pub(super) fn again(mut head: Parts, html: String) -> Response {
    head.headers.remove(header::CONTENT_LENGTH);
    (head.status, head.headers, Html(foreign::page(html))).into_response()
}

/// A page that stays out of caches.
pub(super) fn html(status: StatusCode, html: String) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Html(foreign::page(html))).into_response()
}

/// What is said of a form that waits for a login.
pub(super) fn expired(typed: &Typed) -> &'static str {
    if has_texts(typed) {
        "kept.expired"
    } else {
        "kept.expired_bare"
    }
}

/// Whether a person wrote anything, besides what the form carries by itself.
pub(super) fn has_texts(typed: &Typed) -> bool {
    !parted(typed, Lang::Zh).0.is_empty()
}

/// What people read, and what only the form needs: codes, numbers, choices.
fn parted(typed: &Typed, lang: Lang) -> (Vec<Field>, Vec<(String, String)>) {
    let (mut fields, mut hidden) = (Vec::new(), Vec::new());
    for (name, value) in typed.fields() {
        let label = LABELS.iter().find(|(known, _)| known == name).map(|(_, key)| *key);
        let is_text = value.chars().any(|c| !c.is_ascii_alphanumeric() && !"-_.:".contains(c));
        if (label.is_some() || is_text) && !value.trim().is_empty() {
            fields.push(Field {
                name: name.clone(),
                label: lang.t(label.unwrap_or("kept.label")),
                value: value.clone(),
            });
        } else {
            hidden.push((name.clone(), value.clone()));
        }
    }
    (fields, hidden)
}
