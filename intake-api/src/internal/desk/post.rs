//! Acts by form: POST, then back to the ticket with a sentence that says what was done.
//!
//! A page that was overtaken changes nothing: the answer says who did what and when, and keeps what was typed.

use askama::Template;
use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, post},
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{ActDone, EventKind, TicketId},
};

use super::{
    act::{Doing, perform, read, version},
    attempt::Attempt,
    close,
    draft::{Draft, Kind},
    found::Case,
    ticket,
    undone::{said, what_happened},
};
use crate::internal::{
    By, Internal,
    again::{Again, Fields},
    auth::Desk,
    error::PageError,
    kept::Said,
    page::{Frame, render, words},
};

#[derive(Template)]
#[template(path = "internal/desk/stale.html")]
struct StalePage {
    frame: Frame,
    id: TicketId,
    title: &'static str,
    text: String,
    kept: Vec<String>,
}

/// `POST /tickets/{id}/…`: the form of one kind of act.
pub(super) fn form(kind: Kind) -> MethodRouter<Internal> {
    post(move |by: By<Desk>, Path(id): Path<String>, Form(fields): Form<Fields>| act(kind, by, id, fields))
}

async fn act(kind: Kind, by: By<Desk>, id: String, fields: Fields) -> Result<Response, PageError> {
    let now = clock::now();
    let case = Case::fetch(&by, &id).await?;
    let loaded = by.internal.pack.current();
    let against = case.against(&loaded, by.me(), now);
    let ready = match read(kind, &fields, against) {
        Ok(ready) => ready,
        Err(wrong) => return again(&by, &case, kind, Attempt::wrong(kind.word(), wrong, fields)).await,
    };
    let (deed, word) = (ready.act.kind(), done_word(kind, &ready.act));
    let doing = Doing {
        scope: &by.right.scope,
        ticket: &case.ticket,
        version: version(&fields),
        now,
        telephone: None,
    };
    match perform(&by, doing, ready).await {
        Ok(ActDone::Done) => Ok(Redirect::to(&format!("/tickets/{}?done={word}", case.ticket.id)).into_response()),
        Ok(other) => Overtaken {
            ticket: case.ticket.id,
            deed,
            fields: &fields,
        }
        .answer(&by, other, now),
        Err(why) => {
            let said = by.said(why.key());
            let attempt = Attempt {
                form: kind.word(),
                again: Again::keeping(StatusCode::SERVICE_UNAVAILABLE, said, fields),
            };
            again(&by, &case, kind, attempt).await
        }
    }
}

/// The page with the form of this act: 办结 has one of its own.
async fn again(by: &By<Desk>, case: &Case, kind: Kind, attempt: Attempt) -> Result<Response, PageError> {
    match kind {
        Kind::Resolve => Ok(close::again(by, case, attempt)),
        _ => ticket::again(by, case, attempt).await,
    }
}

/// By which the ticket's page says what was done.
fn done_word(kind: Kind, act: &Draft) -> &'static str {
    match act {
        Draft::Close(draft) => match &draft.wait {
            Some(wait) if wait.transfer_to.is_some() => "transfer",
            Some(_) => "request",
            None => kind.word(),
        },
        Draft::Plain(_) => kind.word(),
    }
}

/// Fields whose texts come back, in the order of the forms.
const TEXTS: [&str; 10] = [
    "who",
    "at",
    "place",
    "reference",
    "missing",
    "decision_number",
    "decision_date",
    "reason",
    "unseen",
    "note",
];

/// An act that came too late.
pub(crate) struct Overtaken<'a> {
    pub(crate) ticket: TicketId,
    /// Kind of the event that it would have left.
    pub(crate) deed: EventKind,
    pub(crate) fields: &'a Fields,
}

impl Overtaken<'_> {
    /// Nothing was changed: says what happened instead, by whom and when. The same act by the same person is a double click,
    /// which is no fault; anything else is a conflict.
    pub(crate) fn answer(&self, by: &By<Desk>, done: ActDone, now: DateTime<Utc>) -> Result<Response, PageError> {
        let lang = by.lang;
        let (status, title, text) = match done.was_done(self.deed, by.me()) {
            Some((what, at)) => {
                let at = words::moment(lang, at, now);
                let values = [("at", at.as_str()), ("what", what_happened(lang, what))];
                (StatusCode::OK, "undone.again_title", lang.fill("undone.again", &values))
            }
            None => (StatusCode::CONFLICT, "undone.title", said(&done, lang, now)?),
        };
        let typed = TEXTS.iter().filter_map(|name| self.fields.get(*name));
        let kept = Said(text.clone());
        let page = StalePage {
            frame: by.frame("/desk"),
            id: self.ticket,
            title: lang.t(title),
            text,
            kept: typed.filter(|text| !text.trim().is_empty()).cloned().collect(),
        };
        let mut answer = render(status, &page);
        // Where the ticket still allows the act, it comes back in its form under the new version, with this sentence.
        answer.extensions_mut().insert(kept);
        Ok(answer)
    }
}
