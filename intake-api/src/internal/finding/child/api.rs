//! `POST /api/v1/reports/child`, `POST /api/v1/tickets/child`: the same search for programs. It is a POST, so that what a child is
//! searched by stands in no address.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use platform::{clock, store::Listed};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    super::{api::Line, reach::Reach},
    find, read,
};
use crate::internal::{
    Answer, By, Visit,
    again::Fields,
    auth::{Desk, Overseer},
    desk::{fields, invalid},
    error::ApiError,
    wire::JsonBody,
};

/// A child's tickets, the newest first.
#[derive(Serialize)]
struct Tickets {
    tickets: Vec<Line>,
}

/// `POST /api/v1/reports/child`: `{"name", "birth", "reason"}` or `{"number", "reason"}`.
pub(crate) async fn county(
    by: By<Overseer>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Result<Response, ApiError> {
    answer(&by, &Reach::County, &fields(body)).await
}

/// `POST /api/v1/tickets/child`: besides, `unit`, where it isn't the person's first.
pub(crate) async fn unit(by: By<Desk>, JsonBody(body): JsonBody<Map<String, Value>>) -> Result<Response, ApiError> {
    let fields = fields(body);
    let reach = Reach::of_desk(&by, fields.get("unit").map_or("", String::as_str))?;
    answer(&by, &reach, &fields).await
}

async fn answer(visit: &Visit, reach: &Reach, fields: &Fields) -> Result<Response, ApiError> {
    let search = read(visit, fields).map_err(|wrong| invalid(&wrong))?;
    let found = find(visit, reach, search, clock::now()).await?;
    let tickets = Listed::whole(found.lines)?.into_iter().map(Into::into).collect();
    Ok(([(header::CACHE_CONTROL, "no-store")], Answer(Tickets { tickets })).into_response())
}
