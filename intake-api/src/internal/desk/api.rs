//! The same acts for programs: JSON and a bearer token. The contract is `openapi-internal.json`.

use axum::{
    Json,
    extract::{Path, Query},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, post},
};
use casework::calendar::rfc3339;
use platform::{
    clock,
    receipt::ReportId,
    store::{ActDone, DeskTicket},
    text::Lang,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    act::{NotDone, perform, read, version},
    draft::{Against, Kind},
    found::{self, Case, fetch},
    matter::matter,
    next::next_act,
    sealed,
};
use crate::{
    internal::{
        By, Internal,
        again::{Fields, Wrong},
        auth::Desk,
        document,
        error::{ApiError, PageError, UNSURE},
        wire::JsonBody,
    },
    web::problem,
};

/// Most tickets of one answer.
const MOST: i64 = 200;

/// Which stretch of the queue.
#[derive(Deserialize)]
pub(super) struct Stretch {
    offset: Option<i64>,
    limit: Option<i64>,
}

/// `GET /api/v1/openapi.json`
pub(super) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document::document()).into_response()
}

/// `GET /api/v1/tickets`
pub(super) async fn queue(by: By<Desk>, Query(part): Query<Stretch>) -> Result<Response, ApiError> {
    let (offset, limit) = (part.offset.unwrap_or(0), part.limit.unwrap_or(50));
    if offset < 0 || !(1..=MOST).contains(&limit) {
        return Err(ApiError::said(400, "offset is 0 or more, limit from 1 to 200"));
    }
    // No queue is longer; a larger number would not fit beside the limit.
    let from = offset.min(1_000_000_000);
    let queue = by
        .internal
        .desk
        .desk_queue(&by.right.scope, &by.internal.county, from, limit);
    let (tickets, open) = queue.await?;
    Ok(answer(
        &json!({"open": open, "offset": offset, "limit": limit, "tickets": tickets}),
    ))
}

/// `GET /api/v1/tickets/{id}`
pub(super) async fn ticket(by: By<Desk>, Path(id): Path<String>) -> Result<Response, ApiError> {
    in_json(&by, &wanted(&by, &id).await?).await
}

/// `POST /api/v1/tickets/{id}/…`: one kind of act.
pub(super) fn act(kind: Kind) -> MethodRouter<Internal> {
    post(
        move |by: By<Desk>, Path(id): Path<String>, JsonBody(body): JsonBody<Map<String, Value>>| {
            done(kind, by, id, body)
        },
    )
}

async fn done(kind: Kind, by: By<Desk>, id: String, body: Map<String, Value>) -> Result<Response, ApiError> {
    let now = clock::now();
    let fields = fields(body);
    let case = Case::of(&by, wanted(&by, &id).await?).await;
    let loaded = by.internal.pack.current();
    if !fields.contains_key("version") {
        return Err(invalid(&[("version", "desk.wrong.version")].into()).into());
    }
    let against = Against {
        ticket: &case.ticket,
        people: &case.people,
        loaded: &loaded,
        account: by.me(),
        now,
    };
    let ready = read(kind, &fields, against).map_err(|wrong| invalid(&wrong))?;
    match perform(&by, &case.ticket, ready, version(&fields), now).await {
        Ok(ActDone::Done) => in_json(&by, &wanted(&by, &id).await?).await,
        Ok(ActDone::Stale {
            last_kind,
            last_by,
            last_account,
            last_at,
        }) => {
            let last = json!({"kind": last_kind, "by": last_by, "account": last_account, "at": rfc3339(last_at)});
            let said = "the ticket has changed since this version; nothing was done";
            Err(conflict(said, "last_act", last).into())
        }
        Ok(ActDone::NotAllowed { state }) => {
            let said = "the ticket's state does not allow this; nothing was done";
            Err(conflict(said, "state", json!(state)).into())
        }
        Ok(ActDone::Denied(why)) => {
            let said = Lang::En.t(&format!("close.denied_{}", why.as_str()));
            Err(conflict(said, "denied", json!(why.as_str())).into())
        }
        Ok(ActDone::NotFound) => Err(missing()),
        Err(NotDone::Sealing) => Err(ApiError::said(
            503,
            "the words can't be sealed and were not stored; tell the county's IT",
        )),
        Err(NotDone::Database) => Err(ApiError::said(503, "nothing was done; try again later")),
        Err(NotDone::Unsure) => Err(ApiError::said(503, UNSURE)),
    }
}

