//! The unit's door: asks for what its ticket does not show, reads what is open, ends it.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::ticket::opening::OpeningState;
use platform::{
    clock,
    store::{DeskTicket, Opening, OpeningAsked, OpeningDeed, OpeningDone, OpeningHanded, OpeningId, Reading},
};

use super::{
    act::acted,
    ask::{Asking, Wanting, at_desk},
    read::{self, Back},
    words::denied,
};
use crate::internal::{
    By,
    again::{Again, Fields},
    auth::Desk,
    desk::{Attempt, Case, again, fetch},
    detached,
    error::PageError,
    kept::Said,
};

/// `POST /tickets/{id}/openings`
pub(super) async fn ask(
    by: By<Desk>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let asking = Asking::of_form(&fields);
    asked(&by, &id, asking, ("openings", fields)).await
}

/// `POST /tickets/{id}/reporter`: asks for who reported.
pub(super) async fn ask_identity(
    by: By<Desk>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let asking = Asking::read(["identity"], fields.get("reason").map_or("", String::as_str));
    asked(&by, &id, asking, ("reporter", fields)).await
}

async fn asked(
    by: &By<Desk>,
    id: &str,
    asking: Result<Asking, Wanting>,
    (form, fields): (&'static str, Fields),
) -> Result<Response, PageError> {
    let ticket = fetch(by, id).await?;
    let asking = match asking {
        Ok(asking) => asking,
        Err(wanting) => {
            let attempt = Attempt::wrong(form, [wanting].into(), fields);
            return again(by, &Case::of(by, ticket).await, attempt).await;
        }
    };
    let trouble = match at_desk(by, &ticket, &asking).await? {
        OpeningAsked::Now(stored) => {
            let word = done_word(&stored);
            return Ok(Redirect::to(&format!("/tickets/{}?done={word}#openings-list", ticket.id)).into_response());
        }
        OpeningAsked::NotFound => return Err(PageError::NotFound),
        OpeningAsked::Before => "openings.before",
        OpeningAsked::Nobody => "openings.nobody",
        OpeningAsked::NotAllowed { .. } => "openings.not_open",
    };
    let attempt = Attempt {
        form,
        again: Again::keeping(StatusCode::CONFLICT, by.said(trouble), fields),
    };
    let mut answer = again(by, &Case::of(by, ticket).await, attempt).await?;
    answer.extensions_mut().insert(Said(by.t(trouble).to_owned()));
    Ok(answer)
}

/// Which sentence says what came of it.
fn done_word(stored: &[Opening]) -> &'static str {
    let waits = stored.iter().any(|o| o.state == OpeningState::Asked);
    let open = stored.iter().any(|o| o.state == OpeningState::Open);
    match (open, waits) {
        (true, true) => "opening-both",
        (true, false) => "opening-opened",
        _ => "opening-asked",
    }
}

/// The opening of an address, if it is this ticket's.
pub(super) async fn found(by: &By<Desk>, id: &str, opening: OpeningId) -> Result<(DeskTicket, Opening), PageError> {
    let ticket = fetch(by, id).await?;
    let all = by.internal.desk.desk_openings(&by.right.scope, ticket.id).await?;
    let found = all.into_iter().find(|o| o.id == opening);
    Ok((ticket, found.ok_or(PageError::NotFound)?))
}

/// What is open, with the look written down, in a task of its own.
pub(super) async fn handed(
    by: &By<Desk>,
    opening: OpeningId,
    how: &'static str,
) -> Result<Option<OpeningHanded>, PageError> {
    let (store, scope) = (by.internal.desk.clone(), by.right.scope.clone());
    let reading = Reading {
        account: by.me(),
        how,
        at: clock::now(),
    };
    detached(async move { store.desk_opening_read(&scope, opening, reading).await }).await
}

/// `GET /tickets/{id}/openings/{opening}`
pub(super) async fn read(by: By<Desk>, Path((id, opening)): Path<(String, OpeningId)>) -> Result<Response, PageError> {
    let (ticket, opening) = found(&by, &id, opening).await?;
    // What is open for a colleague is not open for me.
    if opening.asked_account != by.me() {
        return Err(PageError::NotFound);
    }
    let handed = handed(&by, opening.id, "opening").await?;
    let back = Back {
        path: format!("/tickets/{}", ticket.id),
        key: "desk.back_to_ticket",
        here: "/desk",
    };
    Ok(read::page(&by, &opening, handed, back))
}

/// Ends it, or takes the asking back, whichever it is.
pub(super) async fn ended(by: &By<Desk>, opening: &Opening, version: i32) -> Result<OpeningDone, PageError> {
    let deed = if opening.state == OpeningState::Asked {
        OpeningDeed::Withdraw
    } else {
        OpeningDeed::End
    };
    let scope = Some(by.right.scope.clone());
    acted(by, scope, opening.id, deed, (version, None)).await
}

/// `POST /tickets/{id}/openings/{opening}/end`
pub(super) async fn end(
    by: By<Desk>,
    Path((id, opening)): Path<(String, OpeningId)>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let (ticket, opening) = found(&by, &id, opening).await?;
    let version = fields.get("version").and_then(|v| v.parse().ok()).unwrap_or(0);
    let trouble = match ended(&by, &opening, version).await? {
        OpeningDone::Done(done) => {
            let word = if done.state == OpeningState::Withdrawn {
                "opening-withdrawn"
            } else {
                "opening-ended"
            };
            return Ok(Redirect::to(&format!("/tickets/{}?done={word}#openings-list", ticket.id)).into_response());
        }
        OpeningDone::Stale(_) | OpeningDone::NotAllowed(_) => "openings.changed",
        OpeningDone::Denied(why) => denied(why),
        OpeningDone::NotFound => return Err(PageError::NotFound),
    };
    let attempt = Attempt {
        form: "openings",
        again: Again::saying(StatusCode::CONFLICT, by.said(trouble)),
    };
    again(&by, &Case::of(&by, ticket).await, attempt).await
}
