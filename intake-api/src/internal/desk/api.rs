//! The same acts for programs: JSON and a bearer token. The contract is `openapi-internal.json`.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use casework::{calendar::rfc3339, disclosure::Part};
use platform::{
    clock,
    receipt::ReportId,
    run::telemetry::chain,
    store::{ActDone, DeskTicket},
    text::Lang,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tracing::error;

use super::{
    act::{self, Against, Fields, Kind, NotDone, Wrong},
    sealed,
    ticket::{fetch, id_of, people_of, read},
    view::next_act,
};
use crate::{
    internal::{Internal, UNSURE, auth::Desk, document, page::problem, wire::JsonBody},
    parts::Opened,
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
pub(super) async fn queue(State(internal): State<Internal>, desk: Desk, Query(part): Query<Stretch>) -> Response {
    let (offset, limit) = (part.offset.unwrap_or(0), part.limit.unwrap_or(50));
    if offset < 0 || !(1..=MOST).contains(&limit) {
        return problem::api(400, "offset is 0 or more, limit from 1 to 200");
    }
    match internal
        .desk
        // No queue is longer; a larger number would not fit beside the limit.
        .desk_queue(&desk.scope, &internal.county, offset.min(1_000_000_000), limit)
        .await
    {
        Ok((tickets, open)) => answer(
            StatusCode::OK,
            &json!({"open": open, "offset": offset, "limit": limit, "tickets": tickets}),
        ),
        Err(e) => {
            error!(error = chain(&e), "the queue can't be read");
            problem::api(503, "try again later")
        }
    }
}

/// `GET /api/v1/tickets/{id}`
pub(super) async fn ticket(State(internal): State<Internal>, desk: Desk, Path(id): Path<String>) -> Response {
    match wanted(&internal, &desk, &id).await {
        Ok(ticket) => in_json(&internal, &desk, &ticket).await,
        Err(response) => response,
    }
}

/// `POST /api/v1/tickets/{id}/sign`
pub(super) async fn sign(
    internal: State<Internal>,
    desk: Desk,
    id: Path<String>,
    body: JsonBody<Map<String, Value>>,
) -> Response {
    act(Kind::Sign, internal.0, desk, &id.0, body.0).await
}

/// `POST /api/v1/tickets/{id}/assign`
pub(super) async fn assign(
    internal: State<Internal>,
    desk: Desk,
    id: Path<String>,
    body: JsonBody<Map<String, Value>>,
) -> Response {
    act(Kind::Assign, internal.0, desk, &id.0, body.0).await
}

/// `POST /api/v1/tickets/{id}/contact`
pub(super) async fn contact(
    internal: State<Internal>,
    desk: Desk,
    id: Path<String>,
    body: JsonBody<Map<String, Value>>,
) -> Response {
    act(Kind::Contact, internal.0, desk, &id.0, body.0).await
}

/// `POST /api/v1/tickets/{id}/evidence`
pub(super) async fn evidence(
    internal: State<Internal>,
    desk: Desk,
    id: Path<String>,
    body: JsonBody<Map<String, Value>>,
) -> Response {
    act(Kind::Evidence, internal.0, desk, &id.0, body.0).await
}

/// `POST /api/v1/tickets/{id}/resolve`
pub(super) async fn resolve(
    internal: State<Internal>,
    desk: Desk,
    id: Path<String>,
    body: JsonBody<Map<String, Value>>,
) -> Response {
    act(Kind::Resolve, internal.0, desk, &id.0, body.0).await
}

/// `POST /api/v1/tickets/{id}/confirm`
pub(super) async fn confirm(
    internal: State<Internal>,
    desk: Desk,
    id: Path<String>,
    body: JsonBody<Map<String, Value>>,
) -> Response {
    act(Kind::Confirm, internal.0, desk, &id.0, body.0).await
}

/// `POST /api/v1/tickets/{id}/refuse`
pub(super) async fn refuse(
    internal: State<Internal>,
    desk: Desk,
    id: Path<String>,
    body: JsonBody<Map<String, Value>>,
) -> Response {
    act(Kind::Refuse, internal.0, desk, &id.0, body.0).await
}

/// `POST /api/v1/tickets/{id}/take-back`
pub(super) async fn take_back(
    internal: State<Internal>,
    desk: Desk,
    id: Path<String>,
    body: JsonBody<Map<String, Value>>,
) -> Response {
    act(Kind::TakeBack, internal.0, desk, &id.0, body.0).await
}

async fn act(kind: Kind, internal: Internal, desk: Desk, id: &str, body: Map<String, Value>) -> Response {
    let now = clock::now();
    let fields = fields(body);
    let ticket = match wanted(&internal, &desk, id).await {
        Ok(ticket) => ticket,
        Err(response) => return response,
    };
    let people = people_of(&internal, &ticket).await;
    let loaded = internal.pack.current();
    if !fields.contains_key("version") {
        return invalid(&[("version", "desk.wrong.version")].into());
    }
    let against = Against {
        ticket: &ticket,
        people: &people,
        loaded: &loaded,
        account: desk.person.account.id,
        now,
    };
    let ready = match act::read(kind, &fields, against) {
        Ok(ready) => ready,
        Err(wrong) => return invalid(&wrong),
    };
    match act::perform(
        &internal,
        &desk.scope,
        &desk,
        &ticket,
        ready,
        act::version(&fields),
        now,
    )
    .await
    {
        Ok(ActDone::Done) => match wanted(&internal, &desk, id).await {
            Ok(ticket) => in_json(&internal, &desk, &ticket).await,
            Err(response) => response,
        },
        Ok(ActDone::Stale {
            last_kind,
            last_by,
            last_account,
            last_at,
        }) => {
            let last = json!({"kind": last_kind, "by": last_by, "account": last_account, "at": rfc3339(last_at)});
            conflict(
                "the ticket has changed since this version; nothing was done",
                &json!({"last_act": last}),
            )
        }
        Ok(ActDone::NotAllowed { state }) => conflict(
            "the ticket's state does not allow this; nothing was done",
            &json!({"state": state}),
        ),
        Ok(ActDone::Denied(why)) => conflict(
            Lang::En.t(&format!("close.denied_{}", why.as_str())),
            &json!({"denied": why.as_str()}),
        ),
        Ok(ActDone::NotFound) => problem::api(404, "no such ticket"),
        Err(NotDone::Sealing) => problem::api(
            503,
            "the words can't be sealed and were not stored; tell the county's IT",
        ),
        Err(NotDone::Database) => problem::api(503, "nothing was done; try again later"),
        Err(NotDone::Unsure) => problem::api(503, UNSURE),
    }
}

pub(crate) async fn wanted(internal: &Internal, desk: &Desk, id: &str) -> Result<DeskTicket, Response> {
    if id_of(id).is_none() {
        return Err(problem::api(404, "no such ticket"));
    }
    fetch(internal, desk, id)
        .await
        .map_err(|response| match response.status() {
            StatusCode::NOT_FOUND => problem::api(404, "no such ticket"),
            _ => problem::api(503, "try again later"),
        })
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

fn conflict(detail: &str, more: &Value) -> Response {
    let mut body = json!({"type": "about:blank", "title": "Conflict", "status": 409, "detail": detail});
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    (
        StatusCode::CONFLICT,
        [(header::CONTENT_TYPE, "application/problem+json")],
        body.to_string(),
    )
        .into_response()
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// A ticket in codes; words for people are the pack's and the page's. Of the report it says what the ticket shows; `matter` is
/// null when it can't be opened.
async fn in_json(internal: &Internal, desk: &Desk, t: &DeskTicket) -> Response {
    let opened = match read(internal, desk, t, "api").await {
        Ok(opened) => opened,
        Err(response) if response.status() == StatusCode::NOT_FOUND => return problem::api(404, "no such ticket"),
        Err(_) => return problem::api(503, "try again later"),
    };
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
    answer(StatusCode::OK, &body)
}

/// What the reporter wrote, as far as it is shown: a field that is not shown is not there, one that was not given is null.
pub(crate) fn matter(opened: &Opened) -> Value {
    if opened.shut {
        return Value::Null;
    }
    let shows = |part| opened.shows.has(part);
    let mut matter = Map::new();
    if shows(Part::Place) {
        let place = opened.place.clone().unwrap_or_default();
        matter.insert("where_now".into(), json!(place.where_now));
        matter.insert("found_at".into(), json!(place.found_at));
    }
    if shows(Part::Narrative) {
        matter.insert("narrative".into(), json!(opened.narrative));
    }
    let children: Vec<Value> = (0..opened.count())
        .map(|n| {
            let mut child = Map::new();
            if let Some(known) = opened.children.as_ref().and_then(|children| children.get(n)) {
                child.extend(json!(known).as_object().cloned().unwrap_or_default());
            }
            if shows(Part::Birth) {
                let birth = opened.birth.as_ref().and_then(|births| births.get(n));
                child.insert("birth_date".into(), json!(birth.and_then(|b| b.birth_date)));
                child.insert("id_number".into(), json!(birth.and_then(|b| b.id_number.as_ref())));
            }
            for (part, name, list) in [
                (Part::School, "school", &opened.school),
                (Part::Home, "home_address", &opened.home),
            ] {
                if shows(part) {
                    child.insert(
                        name.into(),
                        json!(list.as_ref().and_then(|list| list.get(n)).cloned().flatten()),
                    );
                }
            }
            Value::Object(child)
        })
        .collect();
    if !children.is_empty() {
        matter.insert("children".into(), children.into());
    }
    Value::Object(matter)
}
