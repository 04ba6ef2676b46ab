//! The same by API.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use casework::{calendar::rfc3339, callback::FollowUp};
use platform::{
    clock,
    store::{CallbackRecorded, Decided},
};
use serde_json::json;

use super::{
    call::{Sent, keep, settle},
    open::identity,
};
use crate::internal::{
    Internal, api_of, api_unavailable,
    auth::{Office, Overseer},
    page::problem,
    wire::JsonBody,
};

/// `GET /api/v1/callbacks`
pub(crate) async fn list(State(internal): State<Internal>, _: Overseer) -> Response {
    match internal.board.callbacks_due(&internal.county, clock::now()).await {
        Ok(found) => Json(found).into_response(),
        Err(e) => api_unavailable(&e),
    }
}

/// `GET /api/v1/callbacks/undecided`
pub(crate) async fn undecided(State(internal): State<Internal>, _: Overseer) -> Response {
    match internal.board.callbacks_undecided(&internal.county).await {
        Ok(found) => Json(found).into_response(),
        Err(e) => api_unavailable(&e),
    }
}

/// `GET /api/v1/callbacks/{report_id}`: every call, the number of the next, and the tickets that can be reopened.
pub(crate) async fn show(State(internal): State<Internal>, _: Overseer, Path(id): Path<i64>) -> Response {
    let (board, county) = (&internal.board, &internal.county);
    let read = async {
        let Some(case) = board.callback_case(county, id).await? else {
            return Ok(None);
        };
        let calls = board.callback_tries(id).await?;
        let due = board.callback_due(county, id, clock::now()).await?.is_some();
        let tickets = board.callback_tickets(county, id).await?;
        Ok(Some((case, calls, due, tickets)))
    };
    match read.await {
        Ok(Some((case, calls, due, tickets))) if case.tickets > 0 && (case.open == 0 || !calls.is_empty()) => {
            let next = calls.last().map_or(1, |last| last.attempt + 1);
            Json(json!({"report_id": id, "due": due, "next_attempt": next, "calls": calls, "tickets": tickets}))
                .into_response()
        }
        Ok(_) => problem::api(404, "no report with closed tickets only has this id"),
        Err::<_, platform::store::StoreError>(e) => api_unavailable(&e),
    }
}

/// What is not there is said before anything that is wrong with the words.
async fn known(internal: &Internal, id: i64) -> Result<(), Response> {
    match internal.board.callback_case(&internal.county, id).await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(problem::api(404, "there is no such report")),
        Err(e) => Err(api_unavailable(&e)),
    }
}

/// `POST /api/v1/callbacks/{report_id}`: 409 when another call was recorded before or it is not due.
pub(crate) async fn record(
    State(internal): State<Internal>,
    actor: Office,
    Path(id): Path<i64>,
    JsonBody(sent): JsonBody<Sent>,
) -> Response {
    if let Err(refused) = known(&internal, id).await {
        return refused;
    }
    let Ok(identity) = identity(&internal, id).await else {
        return problem::api(503, "try again later");
    };
    let call = match sent.call(identity.as_deref()) {
        Ok(call) => call,
        Err(key) => return problem::api(422, platform::text::Lang::En.t(key)),
    };
    match keep(&internal, &actor, id, call).await {
        Ok(CallbackRecorded::Now(done)) => Json(json!({"recorded": true, "call": done})).into_response(),
        Ok(CallbackRecorded::Before(done)) => problem::api(
            409,
            &format!(
                "nothing was stored: {} (account {}) recorded call {} as {} at {}",
                done.by_name,
                done.by_account.unwrap_or_default(),
                done.attempt,
                done.result,
                rfc3339(done.at)
            ),
        ),
        Ok(CallbackRecorded::NotDue) => problem::api(409, "this report is not due: some ticket is not resolved"),
        Ok(CallbackRecorded::NotReopenable) => problem::api(422, "a ticket is not of this report or can't be reopened"),
        Err(page) => api_of(&page),
    }
}

/// `POST /api/v1/callbacks/{report_id}/decide`: `{"attempt", "follow_up": "keep" | "reopen", "tickets"}`.
pub(crate) async fn decide(
    State(internal): State<Internal>,
    actor: Office,
    Path(id): Path<i64>,
    JsonBody(sent): JsonBody<Sent>,
) -> Response {
    if let Err(refused) = known(&internal, id).await {
        return refused;
    }
    let Some(attempt) = sent.attempt else {
        return problem::api(422, "attempt is the number of the call that waits for a decision");
    };
    let tickets = match sent.follow_up() {
        Ok(FollowUp::Reopen) => sent.tickets,
        Ok(FollowUp::Keep) => Vec::new(),
        Err(key) => return problem::api(422, platform::text::Lang::En.t(key)),
    };
    match settle(&internal, &actor, id, attempt, tickets).await {
        Ok(Decided::Now) => Json(json!({"decided": true})).into_response(),
        Ok(Decided::Before(done)) => problem::api(
            409,
            &format!(
                "{} decided it at {}",
                done.decided_by.unwrap_or_default(),
                done.decided_at.map(rfc3339).unwrap_or_default()
            ),
        ),
        Ok(Decided::SamePerson) => problem::api(403, "who called can't decide that nothing is reopened"),
        Ok(Decided::NotFound) => problem::api(409, "no such call waits for a decision"),
        Ok(Decided::NotReopenable) => problem::api(422, "a ticket is not of this report or can't be reopened"),
        Err(page) => api_of(&page),
    }
}