fn missing() -> ApiError {
    ApiError::said(404, "no such ticket")
}

fn of_ticket(e: PageError) -> ApiError {
    match e {
        PageError::NotFound => missing(),
        other => ApiError::of_read(other),
    }
}

/// The ticket of an address, for a program.
pub(crate) async fn wanted(by: &By<Desk>, id: &str) -> Result<DeskTicket, ApiError> {
    fetch(by, id).await.map_err(of_ticket)
}

/// A flat JSON object as the fields of a form; null is absent.
fn fields(object: Map<String, Value>) -> Fields {
    let flat = object.into_iter().filter_map(|(name, value)| match value {
        Value::Null => None,
        Value::String(text) => Some((name, text)),
        other => Some((name, other.to_string())),
    });
    flat.collect()
}

fn invalid(wrong: &Wrong) -> Response {
    let errors: Vec<Value> = wrong
        .iter()
        .map(|(field, key)| json!({"pointer": format!("/{field}"), "detail": Lang::En.t(key)}))
        .collect();
    let body = json!({"type": "about:blank", "title": "Unprocessable Content", "status": 422, "detail": "fields are wrong; nothing was done", "errors": errors});
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        [(header::CONTENT_TYPE, "application/problem+json")],
        body.to_string(),
    )
        .into_response()
}

fn conflict(detail: &str, name: &str, more: Value) -> Response {
    problem::with(409, detail, Map::from_iter([(name.to_owned(), more)]))
}

fn answer(body: &Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// A ticket in codes; words for people are the pack's and the page's. Of the report it says what the ticket shows; `matter` is
/// null when it can't be opened.
async fn in_json(by: &By<Desk>, t: &DeskTicket) -> Result<Response, ApiError> {
    let internal = &by.internal;
    let opened = found::read(by, t, "api").await.map_err(of_ticket)?;
    let key = sealed::data_key(&internal.keys, t).ok();
    let note = |text: &Option<String>| sealed::note(key.as_ref()?, t.report_id, text.as_deref()?);
    let events: Vec<Value> = t
        .events
        .iter()
        .map(|e| json!({"at": rfc3339(e.at), "kind": e.kind, "by": e.actor, "account": e.account, "detail": e.detail, "note": note(&e.sealed)}))
        .collect();
    let time = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(rfc3339);
    let body = json!({
        "id": t.id, "version": t.version, "receipt": ReportId::from_db(t.report_id).to_string(), "unit": t.unit, "obligation": t.obligation, "lead": t.lead, "urgency": t.urgency,
        "state": t.state, "next_act": next_act(t).map(Kind::word), "next_stage": t.next_stage, "next_due_at": time(t.next_due_at),
        "dispatched_at": rfc3339(t.dispatched_at), "received_at": rfc3339(t.received_at), "drill": t.drill,
        "signed_at": time(t.signed_at), "signed_by": t.signed_by, "assignee": t.assignee, "assignee_name": t.assignee_name,
        "contacted_at": time(t.contacted_at), "evidence": t.evidence, "evidence_at": time(t.evidence_at),
        "resolved_at": time(t.resolved_at), "resolved_by": t.resolved_by, "outcome": t.outcome,
        "contacted_by": t.contacted_by, "seen_at": time(t.seen_at), "confirmed_by": t.close_approved_by,
        "closing": t.close_outcome.as_ref().map(|outcome| json!({
            "outcome": outcome, "requested_at": time(t.close_requested_at), "requested_by": t.close_requested_by,
            "requested_account": t.close_requested_account, "decides": t.close_by, "transfer_to": t.transfer_to,
        })),
        "chain": t.chain.as_ref().map(|chain| &chain.0),
        "basis": t.basis.0, "shows": opened.shows, "hidden": opened.shows.hidden().collect::<Vec<_>>(),
        "facts": opened.raw, "matter": matter(&opened), "reporter": opened.reporter,
        "stages": t.stages.0, "others": t.others.0, "events": events,
        "explanation": internal.why.ticket(t.ground.made.as_ref(), &opened.sight(&t.own)).await.json(),
    });
    Ok(answer(&body))
}
