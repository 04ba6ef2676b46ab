//! The same acts for programs: JSON and a bearer token. The contract is `openapi-internal.json`.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, post},
};
use platform::{
    clock,
    store::{ActDone, DeskTicket},
    text::Lang,
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    act::{Doing, NotDone, perform, read, version},
    answers::Ticket,
    draft::Kind,
    found::{self, Case, fetch},
    sealed,
    undone::problem,
};
use crate::{
    internal::{
        Answer, By, Internal,
        again::{Fields, Wrong},
        auth::Desk,
        document,
        error::{ApiError, PageError, UNSURE},
        wire::JsonBody,
    },
    web::problem as web_problem,
};

/// What is said besides of fields that are wrong.
#[derive(Serialize)]
struct Besides {
    errors: Vec<FieldError>,
}

/// A field that is wrong.
#[derive(Serialize)]
struct FieldError {
    pointer: String,
    detail: &'static str,
}

/// `GET /api/v1/openapi.json`
pub(super) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document::document()).into_response()
}

/// `GET /api/v1/tickets/{id}`
pub(super) async fn ticket(by: By<Desk>, Path(id): Path<String>) -> Result<Response, ApiError> {
    whole(&by, wanted(&by, &id).await?).await
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
    let against = case.against(&loaded, by.me(), now);
    let ready = read(kind, &fields, against).map_err(|wrong| invalid(&wrong))?;
    let doing = Doing {
        scope: &by.right.scope,
        ticket: &case.ticket,
        version: version(&fields),
        now,
        telephone: None,
    };
    match perform(&by, doing, ready).await {
        Ok(ActDone::Done) => whole(&by, wanted(&by, &id).await?).await,
        other => Err(not_done(other)),
    }
}

/// Why an act was not done, for a program.
pub(crate) fn not_done(came: Result<ActDone, NotDone>) -> ApiError {
    match came {
        Ok(other) => problem(other),
        Err(NotDone::Sealing) => ApiError::said(
            503,
            "the words can't be sealed and were not stored; tell the county's IT",
        ),
        Err(NotDone::Database) => ApiError::said(503, "nothing was done; try again later"),
        Err(NotDone::Unsure) => ApiError::said(503, UNSURE),
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

/// A flat JSON object as the fields of a form; null is absent. Each kind of act has its own fields, and the reader of the form judges
/// them: so a number or a truth value that was sent for a text is wrong in the same words.
pub(crate) fn fields(object: Map<String, Value>) -> Fields {
    let flat = object.into_iter().filter_map(|(name, value)| match value {
        Value::Null => None,
        Value::String(text) => Some((name, text)),
        other => Some((name, other.to_string())),
    });
    flat.collect()
}

/// Fields that are wrong, each with its pointer.
pub(crate) fn invalid(wrong: &Wrong) -> Response {
    let error = |(field, key): (&&str, &&str)| FieldError {
        pointer: format!("/{field}"),
        detail: Lang::En.t(key),
    };
    let errors = Besides {
        errors: wrong.iter().map(error).collect(),
    };
    let (status, said) = (StatusCode::UNPROCESSABLE_ENTITY, "fields are wrong; nothing was done");
    web_problem::titled(status, "Unprocessable Content", said, &errors)
}

/// No browser or proxy keeps it.
fn unkept(answer: impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Answer(answer)).into_response()
}

/// The ticket in full, and the look at its report.
async fn whole(by: &By<Desk>, ticket: DeskTicket) -> Result<Response, ApiError> {
    let internal = &by.internal;
    let opened = found::read(by, &ticket, "api").await.map_err(of_ticket)?;
    let key = sealed::data_key(&internal.keys, &ticket).ok();
    let why = internal
        .why
        .ticket(ticket.ground.made.as_ref(), &opened.sight(&ticket.own))
        .await;
    Ok(unkept(Ticket::of(ticket, opened, why.explained(), key.as_ref())))
}
