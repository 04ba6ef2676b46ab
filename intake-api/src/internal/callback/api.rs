//! The same by API.

use axum::{Json, extract::Path};
use casework::{calendar::rfc3339, callback::FollowUp};
use platform::{
    clock,
    store::{CallbackRecorded, Decided, Listed, ReportId},
};

use super::{
    answers::{self, Case, Due, Recorded, Undecided},
    call::{Sent, keep, settle},
    open::anonymous,
};
use crate::internal::{
    Answer, By, Internal,
    auth::{Office, Overseer},
    error::ApiError,
    wire::JsonBody,
};

/// `GET /api/v1/callbacks`
pub(crate) async fn list(by: By<Overseer>) -> Result<Json<Vec<Due>>, ApiError> {
    let found = by
        .internal
        .board
        .callbacks_due(&by.internal.county, clock::now())
        .await?;
    Ok(Json(Listed::whole(found)?.into_iter().map(Into::into).collect()))
}

/// `GET /api/v1/callbacks/undecided`
pub(crate) async fn undecided(by: By<Overseer>) -> Result<Json<Vec<Undecided>>, ApiError> {
    let found = by.internal.board.callbacks_undecided(&by.internal.county).await?;
    Ok(Json(Listed::whole(found)?.into_iter().map(Into::into).collect()))
}

/// `GET /api/v1/callbacks/{report_id}`: every call, the number of the next, and the tickets that can be reopened.
pub(crate) async fn show(by: By<Overseer>, Path(id): Path<ReportId>) -> Result<Answer<Case>, ApiError> {
    let missing = || ApiError::said(404, "no report with closed tickets only has this id");
    let (board, county) = (&by.internal.board, &by.internal.county);
    let case = board.callback_case(county, id).await?.ok_or_else(missing)?;
    let calls = board.callback_tries(id).await?;
    let due = board.callback_due(county, id, clock::now()).await?.is_some();
    let tickets = board.callback_tickets(county, id).await?;
    if case.tickets == 0 || case.open > 0 && calls.is_empty() {
        return Err(missing());
    }
    let next = calls.last().map_or(1, |last| last.attempt + 1);
    Ok(Answer(Case {
        report_id: id,
        due,
        next_attempt: next,
        calls: calls.into_iter().map(Into::into).collect(),
        tickets: tickets.into_iter().map(Into::into).collect(),
    }))
}

/// What is not there is said before anything that is wrong with the words.
async fn known(internal: &Internal, id: ReportId) -> Result<(), ApiError> {
    let case = internal.board.callback_case(&internal.county, id).await?;
    case.map(drop).ok_or(ApiError::said(404, "there is no such report"))
}

/// `POST /api/v1/callbacks/{report_id}`: 409 when another call was recorded before or it is not due.
pub(crate) async fn record(
    by: By<Office>,
    Path(id): Path<ReportId>,
    JsonBody(sent): JsonBody<Sent>,
) -> Result<Answer<Recorded>, ApiError> {
    known(&by.internal, id).await?;
    let anonymous = anonymous(&by.internal, id).await?;
    let call = sent.call(anonymous).map_err(|key| ApiError::key(422, key))?;
    match keep(&by, id, call).await? {
        CallbackRecorded::Now(done) => Ok(Answer(Recorded::of(*done))),
        CallbackRecorded::Before(done) => Err(ApiError::said(
            409,
            format!(
                "nothing was stored: {} (account {}) recorded call {} as {} at {}",
                done.by_name,
                done.by_account.unwrap_or_default(),
                done.attempt,
                done.result,
                rfc3339(done.at)
            ),
        )),
        CallbackRecorded::NotDue => Err(ApiError::said(
            409,
            "this report is not due: some ticket is not resolved",
        )),
        CallbackRecorded::NotReopenable => Err(not_reopenable()),
    }
}

/// `POST /api/v1/callbacks/{report_id}/decide`: `{"attempt", "follow_up": "keep" | "reopen", "tickets"}`.
pub(crate) async fn decide(
    by: By<Office>,
    Path(id): Path<ReportId>,
    JsonBody(sent): JsonBody<Sent>,
) -> Result<Answer<answers::Decided>, ApiError> {
    known(&by.internal, id).await?;
    let attempt = sent.attempt.ok_or(ApiError::said(
        422,
        "attempt is the number of the call that waits for a decision",
    ))?;
    let tickets = match sent.follow_up().map_err(|key| ApiError::key(422, key))? {
        FollowUp::Reopen => sent.tickets,
        FollowUp::Keep => Vec::new(),
    };
    match settle(&by, id, attempt, tickets).await? {
        Decided::Now => Ok(Answer(answers::Decided { decided: true })),
        Decided::Before(done) => Err(ApiError::said(
            409,
            format!(
                "{} decided it at {}",
                done.decided_by.unwrap_or_default(),
                done.decided_at.map(rfc3339).unwrap_or_default()
            ),
        )),
        Decided::SamePerson => Err(ApiError::said(403, "who called can't decide that nothing is reopened")),
        Decided::NotFound => Err(ApiError::said(409, "no such call waits for a decision")),
        Decided::NotReopenable => Err(not_reopenable()),
    }
}

fn not_reopenable() -> ApiError {
    ApiError::said(422, "a ticket is not of this report or can't be reopened")
}
