//! The same for programs.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use platform::{
    clock,
    store::{Opening, OpeningAsked, OpeningDone, OpeningList},
    text::Lang,
};
use serde::Deserialize;
use serde_json::json;

use super::{
    act::{self, Typed},
    ask::{Asking, at_desk, side_of, without_ticket},
    desk, list, office, page, read as content,
};
use crate::internal::{
    Internal, api_unavailable,
    auth::{Desk, Overseer},
    desk::wanted,
    page::problem,
    wire::JsonBody,
};

/// What an asking sends.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    parts: Vec<String>,
    #[serde(default)]
    reason: String,
}

/// Which version is ended.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Ending {
    #[serde(default)]
    version: i32,
}

/// `GET /api/v1/tickets/{id}/openings`
pub(super) async fn of_ticket(State(internal): State<Internal>, desk: Desk, Path(id): Path<String>) -> Response {
    let ticket = match wanted(&internal, &desk, &id).await {
        Ok(ticket) => ticket,
        Err(response) => return response,
    };
    match internal.desk.desk_openings(&desk.scope, ticket.id).await {
        Ok(found) => Json(found).into_response(),
        Err(e) => api_unavailable(&e),
    }
}

/// `POST /api/v1/tickets/{id}/openings`: `{"parts": ["school"], "reason": "…"}`
pub(super) async fn ask_ticket(
    State(internal): State<Internal>,
    desk: Desk,
    Path(id): Path<String>,
    JsonBody(sent): JsonBody<Sent>,
) -> Response {
    let ticket = match wanted(&internal, &desk, &id).await {
        Ok(ticket) => ticket,
        Err(response) => return response,
    };
    let asking = match Asking::read(sent.parts.iter().map(String::as_str), &sent.reason) {
        Ok(asking) => asking,
        Err((_, key)) => return problem::api(422, Lang::En.t(key)),
    };
    asked(at_desk(&internal, &desk, &desk.scope, &ticket, &asking).await)
}

/// `POST /api/v1/reports/{report_id}/openings`
pub(super) async fn ask_report(
    State(internal): State<Internal>,
    actor: Overseer,
    Path(report): Path<i64>,
    JsonBody(sent): JsonBody<Sent>,
) -> Response {
    let asking = match Asking::read(sent.parts.iter().map(String::as_str), &sent.reason) {
        Ok(asking) => asking,
        Err((_, key)) => return problem::api(422, Lang::En.t(key)),
    };
    asked(without_ticket(&internal, &actor, side_of(&actor), report, &asking).await)
}

fn asked(done: Result<OpeningAsked, Response>) -> Response {
    match done {
        Ok(OpeningAsked::Now(stored)) => (StatusCode::CREATED, Json(json!({"openings": stored}))).into_response(),
        Ok(OpeningAsked::NotFound) => problem::api(404, "no such ticket or report"),
        Ok(other) => problem::api(409, Lang::En.t(office::refused(&other))),
        Err(_) => problem::api(503, "nothing was stored; try again later"),
    }
}

/// `GET /api/v1/tickets/{id}/openings/{opening}`: what is open, to the person for whom it is open.
pub(super) async fn read_ticket(
    State(internal): State<Internal>,
    desk: Desk,
    Path((id, opening)): Path<(String, i64)>,
) -> Response {
    let (_, opening) = match desk::found(&internal, &desk, &id, opening).await {
        Ok(found) if found.1.asked_account == desk.person.account.id => found,
        Ok(_) => return problem::api(404, "no such opening of yours"),
        Err(response) => return as_api(&response),
    };
    match desk::handed(&internal, &desk, opening.id, "api").await {
        Ok(handed) => content::api(&internal, &opening, handed),
        Err(_) => problem::api(503, "try again later"),
    }
}

/// `POST /api/v1/tickets/{id}/openings/{opening}/end`
pub(super) async fn end_ticket(
    State(internal): State<Internal>,
    desk: Desk,
    Path((id, opening)): Path<(String, i64)>,
    JsonBody(ending): JsonBody<Ending>,
) -> Response {
    let (_, opening) = match desk::found(&internal, &desk, &id, opening).await {
        Ok(found) => found,
        Err(response) => return as_api(&response),
    };
    done(desk::ended(&internal, &desk, &opening, ending.version).await)
}

