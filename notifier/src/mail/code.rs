//! A code to a person's own mail address, by which they show that it is theirs. The subject does not have it: a list of mails is seen
//! over a shoulder.

use askama::Template;
use chrono::{DateTime, Utc};
use platform::{
    foreign,
    store::{CODE_MINUTES, CallId},
};

use super::{
    ComposeError, Mail,
    texts::{fill, t},
};

struct Said<'a> {
    code: &'a str,
    until: String,
    link: String,
}

impl Said<'_> {
    fn t(&self, key: &str) -> &'static str {
        t(key)
    }
}

#[derive(Template)]
#[template(path = "code.txt")]
struct Text<'a> {
    v: &'a Said<'a>,
}

#[derive(Template)]
#[template(path = "code.html")]
struct Html<'a> {
    v: &'a Said<'a>,
}

/// Writes the mail of a code to an address; `link` opens the page on which it is typed.
pub(crate) fn code(
    code: &str,
    (id, to): (CallId, &str),
    link: String,
    now: DateTime<Utc>,
) -> Result<Mail, ComposeError> {
    let said = Said {
        code,
        until: fill("call.code-until", &[("minutes", &CODE_MINUTES.to_string())]),
        link,
    };
    Ok(Mail {
        id: id.0,
        kind: "code",
        urgent: false,
        at: now,
        to: to.to_owned(),
        subject: foreign::line(t("call.code-subject")),
        text: foreign::text(&Text { v: &said }.render()?).into_owned(),
        html: foreign::page(Html { v: &said }.render()?),
    })
}
