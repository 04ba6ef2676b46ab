//! What the office does with a report that no rule could settle, each with a reason. Page and API share one way through.

use axum::{Form, extract::Path, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    office::triage::{Settle, SettleError, settle},
    store::{AccountId, Act, ReportId, TriageError, TriageSettled, TriageState},
};
use serde::Serialize;

use super::{page::show, typed::Typed};
use crate::internal::{
    Answer, By, Visit,
    again::Again,
    auth::Office,
    error::{ApiError, PageError},
    in_own_task,
    page::words,
    wire::JsonBody,
};

/// `POST /triage/{report_id}/take`
pub(super) async fn take(by: By<Office>, Path(id): Path<ReportId>) -> Result<Response, PageError> {
    act(&by, id, Settle::Take, Typed::default()).await
}

/// `POST /triage/{report_id}/assign`
pub(super) async fn assign(
    by: By<Office>,
    Path(id): Path<ReportId>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    if typed.obligation.is_empty() || typed.unit.is_empty() {
        return wanting(&by, id, "triage.need_choice", typed).await;
    }
    act(&by, id, typed.assign(), typed).await
}

/// `POST /triage/{report_id}/reroute`
pub(super) async fn reroute(
    by: By<Office>,
    Path(id): Path<ReportId>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    act(&by, id, Settle::Reroute, typed).await
}

/// Something is missing that the act needs.
async fn wanting(by: &By<Office>, id: ReportId, key: &str, typed: Typed) -> Result<Response, PageError> {
    let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, by.said(key), typed);
    show(by, id, again).await
}

async fn act(by: &By<Office>, id: ReportId, what: Settle, typed: Typed) -> Result<Response, PageError> {
    if typed.reason.trim().is_empty() && what != Settle::Take {
        return wanting(by, id, "triage.need_reason", typed).await;
    }
    let (lang, now) = (by.lang, clock::now());
    let taking = what == Settle::Take;
    // Twice the same person is a double click, not a conflict; a person is their account, not their name.
    let by_whom = |account: Option<AccountId>| {
        if account == Some(by.me()) {
            StatusCode::OK
        } else {
            StatusCode::CONFLICT
        }
    };
    let before = |key: &str, who: &str, at: DateTime<Utc>| {
        let at = words::moment(lang, at, now);
        lang.fill(key, &[("by", who), ("at", &at)])
    };
    let said = |key: &str| lang.t(key).to_owned();
    let (status, text) = match run(by, id, what, &typed.reason, now).await? {
        Ok(_) if taking => (StatusCode::OK, said("triage.taken")),
        Ok(done) => {
            let key = if done.closed {
                "triage.settled"
            } else {
                "triage.still_open"
            };
            (StatusCode::OK, lang.fill(key, &[("n", &done.tickets.to_string())]))
        }
        Err(SettleError::Triage(TriageError::Taken { by: who, account, at })) => {
            (by_whom(account), before("triage.taken_before", &who, at))
        }
        Err(SettleError::Triage(TriageError::NoTriage)) => match by.internal.office.triage_state(id).await? {
            Some(TriageState {
                resolved_by: Some(who),
                resolved_by_account: account,
                resolved_at: Some(at),
                ..
            }) => (by_whom(account), before("triage.closed_before", &who, at)),
            _ => (StatusCode::CONFLICT, said("triage.none")),
        },
        Err(SettleError::NotInPack(_)) => (StatusCode::UNPROCESSABLE_ENTITY, said("triage.not_in_pack")),
        Err(SettleError::Unreadable(_)) => (StatusCode::CONFLICT, said("triage.unreadable")),
        Err(SettleError::NoReport) => return Err(PageError::NotFound),
        Err(e) => return Err(PageError::undone(e)),
    };
    show(by, id, Again::of_act(status, Some(text), typed)).await
}

/// In a task of its own, with the office's login.
async fn run(
    visit: &Visit,
    id: ReportId,
    what: Settle,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<Result<TriageSettled, SettleError>, PageError> {
    let (office, loaded) = (visit.internal.office.clone(), visit.internal.pack.current());
    let (county, person) = (visit.internal.county.clone(), visit.actor.person.clone());
    let reason = reason.trim().to_owned();
    let write = async move {
        // Another county's report is no report of ours.
        match office.report_to_route(id).await? {
            Some(report) if *report.county == *county => {
                let act = Act {
                    by: &person.account.name,
                    account: Some(person.account.id),
                    os_user: None,
                    reason: &reason,
                    at,
                };
                settle(&office, &loaded, id, &what, act).await
            }
            _ => Err(SettleError::NoReport),
        }
    };
    in_own_task(write).await.map_err(PageError::undone)
}

/// What became of it, for programs.
#[derive(Serialize)]
pub(super) struct Settled {
    /// New ones.
    tickets: usize,
    /// Nothing of it waits any more.
    closed: bool,
}

/// `POST /api/v1/triage/{report_id}/take|assign|reroute`: `{"reason", "obligation", "unit"}` -> `{"tickets", "closed"}`.
pub(super) async fn api(
    by: By<Office>,
    Path((id, verb)): Path<(ReportId, String)>,
    JsonBody(typed): JsonBody<Typed>,
) -> Result<Answer<Settled>, ApiError> {
    let what = match verb.as_str() {
        "take" => Settle::Take,
        "reroute" => Settle::Reroute,
        "assign" => typed.assign(),
        _ => return Err(ApiError::said(404, "the acts are take, assign and reroute")),
    };
    if typed.reason.trim().is_empty() && what != Settle::Take {
        // What is not there can't be done with a reason either.
        return Err(match by.internal.office.triage_state(id).await? {
            None => ApiError::said(404, "there is no such report, or nothing of it waits"),
            Some(_) => ApiError::said(422, "give a reason: it is recorded"),
        });
    }
    match run(&by, id, what, &typed.reason, clock::now()).await? {
        Ok(done) => Ok(Answer(Settled {
            tickets: done.tickets,
            closed: done.closed,
        })),
        Err(SettleError::NoReport) => Err(ApiError::said(404, "there is no such report")),
        Err(e @ SettleError::NotInPack(_)) => Err(ApiError::said(422, e.to_string())),
        Err(SettleError::Triage(TriageError::Store(e))) => Err(PageError::undone(e).into()),
        Err(e) => Err(ApiError::said(409, e.to_string())),
    }
}
