//! Who asks without a ticket: the office that calls a reporter back, the office and the oversight that look at a report.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::ticket::opening::{OpeningState, Side};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{AccountId, Opening, OpeningAsked, OpeningHanded, OpeningId, Reading, ReportId, StoreError},
};

use super::{
    ask::{Asking, side_of, without_ticket},
    read::{self, Back},
};
use crate::internal::{
    By, Visit,
    again::{Again, Fields},
    auth::{Office, Overseer},
    detached,
    error::PageError,
    looks,
};

/// `POST /reports/{report_id}/openings`
pub(super) async fn ask(
    by: By<Overseer>,
    Path(report): Path<ReportId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let reason = fields.get("reason").cloned().unwrap_or_default();
    let asking = match Asking::of_form(&fields) {
        Ok(asking) => asking,
        Err((_, key)) => {
            let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, by.said(key), reason);
            return looks::show(&by, report, again).await;
        }
    };
    let key = match without_ticket(&by, side_of(&by.actor), report, &asking).await? {
        OpeningAsked::Now(stored) => {
            let id = stored.first().map_or(OpeningId::default(), |o| o.id);
            return Ok(Redirect::to(&format!("/openings/{id}?done=asked")).into_response());
        }
        OpeningAsked::NotFound => return Err(PageError::NotFound),
        other => refused(&other),
    };
    let again = Again::keeping(StatusCode::CONFLICT, by.said(key), reason);
    looks::show(&by, report, again).await
}

/// Why nothing was stored.
pub(super) fn refused(asked: &OpeningAsked) -> &'static str {
    match asked {
        OpeningAsked::Nobody => "openings.nobody",
        OpeningAsked::NotAllowed { .. } => "openings.not_open",
        _ => "openings.before",
    }
}

/// The office asks for who reported, before it calls back; the inner error is the key of what is wrong.
pub(crate) async fn ask_identity(
    by: &By<Office>,
    report: ReportId,
    reason: &str,
) -> Result<Result<Opening, &'static str>, PageError> {
    let asking = match Asking::read(["identity"], reason) {
        Ok(asking) => asking,
        Err((_, key)) => return Ok(Err(key)),
    };
    Ok(match without_ticket(by, Side::Office, report, &asking).await? {
        OpeningAsked::Now(mut stored) => stored.pop().ok_or("openings.before"),
        OpeningAsked::NotFound => return Err(PageError::NotFound),
        other => Err(refused(&other)),
    })
}

/// The openings of who reported that the office asked for, and the one that is asked or open for this person.
pub(crate) fn identity_of(all: Vec<Opening>, me: AccountId, now: DateTime<Utc>) -> (Vec<Opening>, Option<Opening>) {
    let of_reporter: Vec<Opening> = all
        .into_iter()
        .filter(|o| o.side != Side::Unit && o.parts.iter().any(|part| part == "identity"))
        .collect();
    let mine = of_reporter
        .iter()
        .rfind(|o| o.asked_account == me && (o.state == OpeningState::Asked || o.is_open(now)))
        .cloned();
    (of_reporter, mine)
}

/// What is open, with the look written down, in a task of its own.
pub(super) async fn handed(
    visit: &Visit,
    opening: &Opening,
    how: &'static str,
) -> Result<Option<OpeningHanded>, PageError> {
    let (store, id) = (visit.internal.office.clone(), opening.id);
    let reading = Reading {
        account: visit.me(),
        how,
        at: clock::now(),
    };
    detached(async move { store.opening_read(id, reading).await }).await
}

/// One that this person asked for without a ticket.
pub(super) async fn own(visit: &Visit, id: OpeningId) -> Result<Option<Opening>, StoreError> {
    let found = visit.internal.board.opening(&visit.internal.county, id).await?;
    Ok(found.filter(|opening| opening.asked_account == visit.me() && opening.side != Side::Unit))
}

/// `GET /openings/{id}/read`
pub(super) async fn read(by: By<Overseer>, Path(id): Path<OpeningId>) -> Result<Response, PageError> {
    let opening = own(&by, id).await?.ok_or(PageError::NotFound)?;
    let handed = handed(&by, &opening, "opening").await?;
    let back = Back {
        path: format!("/openings/{}", opening.id),
        key: "openings.back_one",
        here: "/openings",
    };
    Ok(read::page(&by, &opening, handed, back))
}
