//! 电话代办 for programs: the same act, read and refused by the same words.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use casework::ticket::TicketState;
use platform::{
    clock,
    store::{AccountId, ActDone, TicketId},
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    act::{Tried, spoken},
    page::{Kinds, Telephone},
};
use crate::internal::{
    Answer, By,
    auth::Office,
    desk::{draft::Kind, fields, invalid, not_done},
    error::ApiError,
    wire::JsonBody,
};

/// What a unit can say of a ticket now, and who of it.
#[derive(Serialize)]
pub(super) struct Askable {
    ticket_id: TicketId,
    version: i32,
    unit: String,
    state: TicketState,
    /// Acts that the ticket can have: `sign`, `contact`, `progress`, `start`, `evidence`, `resolve`.
    acts: Vec<&'static str>,
    people: Vec<Person>,
}

/// Somebody of the unit with an account; anybody else is named by `caller`.
#[derive(Serialize)]
struct Person {
    person: AccountId,
    name: String,
}

impl Askable {
    fn of(found: Telephone) -> Self {
        let acts = Kinds::open(&found.case.ticket).map(Kind::word).collect();
        let people = found
            .case
            .people
            .into_iter()
            .map(|(person, name, ..)| Person { person, name });
        Self {
            acts,
            people: people.collect(),
            ticket_id: found.case.ticket.id,
            version: found.case.ticket.version,
            unit: found.case.ticket.unit,
            state: found.case.ticket.state,
        }
    }
}

/// `GET /api/v1/board/tickets/{id}/telephone`
pub(super) async fn asked(by: By<Office>, Path(id): Path<TicketId>) -> Result<Answer<Askable>, ApiError> {
    let found = Telephone::find(&by, id).await.map_err(ApiError::of_read)?;
    Ok(Answer(Askable::of(found)))
}

/// `POST /api/v1/board/tickets/{id}/telephone`
pub(super) async fn submit(
    by: By<Office>,
    Path(id): Path<TicketId>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Result<Response, ApiError> {
    let now = clock::now();
    let fields = fields(body);
    let found = Telephone::find(&by, id).await.map_err(ApiError::of_read)?;
    let Some(kind) = fields.get("act").and_then(|act| Kinds::of(act)) else {
        return Err(invalid(&[("act", "telephone.wrong.act")].into()).into());
    };
    if !fields.contains_key("version") {
        return Err(invalid(&[("version", "desk.wrong.version")].into()).into());
    }
    match spoken(&by, &found, kind, (&fields, now)).await {
        Tried::Wrong(wrong) => Err(invalid(&wrong).into()),
        Tried::Came(Ok(ActDone::Done)) => {
            let found = Telephone::find(&by, id).await.map_err(ApiError::of_read)?;
            Ok(Answer(Askable::of(found)).into_response())
        }
        Tried::Came(other) => Err(not_done(other)),
    }
}
