//! The evidence ladder and its cures for programs: what became of each call and each mail of a ticket, each step with its time.

use axum::extract::Path;
use casework::{
    calendar::rfc3339,
    words::{Channel, TicketClock},
};
use platform::{
    clock,
    store::{
        AccountId, AnsweredHow, BoardNotice, CallId, CallState, CallStep, LadderCall, NoticeId, NoticeKind,
        NoticeState, TicketId, Word,
    },
};
use serde::{Deserialize, Serialize};

use super::{
    cures::{Cured, answered, called},
    next::call_next,
};
use crate::internal::{
    Answer, By,
    auth::{Desk, Office, Overseer},
    desk::wanted,
    error::ApiError,
    wire::JsonBody,
};

/// What a ticket rang and mailed.
#[derive(Serialize)]
pub(super) struct Ladder {
    /// It rings, and nobody has answered.
    rings: bool,
    /// The last first.
    calls: Vec<Call>,
    /// The last first; the desk's own mails are on its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    notices: Option<Vec<Notice>>,
}

#[derive(Serialize)]
struct Call {
    id: CallId,
    channel: Channel,
    unit: String,
    /// Null: a telephone of the last resort.
    account: Option<AccountId>,
    person: Option<String>,
    last_resort: Option<i16>,
    state: CallState,
    created_at: String,
    planned_at: String,
    system_late: bool,
    /// Why the last try failed, numbers taken out.
    reason: Option<String>,
    rings: Vec<Ring>,
    answered_at: Option<String>,
    answered_by: Option<String>,
    answered_how: Option<Word<AnsweredHow>>,
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct Ring {
    stage: TicketClock,
    cause: String,
    first: i32,
    ring: i32,
}

#[derive(Serialize)]
struct Step {
    at: String,
    step: CallStep,
    detail: String,
}

#[derive(Serialize)]
struct Notice {
    id: NoticeId,
    kind: NoticeKind,
    unit_name: String,
    state: NoticeState,
    attempts: Vec<Attempt>,
}

#[derive(Serialize)]
struct Attempt {
    at: String,
    outcome: &'static str,
    detail: String,
}

/// Who is called, or was reached.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chosen {
    person: AccountId,
}

/// `GET /api/v1/tickets/{id}/rings`
pub(super) async fn of_desk(by: By<Desk>, Path(id): Path<String>) -> Result<Answer<Ladder>, ApiError> {
    let ticket = wanted(&by, &id).await?;
    let calls = by.internal.desk.desk_ticket_calls(&by.right.scope, ticket.id).await?;
    Ok(Answer(Ladder::of(calls, None)))
}

/// `GET /api/v1/board/tickets/{id}/rings`
pub(super) async fn of_board(by: By<Overseer>, Path(id): Path<TicketId>) -> Result<Answer<Ladder>, ApiError> {
    let (board, county) = (&by.internal.board, &by.internal.county);
    let ticket = board.board_ticket(county, id).await?;
    let ticket = ticket.ok_or(ApiError::said(404, "no such ticket"))?;
    let calls = board.ticket_calls(id).await?;
    Ok(Answer(Ladder::of(calls, Some(ticket.notices.0))))
}

/// `POST /api/v1/board/tickets/{id}/call`
pub(super) async fn call(
    by: By<Office>,
    Path(id): Path<TicketId>,
    JsonBody(chosen): JsonBody<Chosen>,
) -> Result<Answer<Ladder>, ApiError> {
    let cured = called(&by, id, Some(chosen.person)).await?;
    after(by, id, cured).await
}

/// `POST /api/v1/board/tickets/{id}/next`
pub(super) async fn next(by: By<Office>, Path(id): Path<TicketId>) -> Result<Answer<Ladder>, ApiError> {
    let cured = call_next(&by, id, None).await?;
    after(by, id, cured).await
}

/// `POST /api/v1/board/tickets/{id}/answered`
pub(super) async fn record(
    by: By<Office>,
    Path(id): Path<TicketId>,
    JsonBody(chosen): JsonBody<Chosen>,
) -> Result<Answer<Ladder>, ApiError> {
    let cured = answered(&by, id, (Some(chosen.person), clock::now())).await?;
    after(by, id, cured).await
}

async fn after(by: By<Office>, id: TicketId, cured: Cured) -> Result<Answer<Ladder>, ApiError> {
    match cured {
        Cured::Done => {
            let calls = by.internal.board.ticket_calls(id).await?;
            Ok(Answer(Ladder::of(calls, None)))
        }
        Cured::Nobody => Err(ApiError::said(
            409,
            "nothing rings for this ticket, or this person can't be called about it; nothing was done",
        )),
    }
}

impl Ladder {
    fn of(calls: Vec<LadderCall>, notices: Option<Vec<BoardNotice>>) -> Self {
        Self {
            rings: calls.iter().any(|call| call.open),
            calls: calls.into_iter().map(Call::of).collect(),
            notices: notices.map(|notices| notices.into_iter().map(Notice::of).collect()),
        }
    }
}

impl Call {
    fn of(call: LadderCall) -> Self {
        let rings = call.rings.0.into_iter().map(|ring| Ring {
            stage: ring.stage,
            cause: ring.cause,
            first: ring.first,
            ring: ring.ring,
        });
        let steps = call.steps.0.into_iter().map(|step| Step {
            at: rfc3339(step.at),
            step: step.step,
            detail: step.detail,
        });
        Self {
            id: call.id,
            channel: call.channel,
            unit: call.unit,
            account: call.account_id,
            person: call.person,
            last_resort: call.last_resort,
            state: call.state,
            created_at: rfc3339(call.created_at),
            planned_at: rfc3339(call.planned_at),
            system_late: call.system_late,
            reason: call.last_error,
            rings: rings.collect(),
            answered_at: call.answered_at.map(rfc3339),
            answered_by: call.answered_by,
            answered_how: call.answered_how,
            steps: steps.collect(),
        }
    }
}

impl Notice {
    fn of(notice: BoardNotice) -> Self {
        let attempts = notice.attempts.into_iter().map(|attempt| Attempt {
            at: rfc3339(attempt.at),
            outcome: attempt.outcome.as_str(),
            detail: attempt.detail,
        });
        Self {
            id: notice.id,
            kind: notice.kind,
            unit_name: notice.unit_name,
            state: notice.state,
            attempts: attempts.collect(),
        }
    }
}
