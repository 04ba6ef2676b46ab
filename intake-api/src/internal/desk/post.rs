//! Acts by form: POST, then back to the ticket with a sentence that says what was done.
//!
//! A page that was overtaken changes nothing: the answer says who did what and when, and keeps what was typed.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Utc};
use platform::{clock, store::ActDone, text::Lang};

use super::{
    act::{self, Against, Draft, Fields, Kind, NotDone},
    close,
    ticket::{Attempt, fetch, people_of, show},
};
use crate::internal::{
    Internal,
    auth::Desk,
    kept::Said,
    page::{Frame, Language, problem, render, words},
};

#[derive(Template)]
#[template(path = "internal/desk/stale.html")]
struct StalePage {
    frame: Frame,
    id: i64,
    title: &'static str,
    text: String,
    kept: Vec<String>,
}

/// `POST /tickets/{id}/sign`
pub(super) async fn sign(
    internal: State<Internal>,
    desk: Desk,
    lang: Language,
    id: Path<String>,
    fields: Form<Fields>,
) -> Response {
    act(Kind::Sign, internal.0, desk, lang.0, &id.0, fields.0).await
}

/// `POST /tickets/{id}/assign`
pub(super) async fn assign(
    internal: State<Internal>,
    desk: Desk,
    lang: Language,
    id: Path<String>,
    fields: Form<Fields>,
) -> Response {
    act(Kind::Assign, internal.0, desk, lang.0, &id.0, fields.0).await
}

/// `POST /tickets/{id}/contact`
pub(super) async fn contact(
    internal: State<Internal>,
    desk: Desk,
    lang: Language,
    id: Path<String>,
    fields: Form<Fields>,
) -> Response {
    act(Kind::Contact, internal.0, desk, lang.0, &id.0, fields.0).await
}

/// `POST /tickets/{id}/evidence`
pub(super) async fn evidence(
    internal: State<Internal>,
    desk: Desk,
    lang: Language,
    id: Path<String>,
    fields: Form<Fields>,
) -> Response {
    act(Kind::Evidence, internal.0, desk, lang.0, &id.0, fields.0).await
}

/// `POST /tickets/{id}/resolve`
pub(super) async fn resolve(
    internal: State<Internal>,
    desk: Desk,
    lang: Language,
    id: Path<String>,
    fields: Form<Fields>,
) -> Response {
    act(Kind::Resolve, internal.0, desk, lang.0, &id.0, fields.0).await
}

/// `POST /tickets/{id}/confirm`
pub(super) async fn confirm(
    internal: State<Internal>,
    desk: Desk,
    lang: Language,
    id: Path<String>,
    fields: Form<Fields>,
) -> Response {
    act(Kind::Confirm, internal.0, desk, lang.0, &id.0, fields.0).await
}

/// `POST /tickets/{id}/refuse`
pub(super) async fn refuse(
    internal: State<Internal>,
    desk: Desk,
    lang: Language,
    id: Path<String>,
    fields: Form<Fields>,
) -> Response {
    act(Kind::Refuse, internal.0, desk, lang.0, &id.0, fields.0).await
}

/// `POST /tickets/{id}/take-back`
pub(super) async fn take_back(
    internal: State<Internal>,
    desk: Desk,
    lang: Language,
    id: Path<String>,
    fields: Form<Fields>,
) -> Response {
    act(Kind::TakeBack, internal.0, desk, lang.0, &id.0, fields.0).await
}

