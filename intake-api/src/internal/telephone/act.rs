//! `POST /board/tickets/{id}/telephone`: one act of the unit, as it was said.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{ActDone, TicketId},
};

use super::{
    call::Call,
    page::{Asked, Kinds, Telephone, show},
};
use crate::internal::{
    By,
    again::{Again, Fields, Wrong},
    auth::Office,
    desk::{
        act::{Doing, NotDone, perform, read, version},
        attempt::Attempt,
        draft::{Draft, Kind, Ready},
        reader::Reader,
        undone::said,
    },
    error::PageError,
};

/// What came of an act that was said.
pub(super) enum Tried {
    /// Fields are wrong.
    Wrong(Wrong),
    /// It was tried.
    Came(Result<ActDone, NotDone>),
}

/// Does it, or shows the form again with what was typed.
pub(super) async fn submit(
    by: By<Office>,
    Path(id): Path<TicketId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let now = clock::now();
    let found = Telephone::find(&by, id).await?;
    let lang = by.lang;
    let kind = fields.get("act").and_then(|act| Kinds::of(act));
    let Some(kind) = kind else {
        return show(&by, &found, Asked::default(), Attempt::default()).await;
    };
    let asked = Asked::of(kind);
    let came = match spoken(&by, &found, kind, (&fields, now)).await {
        Tried::Wrong(wrong) => {
            let attempt = Attempt::wrong(kind.word(), wrong, fields);
            return show(&by, &found, asked, attempt).await;
        }
        Tried::Came(came) => came,
    };
    let (status, text) = match came {
        Ok(ActDone::Done) => {
            let to = format!("/board/tickets/{id}/telephone?done={}", kind.word());
            return Ok(Redirect::to(&to).into_response());
        }
        Ok(other) => (StatusCode::CONFLICT, said(&other, lang, now)?),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, lang.t(why.key()).to_owned()),
    };
    let attempt = Attempt {
        form: kind.word(),
        again: Again::keeping(status, Some(text), fields),
    };
    // Under the version that the ticket has now, so that what was typed can be sent again where it still fits.
    show(&by, &Telephone::find(&by, id).await?, asked, attempt).await
}

/// Reads the call and the act, and does it: the same for the page and for programs.
pub(super) async fn spoken(
    by: &By<Office>,
    found: &Telephone,
    kind: Kind,
    (fields, now): (&Fields, DateTime<Utc>),
) -> Tried {
    let case = &found.case;
    let loaded = by.internal.pack.current();
    let against = case.against(&loaded, by.me(), now);
    let mut reader = Reader {
        fields,
        wrong: Wrong::new(),
    };
    let call = Call::read(&mut reader, case, now);
    let mut wrong = reader.wrong;
    let ready = read(kind, fields, against).map_err(|more| wrong.extend(more)).ok();
    let (Some(call), Some(mut ready), true) = (call, ready, wrong.is_empty()) else {
        return Tried::Wrong(wrong);
    };
    said_by_telephone(&mut ready, &call);
    let doing = Doing {
        scope: &found.scope,
        ticket: &case.ticket,
        version: version(fields),
        now,
        telephone: Some(call.by(&by.actor.person.account.name)),
    };
    Tried::Came(perform(by, doing, ready).await)
}

/// The number goes with what is sealed; and a closing is confirmed by somebody else of the office: the unit that telephones does not
/// open the page on which it would confirm.
fn said_by_telephone(ready: &mut Ready, call: &Call) {
    ready.note.get_or_insert_default().number = Some(call.number.clone());
    if let Draft::Close(closing) = &mut ready.act
        && let Some(wait) = &mut closing.wait
    {
        wait.office = true;
    }
}

impl Kinds {
    /// What can be said by telephone, by the word of its form.
    pub(super) fn of(word: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
