//! 知悉接手 by login: for the calls of one ticket, or for all that rings for a person.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use platform::{
    clock,
    store::{AnsweredHow, BellAnswer, BellAnswered, CallId},
};
use serde::Serialize;

use crate::internal::{
    Answer, By,
    auth::Desk,
    desk::{fetch, found::id_of},
    detached,
    error::{ApiError, PageError},
};

/// What an answer did.
#[derive(Serialize)]
pub(super) struct Acknowledged {
    /// Bells that this answer stopped.
    stopped: usize,
    /// Bells that somebody had answered before, or whose act is done.
    before: usize,
}

/// `POST /tickets/{id}/acknowledge`
pub(super) async fn submit(by: By<Desk>, Path(id): Path<String>) -> Result<Response, PageError> {
    let word = said(&answer(&by, &id).await?);
    let id = id_of(&id).ok_or(PageError::NotFound)?;
    Ok(Redirect::to(&format!("/tickets/{id}?done={word}")).into_response())
}

/// `POST /desk/acknowledge`: all that rings for the person.
pub(super) async fn all(by: By<Desk>) -> Result<Response, PageError> {
    let (store, scope, answer) = (by.internal.desk.clone(), by.right.scope.clone(), of(&by));
    let answered = detached(async move { store.desk_bell_answer_all(&scope, answer).await }).await?;
    Ok(Redirect::to(&format!("/desk?done={}", said(&answered))).into_response())
}

/// `POST /api/v1/tickets/{id}/acknowledge`
pub(super) async fn api(by: By<Desk>, Path(id): Path<String>) -> Result<Answer<Acknowledged>, ApiError> {
    let answered = answer(&by, &id).await?;
    let stopped = answered.iter().filter(|bell| bell.fresh).count();
    Ok(Answer(Acknowledged {
        stopped,
        before: answered.len() - stopped,
    }))
}

/// Answers every call of the ticket that still rings.
async fn answer(by: &By<Desk>, id: &str) -> Result<Vec<BellAnswered>, PageError> {
    let ticket = fetch(by, id).await?;
    let calls = by.internal.desk.desk_ticket_calls(&by.right.scope, ticket.id).await?;
    let open: Vec<CallId> = calls.iter().filter(|call| call.open).map(|call| call.id).collect();
    let (store, scope, answer) = (by.internal.desk.clone(), by.right.scope.clone(), of(by));
    detached(async move { store.desk_bell_answer(&scope, &open, answer).await }).await
}

fn of(by: &By<Desk>) -> BellAnswer {
    BellAnswer {
        by: by.me(),
        how: AnsweredHow::Login,
        recorded_by: None,
        at: clock::now(),
    }
}

/// By which the page says what was done: a second press, or somebody else's, is no fault.
fn said(answered: &[BellAnswered]) -> &'static str {
    if answered.iter().any(|bell| bell.fresh) {
        "acknowledge"
    } else {
        "acknowledged-before"
    }
}