async fn act(kind: Kind, internal: Internal, desk: Desk, lang: Lang, id: &str, fields: Fields) -> Response {
    let now = clock::now();
    let ticket = match fetch(&internal, &desk, id).await {
        Ok(ticket) => ticket,
        Err(response) => return response,
    };
    let people = people_of(&internal, &ticket).await;
    let loaded = internal.pack.current();
    let against = Against {
        ticket: &ticket,
        people: &people,
        loaded: &loaded,
        account: desk.person.account.id,
        now,
    };
    let ready = match act::read(kind, &fields, against) {
        Ok(ready) => ready,
        Err(wrong) => {
            let attempt = Attempt {
                form: kind.word(),
                fields,
                wrong,
                trouble: None,
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return if kind == Kind::Resolve {
                close::show(status, &internal, &desk, lang, &ticket, &people, attempt)
            } else {
                show(status, &internal, &desk, lang, &ticket, &people, attempt, None).await
            };
        }
    };
    let done_kind = ready.act.kind();
    let word = match &ready.act {
        Draft::Close(draft) => match &draft.wait {
            Some(wait) if wait.transfer_to.is_some() => "transfer",
            Some(_) => "request",
            None => kind.word(),
        },
        Draft::Plain(_) => kind.word(),
    };
    match act::perform(
        &internal,
        &desk.scope,
        &desk,
        &ticket,
        ready,
        act::version(&fields),
        now,
    )
    .await
    {
        Ok(ActDone::Done) => Redirect::to(&format!("/tickets/{}?done={word}", ticket.id)).into_response(),
        Ok(other) => overtaken(&desk, lang, ticket.id, done_kind, &fields, other, now),
        Err(why) => {
            let attempt = Attempt {
                form: kind.word(),
                fields,
                wrong: act::Wrong::new(),
                trouble: Some(trouble(&why)),
            };
            let status = StatusCode::SERVICE_UNAVAILABLE;
            if kind == Kind::Resolve {
                close::show(status, &internal, &desk, lang, &ticket, &people, attempt)
            } else {
                show(status, &internal, &desk, lang, &ticket, &people, attempt, None).await
            }
        }
    }
}

/// Why an act was not tried, as a text key.
pub(super) fn trouble(why: &NotDone) -> &'static str {
    match why {
        NotDone::Sealing => "desk.trouble.sealing",
        NotDone::Database => "desk.trouble.database",
        NotDone::Unsure => "desk.trouble.unsure",
    }
}

/// Nothing was changed: says what happened instead, by whom and when. The same act by the same person is a double click,
/// which is no fault; anything else is a conflict.
pub(super) fn overtaken(
    desk: &Desk,
    lang: Lang,
    id: i64,
    kind: &str,
    fields: &Fields,
    done: ActDone,
    now: DateTime<Utc>,
) -> Response {
    let (status, title, text) = match done {
        ActDone::Stale {
            last_kind,
            last_by,
            last_account,
            last_at,
        } => {
            // The same person is the same account; two people may share a name.
            let again = last_kind == kind && last_account == Some(desk.person.account.id);
            let what = what_happened(lang, &last_kind);
            let at = words::moment(lang, last_at, now);
            let values = [("by", last_by.as_str()), ("at", at.as_str()), ("what", what)];
            if again {
                (
                    StatusCode::OK,
                    "desk.stale.again_title",
                    lang.fill("desk.stale.again", &values),
                )
            } else {
                (
                    StatusCode::CONFLICT,
                    "desk.stale.title",
                    lang.fill("desk.stale.text", &values),
                )
            }
        }
        ActDone::NotAllowed { state } => {
            let text = lang.fill("desk.stale.not_allowed", &[("state", words::state(lang, &state))]);
            (StatusCode::CONFLICT, "desk.stale.title", text)
        }
        ActDone::Denied(why) => {
            let text = lang.t(&format!("close.denied_{}", why.as_str())).to_owned();
            (StatusCode::CONFLICT, "desk.stale.title", text)
        }
        ActDone::NotFound | ActDone::Done => return problem::not_found().into_response(),
    };
    let typed = [
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
    let kept = typed
        .iter()
        .filter_map(|name| fields.get(*name))
        .filter(|v| !v.trim().is_empty())
        .cloned()
        .collect();
    let said = Said(text.clone());
    let mut answer = render(
        status,
        &StalePage {
            frame: Frame::of(desk, lang, "/desk"),
            id,
            title: lang.t(title),
            text,
            kept,
        },
    );
    // Where the ticket still allows the act, it comes back in its form under the new version, with this sentence.
    answer.extensions_mut().insert(said);
    answer
}

pub(crate) fn what_happened(lang: Lang, kind: &str) -> &'static str {
    lang.t(match kind {
        "signed" => "desk.what.signed",
        "assigned" => "desk.what.assigned",
        "contacted" => "desk.what.contacted",
        "evidence" => "desk.what.evidence",
        "resolved" => "desk.what.resolved",
        "reopened" => "desk.what.reopened",
        "close-requested" => "desk.what.close-requested",
        "close-confirmed" => "desk.what.close-confirmed",
        "close-refused" => "desk.what.close-refused",
        "close-taken-back" => "desk.what.close-taken-back",
        "transfer-approved" => "desk.what.transfer-approved",
        "opening-asked" | "opening-opened" | "opening-approved" | "opening-refused" | "opening-withdrawn"
        | "opening-ended" | "opening-reviewed" => "desk.what.opening",
        _ => "desk.what.changed",
    })
}
