//! Who asks without a ticket: the office that calls a reporter back, the office and the oversight that look at a report.

use std::collections::HashMap;

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::ticket::opening::Side;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{Opening, OpeningAsked, OpeningHanded, Reading},
};

use super::{
    ask::{Asking, side_of, without_ticket},
    read,
};
use crate::internal::{
    Internal,
    auth::{Actor, Overseer},
    detached, looks,
    page::{Language, problem},
    unavailable,
};

/// `POST /reports/{report_id}/openings`
pub(super) async fn ask(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Path(report): Path<i64>,
    Form(fields): Form<HashMap<String, String>>,
) -> Response {
    let reason = || fields.get("reason").cloned().unwrap_or_default();
    let asking = match Asking::of_form(&fields) {
        Ok(asking) => asking,
        Err((_, key)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return looks::show(&internal, &actor, lang, report, status, Some(lang.t(key)), reason()).await;
        }
    };
    let key = match without_ticket(&internal, &actor, side_of(&actor), report, &asking).await {
        Ok(OpeningAsked::Now(stored)) => {
            let id = stored.first().map_or(0, |o| o.id);
            return Redirect::to(&format!("/openings/{id}?done=asked")).into_response();
        }
        Ok(OpeningAsked::NotFound) => return problem::not_found().into_response(),
        Ok(other) => refused(&other),
        Err(response) => return response,
    };
    looks::show(
        &internal,
        &actor,
        lang,
        report,
        StatusCode::CONFLICT,
        Some(lang.t(key)),
        reason(),
    )
    .await
}

/// Why nothing was stored.
pub(super) fn refused(asked: &OpeningAsked) -> &'static str {
    match asked {
        OpeningAsked::Nobody => "openings.nobody",
        OpeningAsked::NotAllowed { .. } => "openings.not_open",
        _ => "openings.before",
    }
}

/// The office asks for who reported, before it calls back; the error is the key of what is wrong.
pub(crate) async fn ask_identity(
    internal: &Internal,
    actor: &Actor,
    report: i64,
    reason: &str,
) -> Result<Result<Opening, &'static str>, Response> {
    let asking = match Asking::read(["identity"], reason) {
        Ok(asking) => asking,
        Err((_, key)) => return Ok(Err(key)),
    };
    Ok(
        match without_ticket(internal, actor, Side::Office, report, &asking).await? {
            OpeningAsked::Now(mut stored) => stored.pop().ok_or("openings.before"),
            OpeningAsked::NotFound => return Err(problem::not_found().into_response()),
            other => Err(refused(&other)),
        },
    )
}

/// The openings of who reported that the office asked for, and the one that is asked or open for this person.
pub(crate) fn identity_of(all: Vec<Opening>, me: i64, now: DateTime<Utc>) -> (Vec<Opening>, Option<Opening>) {
    let of_reporter: Vec<Opening> = all
        .into_iter()
        .filter(|o| o.side != "unit" && o.parts.iter().any(|part| part == "identity"))
        .collect();
    let mine = of_reporter
        .iter()
        .rfind(|o| o.asked_account == me && (o.state == "asked" || o.is_open(now)))
        .cloned();
    (of_reporter, mine)
}

/// What is open, with the look written down, in a task of its own.
pub(super) async fn handed(
    internal: &Internal,
    actor: &Actor,
    opening: &Opening,
    how: &'static str,
) -> Result<Option<OpeningHanded>, Response> {
    let (store, id) = (internal.office.clone(), opening.id);
    let reading = Reading {
        account: actor.person.account.id,
        how,
        at: clock::now(),
    };
    detached(async move { store.opening_read(id, reading).await }).await
}

/// `GET /openings/{id}/read`
pub(super) async fn read(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    let opening = match internal.board.opening(&internal.county, id).await {
        Ok(Some(opening)) if opening.asked_account == actor.person.account.id && opening.side != "unit" => opening,
        Ok(_) => return problem::not_found().into_response(),
        Err(e) => return unavailable(&e),
    };
    match handed(&internal, &actor, &opening, "opening").await {
        Ok(handed) => read::page(
            &internal,
            &actor,
            lang,
            &opening,
            handed,
            (format!("/openings/{}", opening.id), "openings.back_one"),
            "/openings",
        ),
        Err(response) => response,
    }
}