/// `GET /api/v1/openings?list=asked|review|open|all&before=ID`
pub(super) async fn list(State(internal): State<Internal>, _: Overseer, Query(asked): Query<list::Asked>) -> Response {
    let which = match asked.which() {
        Some(which) => which,
        None if asked.list.is_empty() => OpeningList::Asked,
        None => return problem::api(422, "list is asked, review, open or all"),
    };
    let found = internal
        .board
        .openings_list(&internal.county, which, asked.before, list::limit(which), clock::now())
        .await;
    match found {
        Ok(found) => {
            let (openings, before) = list::cut(found, which);
            Json(json!({"openings": openings, "before": before})).into_response()
        }
        Err(e) => api_unavailable(&e),
    }
}

/// `GET /api/v1/openings/{id}`: with what was written, and each look.
pub(super) async fn one(State(internal): State<Internal>, _: Overseer, Path(id): Path<i64>) -> Response {
    let found = async {
        let Some(opening) = internal.board.opening(&internal.county, id).await? else {
            return Ok(None);
        };
        let sealed = internal.office.opening_sealed(&internal.county, id).await?;
        let reads = internal.board.reads_of_opening(&internal.county, &opening).await?;
        Ok::<_, platform::store::StoreError>(Some((opening, sealed, reads)))
    };
    match found.await {
        Ok(Some((opening, sealed, reads))) => {
            let written = sealed
                .map(|sealed| page::written(&internal, &opening, &sealed, Lang::En))
                .unwrap_or_default();
            let reason = written.first().map(|(_, text)| text.verbatim());
            Json(json!({"opening": opening, "reason": reason, "reads": reads})).into_response()
        }
        Ok(None) => problem::api(404, "no such opening"),
        Err(e) => api_unavailable(&e),
    }
}

/// `GET /api/v1/openings/{id}/read`
pub(super) async fn read(State(internal): State<Internal>, actor: Overseer, Path(id): Path<i64>) -> Response {
    let opening = match internal.board.opening(&internal.county, id).await {
        Ok(Some(opening)) if opening.asked_account == actor.person.account.id && opening.side != "unit" => opening,
        Ok(_) => return problem::api(404, "no such opening of yours"),
        Err(e) => return api_unavailable(&e),
    };
    match office::handed(&internal, &actor, &opening, "api").await {
        Ok(handed) => content::api(&internal, &opening, handed),
        Err(_) => problem::api(503, "try again later"),
    }
}

/// `POST /api/v1/openings/{id}/{act}`: `approve`, `refuse`, `review`, `end` or `withdraw`; `{"version", "note", "finding"}`.
pub(super) async fn act(
    State(internal): State<Internal>,
    actor: Overseer,
    Path((id, word)): Path<(i64, String)>,
    JsonBody(typed): JsonBody<Typed>,
) -> Response {
    match act::read(&word, &typed) {
        None => problem::api(404, "the acts are approve, refuse, review, end and withdraw"),
        Some(Err(key)) => problem::api(422, Lang::En.t(key)),
        Some(Ok(deed)) => done(act::perform(&internal, &actor, id, deed, &typed).await),
    }
}

fn done(done: Result<OpeningDone, Response>) -> Response {
    let conflict = |opening: &Opening| {
        problem::api(
            409,
            &format!(
                "it is {} in version {}; nothing was done",
                opening.state, opening.version
            ),
        )
    };
    match done {
        Ok(OpeningDone::Done(opening)) => Json(opening).into_response(),
        Ok(OpeningDone::Stale(opening) | OpeningDone::NotAllowed(opening)) => conflict(&opening),
        Ok(OpeningDone::Denied(why)) => problem::api(409, Lang::En.t(desk::denied(why))),
        Ok(OpeningDone::NotFound) => problem::api(404, "no such opening"),
        Err(_) => problem::api(503, "nothing was done; try again later"),
    }
}

/// The answer of a page as one of the API.
fn as_api(response: &Response) -> Response {
    match response.status() {
        StatusCode::NOT_FOUND => problem::api(404, "no such ticket or opening"),
        _ => problem::api(503, "try again later"),
    }
}
