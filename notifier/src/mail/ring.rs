//! A call by mail: as little as a message says, and the way to the desk. It goes to a person's own address.

use askama::Template;
use casework::words::Urgency;
use chrono::{DateTime, Utc};
use platform::{foreign, gateway::Words, store::CallId};

use super::{
    ComposeError, Mail,
    texts::{fill, t},
};

struct Said {
    drill: bool,
    title: String,
    tail: String,
    link: String,
}

impl Said {
    fn t(&self, key: &str) -> &'static str {
        t(key)
    }
}

#[derive(Template)]
#[template(path = "ring.txt")]
struct Text<'a> {
    v: &'a Said,
}

#[derive(Template)]
#[template(path = "ring.html")]
struct Html<'a> {
    v: &'a Said,
}

/// Writes the mail of a call to an address as of `now`; `link` opens the page on which it is answered.
pub(crate) fn ring(
    words: &Words,
    (id, to): (CallId, &str),
    link: String,
    now: DateTime<Utc>,
) -> Result<Mail, ComposeError> {
    let word = |name: &str| words.parameter(name).unwrap_or_default();
    let [office, urgency, count, tail, what] = ["office", "urgency", "count", "tail", "what"].map(word);
    let filled = |key: &str| {
        let values = [
            ("office", office.as_str()),
            ("urgency", urgency.as_str()),
            ("n", count.as_str()),
            ("what", what.as_str()),
            ("tail", tail.as_str()),
        ];
        fill(key, &values)
    };
    let said = Said {
        drill: words.drill,
        title: filled("call.mail-title"),
        tail: filled("call.mail-tail"),
        link,
    };
    let drill = if words.drill { t("call.mail-drill") } else { "" };
    Ok(Mail {
        id: id.0,
        kind: "call",
        urgent: words.urgency == Urgency::P1,
        at: now,
        to: to.to_owned(),
        subject: foreign::line(&format!("{drill}{}", filled("call.mail-subject"))),
        text: foreign::text(&Text { v: &said }.render()?).into_owned(),
        html: foreign::page(Html { v: &said }.render()?),
    })
}
