//! `GET /api/v1/reports`, `GET /api/v1/tickets`: the same lists for programs, by the same fields.

use axum::{
    extract::Query,
    http::header,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{LISTED_COUNTED, ListTab, Listed, TicketLine, TicketsAsked},
};
use serde::{Deserialize, Serialize};

use super::{
    asked::{Asked, NotAsked, cursor},
    reach::Reach,
};
use crate::internal::{
    Answer, By, Visit,
    auth::{Desk, Overseer},
    desk::QueueTicket,
    error::ApiError,
};

/// Most tickets of one answer.
const MOST: i64 = 200;

/// Which stretch.
#[derive(Deserialize)]
pub(super) struct Stretch {
    offset: Option<i64>,
    limit: Option<i64>,
}

/// A stretch of a list.
#[derive(Serialize)]
struct Tickets {
    /// How many open tickets the unit has whatever is asked, counted to 1,000; none of the county.
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<i64>,
    offset: i64,
    limit: i64,
    /// How many there are of what is asked, counted to one more than 1,000.
    count: i64,
    /// Where it goes on.
    after: Option<String>,
    tickets: Vec<Line>,
}

/// A ticket of the list.
#[derive(Serialize)]
pub(super) struct Line {
    #[serde(flatten)]
    ticket: QueueTicket,
    receipt: String,
    received_at: DateTime<Utc>,
    version: i32,
}

impl From<TicketLine> for Line {
    fn from(line: TicketLine) -> Self {
        Self {
            receipt: line.ticket.report_id.to_string(),
            received_at: line.received_at,
            version: line.version,
            ticket: line.ticket.into(),
        }
    }
}

/// `GET /api/v1/reports`
pub(super) async fn county(
    by: By<Overseer>,
    Query(asked): Query<Asked>,
    Query(part): Query<Stretch>,
) -> Result<Response, ApiError> {
    answer(&by, &Reach::County, &asked, part).await
}

/// `GET /api/v1/tickets`
pub(super) async fn unit(
    by: By<Desk>,
    Query(asked): Query<Asked>,
    Query(part): Query<Stretch>,
) -> Result<Response, ApiError> {
    let reach = Reach::of_program(&by, &asked.unit)?;
    answer(&by, &reach, &asked, part).await
}

async fn answer(visit: &Visit, reach: &Reach, asked: &Asked, part: Stretch) -> Result<Response, ApiError> {
    let (offset, limit) = (part.offset.unwrap_or(0), part.limit.unwrap_or(50));
    if offset < 0 || !(1..=MOST).contains(&limit) {
        return Err(ApiError::said(400, "offset is 0 or more, limit from 1 to 200"));
    }
    let internal = &visit.internal;
    let mut query = match asked.read(visit, reach, clock::now()).await {
        Ok(query) => query,
        Err(NotAsked::Store(e)) => return Err(e.into()),
        Err(NotAsked::Wrong(key)) => return Err(ApiError::key(422, key)),
    };
    // No list is longer; a larger number would not fit beside the limit.
    query.offset = offset.min(1_000_000_000);
    let found = reach.found(internal, &query, limit).await?;
    let open = match reach {
        Reach::County => None,
        Reach::Unit { unit, .. } => {
            let open = TicketsAsked {
                unit: unit.clone(),
                tab: ListTab::Open,
                ..TicketsAsked::all(&internal.county, visit.me())
            };
            Some(reach.counted(internal, &open).await?.min(LISTED_COUNTED))
        }
    };
    let body = Tickets {
        open,
        offset,
        limit,
        count: reach.counted(internal, &query).await?,
        after: found.next.as_ref().map(cursor),
        tickets: Listed::whole(found.lines)?.into_iter().map(Into::into).collect(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Answer(body)).into_response())
}
