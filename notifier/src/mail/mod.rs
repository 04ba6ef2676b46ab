//! What a notice says: subject, text and HTML, in Chinese, from facts that hold no identity.
//!
//! Nothing sealed is at hand here, so nothing sealed can leak: no name, no school, no narrative. What happened is said in the
//! short names of the situations that asked for the recipient's work, and every link opens for whoever the mail is for.
//! Times are absolute: a mail is read hours later. A policy of the county is never shown as law.

mod about;
mod code;
mod facts;
mod phones;
mod ring;
mod row;
mod subject;
mod texts;
mod ticket;
mod view;
mod when;

#[cfg(test)]
mod tests;

use askama::Template;
use casework::pack::Pack;
use casework::words::Urgency;
use chrono::{DateTime, Utc};
use platform::{
    foreign,
    store::{LeasedNotice, StoreError},
};
use uuid::Uuid;

pub(crate) use code::code;
pub(crate) use ring::ring;
pub(crate) use view::View;

/// A mail that is ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    /// Of the notice or the call, for the Message-ID.
    pub(crate) id: Uuid,
    /// The notice's kind; `call`.
    pub(crate) kind: &'static str,
    /// Shown as important by mail programs.
    pub(crate) urgent: bool,
    /// Date of the mail.
    pub(crate) at: DateTime<Utc>,
    /// The unit's mailbox, or a person's own address.
    pub(crate) to: String,
    /// One line without personal data.
    pub(crate) subject: String,
    /// The whole notice as text.
    pub(crate) text: String,
    /// The same as HTML.
    pub(crate) html: String,
}

/// A notice that can't be put into words. Trying again would not help.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ComposeError {
    /// A stored value can't be read.
    #[error(transparent)]
    Unreadable(#[from] StoreError),
    /// A template failed.
    #[error("a template of the mail failed")]
    Template(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "notice.txt")]
struct Text<'a> {
    v: &'a View,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Html<'a> {
    v: &'a View,
}

/// Writes the mail of a notice as of `now`, in the words of the pack in force. `internal_url` is how officers reach the desk, without a trailing slash.
pub(crate) fn compose(
    notice: &LeasedNotice,
    pack: &Pack,
    internal_url: &str,
    now: DateTime<Utc>,
) -> Result<Mail, ComposeError> {
    // A clock that was turned forward (a drill of the deadlines) queues notices of its own present.
    let as_of = now.max(notice.created_at);
    let view = View::new(notice, pack, internal_url, as_of)?;
    Ok(Mail {
        id: notice.id.0,
        kind: notice.kind.as_str(),
        urgent: notice.urgency == Urgency::P1,
        at: now,
        to: notice.mailbox.clone(),
        subject: foreign::line(&subject::subject(notice, &view, as_of)),
        text: foreign::text(&Text { v: &view }.render()?).into_owned(),
        html: foreign::page(Html { v: &view }.render()?),
    })
}
