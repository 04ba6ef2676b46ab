//! The office confirms a closing, approves a transfer, or refuses either with a reason. Page and API share one way through.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::routing;
use casework::words::reserved::TRANSFERRED;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    pack::watch::LoadedPack,
    store::{ActDone, ClosingCase, Successor, TicketDeed, TicketId},
};
use serde::Deserialize;

use super::{answers::Done, page::show};
use crate::internal::{
    Answer, By, Visit,
    again::Again,
    auth::Office,
    desk::{closing::oversight, undone},
    error::{ApiError, PageError},
    office_act::OfficeAct,
    wire::JsonBody,
};

/// Instead of the word of what was done: the unit that was to take over is not in the pack any more.
const RECEIVER_GONE: &str = "receiver-gone";

/// Longest reason, in characters.
const LONGEST: usize = 5000;

/// What the forms and the API send.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    version: i32,
    #[serde(default)]
    reason: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    /// Confirms a closing or approves a transfer, whichever waits.
    Agree,
    Refuse,
}

/// `POST /closings/{id}/confirm`
pub(super) async fn confirm(
    by: By<Office>,
    Path(id): Path<TicketId>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    act(&by, id, Verb::Agree, typed).await
}

/// `POST /closings/{id}/refuse`
pub(super) async fn refuse(
    by: By<Office>,
    Path(id): Path<TicketId>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    act(&by, id, Verb::Refuse, typed).await
}

async fn act(by: &By<Office>, id: TicketId, verb: Verb, typed: Typed) -> Result<Response, PageError> {
    if verb == Verb::Refuse && !reason_fits(&typed.reason) {
        let said = by.said("closings.need_reason");
        let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, said, typed.reason);
        return show(by, id, again).await;
    }
    let (lang, now) = (by.lang, clock::now());
    let (done, word) = decide(by, id, verb, &typed, now).await?;
    let said = match &done {
        ActDone::Done => return Ok(Redirect::to(&format!("/closings?done={word}")).into_response()),
        ActDone::NotAllowed { .. } if word == RECEIVER_GONE => lang.t("closings.receiver_gone").to_owned(),
        other => undone::said(other, lang, now)?,
    };
    show(by, id, Again::keeping(StatusCode::CONFLICT, Some(said), typed.reason)).await
}

/// `POST /api/v1/closings/{id}/{act}`: `confirm` (approves, where it is a transfer) or `refuse`; `{"version", "reason"}`.
pub(super) async fn api(
    by: By<Office>,
    Path((id, act)): Path<(TicketId, String)>,
    JsonBody(typed): JsonBody<Typed>,
) -> Result<Answer<Done>, ApiError> {
    let verb = match act.as_str() {
        "confirm" => Verb::Agree,
        "refuse" => Verb::Refuse,
        _ => return Err(ApiError::said(404, "the acts are confirm and refuse")),
    };
    if verb == Verb::Refuse && !reason_fits(&typed.reason) {
        // What is not there can't be refused with a reason either.
        return Err(match by.internal.office.closing_case(&by.internal.county, id).await? {
            None => ApiError::said(404, "no closing of such a ticket waits"),
            Some(_) => ApiError::said(422, "give a reason of at most 5000 characters: it is recorded"),
        });
    }
    match decide(&by, id, verb, &typed, clock::now()).await? {
        (ActDone::Done, done) => Ok(Answer(Done { done })),
        (ActDone::NotAllowed { .. }, RECEIVER_GONE) => Err(ApiError::key(409, "closings.receiver_gone")),
        (other, _) => Err(undone::problem(other)),
    }
}

fn reason_fits(reason: &str) -> bool {
    !reason.trim().is_empty() && reason.chars().count() <= LONGEST
}

/// Decides in a task of its own, with the office's login; also says which word was done.
async fn decide(
    visit: &Visit,
    id: TicketId,
    verb: Verb,
    typed: &Typed,
    now: DateTime<Utc>,
) -> Result<(ActDone, &'static str), PageError> {
    let internal = &visit.internal;
    let Some(case) = internal.office.closing_case(&internal.county, id).await? else {
        let exists = internal.board.board_ticket(&internal.county, id).await?;
        let done = exists.map_or(ActDone::NotFound, |ticket| ActDone::NotAllowed { state: ticket.state });
        return Ok((done, ""));
    };
    let loaded = internal.pack.current();
    let transfer = case.line.outcome.as_deref() == Some(TRANSFERRED);
    let (deed, word) = match verb {
        Verb::Refuse => (TicketDeed::Refuse, "refuse"),
        Verb::Agree if transfer => match successor(&case, &loaded, now) {
            Some(successor) => (TicketDeed::Approve(Box::new(successor)), "approve"),
            // The unit left the pack since: refuse, and another is chosen.
            None => return Ok((ActDone::NotAllowed { state: case.line.state }, RECEIVER_GONE)),
        },
        Verb::Agree => {
            let oversight = oversight(
                &case.facts,
                case.line.urgency,
                &loaded,
                case.line.outcome.as_deref(),
                now,
            );
            (TicketDeed::Confirm(oversight), "confirm")
        }
    };
    let act = OfficeAct {
        ticket: id,
        report: case.line.report_id,
        data_key: &case.data_key,
        version: typed.version,
        reason: &typed.reason,
        now,
    };
    Ok((act.perform(visit, deed).await?, word))
}

fn successor(case: &ClosingCase, loaded: &LoadedPack, now: DateTime<Utc>) -> Option<Successor> {
    let unit = loaded.pack.units().get(case.line.transfer_to.as_deref()?)?;
    Some(Successor {
        unit_kind: unit.kind.clone(),
        shows: loaded.pack.rules().shows(&case.line.obligation, &unit.kind),
        stages: routing::successor(&loaded.pack, &case.line.obligation, &unit.code, case.line.urgency, now),
        rule_set: loaded.rule_set,
        calendar: loaded.pack.calendar().version().to_owned(),
    })
}
