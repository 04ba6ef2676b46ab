//! `POST /api/v1/reports/child`, `POST /api/v1/tickets/child`: the same search for programs. It is a POST, so that what a child is
//! searched by stands in no address.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use platform::{clock, store::Listed};
use serde::{Deserialize, Serialize};

use super::{
    super::{api::Line, reach::Reach},
    find, read,
};
use crate::internal::{
    Answer, By, Visit,
    again::Fields,
    auth::{Desk, Overseer},
    desk::invalid,
    error::ApiError,
    wire::JsonBody,
};

/// What is sent: texts, read as the form's fields.
#[derive(Deserialize)]
pub(crate) struct Sought {
    unit: Option<String>,
    name: Option<String>,
    birth: Option<String>,
    number: Option<String>,
    reason: Option<String>,
}

impl Sought {
    fn fields(self) -> Fields {
        let all = [
            ("name", self.name),
            ("birth", self.birth),
            ("number", self.number),
            ("reason", self.reason),
        ];
        let given = all
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        given.collect()
    }
}

/// A child's tickets, the newest first.
#[derive(Serialize)]
struct Tickets {
    tickets: Vec<Line>,
}

/// `POST /api/v1/reports/child`: `{"name", "birth", "reason"}` or `{"number", "reason"}`.
pub(crate) async fn county(by: By<Overseer>, JsonBody(sought): JsonBody<Sought>) -> Result<Response, ApiError> {
    answer(&by, &Reach::County, &sought.fields()).await
}

/// `POST /api/v1/tickets/child`: besides, `unit`, where it isn't the person's first.
pub(crate) async fn unit(by: By<Desk>, JsonBody(sought): JsonBody<Sought>) -> Result<Response, ApiError> {
    let reach = Reach::of_desk(&by, sought.unit.as_deref().unwrap_or_default())?;
    answer(&by, &reach, &sought.fields()).await
}

async fn answer(visit: &Visit, reach: &Reach, fields: &Fields) -> Result<Response, ApiError> {
    let search = read(visit, fields).map_err(|wrong| invalid(&wrong))?;
    let found = find(visit, reach, search, clock::now()).await?;
    let tickets = Listed::whole(found.lines)?.into_iter().map(Into::into).collect();
    Ok(([(header::CACHE_CONTROL, "no-store")], Answer(Tickets { tickets })).into_response())
}
