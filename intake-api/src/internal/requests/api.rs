//! The same for programs: what can be asked and what was, and the asking.

use std::collections::BTreeSet;

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use casework::ticket::TicketState;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{ActDone, DeskTicket, RequestLine},
    text::Lang,
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::asking::{Refused, askable, read, unit_kind, who_may};
use crate::internal::{
    Answer, By,
    auth::Desk,
    desk::{
        act::{Doing, perform, version},
        fields, invalid, not_done, wanted,
    },
    error::ApiError,
    wire::JsonBody,
};

/// What a unit may ask about a ticket, and what it asked.
#[derive(Serialize)]
pub(super) struct Requests {
    version: i32,
    askable: Vec<Askable>,
    requests: Vec<Request>,
}

/// What can be asked for at all.
#[derive(Serialize)]
struct Askable {
    obligation: String,
    /// Whether this unit may.
    entitled: bool,
    /// Kinds of unit that may.
    unit_kinds: BTreeSet<String>,
}

/// What was asked.
#[derive(Serialize)]
struct Request {
    obligation: String,
    unit: String,
    state: TicketState,
    asked_at: DateTime<Utc>,
    /// When the application was accepted or the case filed, where a clock waits for that.
    started_at: Option<DateTime<Utc>>,
    outcome: Option<String>,
}

impl From<RequestLine> for Request {
    fn from(line: RequestLine) -> Self {
        Self {
            obligation: line.obligation,
            unit: line.unit,
            state: line.state,
            asked_at: line.asked_at,
            started_at: line.started_at,
            outcome: line.outcome,
        }
    }
}

/// `GET /api/v1/tickets/{id}/requests`
pub(super) async fn list(by: By<Desk>, Path(id): Path<String>) -> Result<Answer<Requests>, ApiError> {
    let ticket = wanted(&by, &id).await?;
    whole(&by, &ticket).await
}

/// `POST /api/v1/tickets/{id}/requests`
pub(super) async fn submit(
    by: By<Desk>,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Result<Response, ApiError> {
    let now = clock::now();
    let fields = fields(body);
    let ticket = wanted(&by, &id).await?;
    let loaded = by.internal.pack.current();
    if !fields.contains_key("version") {
        return Err(invalid(&[("version", "desk.wrong.version")].into()).into());
    }
    let ready = read(&fields, &ticket, &loaded, now).map_err(|refused| match refused {
        Refused::Wrong(wrong) => invalid(&wrong).into(),
        Refused::Unentitled(obligation, kinds) => {
            ApiError::said(403, who_may(&loaded.pack, Lang::En, &obligation, &kinds))
        }
    })?;
    let doing = Doing {
        scope: &by.right.scope,
        ticket: &ticket,
        version: version(&fields),
        now,
        telephone: None,
    };
    match perform(&by, doing, ready).await {
        Ok(ActDone::Done) => Ok(whole(&by, &wanted(&by, &id).await?).await?.into_response()),
        other => Err(not_done(other)),
    }
}

async fn whole(by: &By<Desk>, ticket: &DeskTicket) -> Result<Answer<Requests>, ApiError> {
    let lines = by.internal.desk.desk_requests(&by.right.scope, ticket.id).await?;
    let loaded = by.internal.pack.current();
    let kind = unit_kind(&loaded.pack, ticket);
    let askable = askable(&loaded.pack, ticket).into_iter();
    Ok(Answer(Requests {
        version: ticket.version,
        askable: askable
            .map(|(obligation, unit_kinds)| Askable {
                obligation,
                entitled: unit_kinds.contains(kind),
                unit_kinds,
            })
            .collect(),
        requests: lines.into_iter().map(Into::into).collect(),
    }))
}
