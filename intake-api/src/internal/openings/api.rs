//! The same for programs.

use std::borrow::Cow;

use axum::{
    Json,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use platform::{
    clock,
    store::{Opening, OpeningAsked, OpeningDone, OpeningId, OpeningList, ReportId},
    text::Lang,
};
use serde::Deserialize;

use super::{
    act::{self, Typed},
    answers::{self, Asked, Listed, OneOpening},
    ask::{Asking, at_desk, side_of, without_ticket},
    desk, list, office, page, read as content, words,
};
use crate::internal::{
    Answer, By,
    auth::{Desk, Overseer},
    desk::wanted,
    error::{ApiError, PageError},
    wire::JsonBody,
};

const NO_SUCH: ApiError = ApiError::Said(404, Cow::Borrowed("no such opening"));
const NOT_YOURS: ApiError = ApiError::Said(404, Cow::Borrowed("no such opening of yours"));
const NOT_FOUND: ApiError = ApiError::Said(404, Cow::Borrowed("no such ticket or opening"));

/// What an asking sends.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    parts: Vec<String>,
    #[serde(default)]
    reason: String,
}

/// Which version is ended.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Ending {
    #[serde(default)]
    version: i32,
}

/// `GET /api/v1/tickets/{id}/openings`
pub(super) async fn of_ticket(by: By<Desk>, Path(id): Path<String>) -> Result<Json<Vec<answers::Opening>>, ApiError> {
    let ticket = wanted(&by, &id).await?;
    let openings = by.internal.desk.desk_openings(&by.right.scope, ticket.id).await?;
    Ok(Json(openings.into_iter().map(Into::into).collect()))
}

/// `POST /api/v1/tickets/{id}/openings`: `{"parts": ["school"], "reason": "…"}`
pub(super) async fn ask_ticket(
    by: By<Desk>,
    Path(id): Path<String>,
    JsonBody(sent): JsonBody<Sent>,
) -> Result<(StatusCode, Answer<Asked>), ApiError> {
    let ticket = wanted(&by, &id).await?;
    let asking = sent.asking()?;
    asked(at_desk(&by, &ticket, &asking).await)
}

/// `POST /api/v1/reports/{report_id}/openings`
pub(super) async fn ask_report(
    by: By<Overseer>,
    Path(report): Path<ReportId>,
    JsonBody(sent): JsonBody<Sent>,
) -> Result<(StatusCode, Answer<Asked>), ApiError> {
    let asking = sent.asking()?;
    asked(without_ticket(&by, side_of(&by.actor), report, &asking).await)
}

impl Sent {
    fn asking(&self) -> Result<Asking, ApiError> {
        let asking = Asking::read(self.parts.iter().map(String::as_str), &self.reason);
        asking.map_err(|(_, key)| ApiError::key(422, key))
    }
}

fn asked(done: Result<OpeningAsked, PageError>) -> Result<(StatusCode, Answer<Asked>), ApiError> {
    match done.map_err(|e| ApiError::undone_saying(e, "nothing was stored; try again later"))? {
        OpeningAsked::Now(stored) => Ok((
            StatusCode::CREATED,
            Answer(Asked {
                openings: stored.into_iter().map(Into::into).collect(),
            }),
        )),
        OpeningAsked::NotFound => Err(ApiError::said(404, "no such ticket or report")),
        other => Err(ApiError::key(409, office::refused(&other))),
    }
}

/// The opening of an address at this desk.
async fn found(by: &By<Desk>, id: &str, opening: OpeningId) -> Result<Opening, ApiError> {
    let found = desk::found(by, id, opening).await.map_err(|e| match e {
        PageError::NotFound => NOT_FOUND,
        other => ApiError::of_read(other),
    });
    Ok(found?.1)
}

/// `GET /api/v1/tickets/{id}/openings/{opening}`: what is open, to the person for whom it is open.
pub(super) async fn read_ticket(
    by: By<Desk>,
    Path((id, opening)): Path<(String, OpeningId)>,
) -> Result<Response, ApiError> {
    let opening = found(&by, &id, opening).await?;
    if opening.asked_account != by.me() {
        return Err(NOT_YOURS);
    }
    let handed = desk::handed(&by, opening.id, "api").await.map_err(ApiError::of_read)?;
    content::api(&by.internal, opening, handed)
}

/// `POST /api/v1/tickets/{id}/openings/{opening}/end`
pub(super) async fn end_ticket(
    by: By<Desk>,
    Path((id, opening)): Path<(String, OpeningId)>,
    JsonBody(ending): JsonBody<Ending>,
) -> Result<Json<answers::Opening>, ApiError> {
    let opening = found(&by, &id, opening).await?;
    done(desk::ended(&by, &opening, ending.version).await?)
}

/// `GET /api/v1/openings?list=asked|review|open|all&before=ID`
pub(super) async fn list(by: By<Overseer>, Query(asked): Query<list::Asked>) -> Result<Answer<Listed>, ApiError> {
    let which = match asked.which() {
        Some(which) => which,
        None if asked.list.is_empty() => OpeningList::Asked,
        None => return Err(ApiError::said(422, "list is asked, review, open or all")),
    };
    let (board, county) = (&by.internal.board, &by.internal.county);
    let found = board.openings_list(county, which, asked.before, list::limit(which), clock::now());
    let (openings, before) = list::cut(found.await?, which);
    Ok(Answer(Listed {
        openings: openings.into_iter().map(Into::into).collect(),
        before,
    }))
}

/// `GET /api/v1/openings/{id}`: with what was written, and each look.
pub(super) async fn one(by: By<Overseer>, Path(id): Path<OpeningId>) -> Result<Answer<OneOpening>, ApiError> {
    let (internal, county) = (&by.internal, &by.internal.county);
    let opening = internal.board.opening(county, id).await?.ok_or(NO_SUCH)?;
    let sealed = internal.office.opening_sealed(county, id).await?;
    let reads = internal.board.reads_of_opening(county, &opening).await?;
    let written = sealed
        .map(|sealed| page::written(internal, &opening, &sealed, Lang::En))
        .unwrap_or_default();
    let reason = written.first().map(|(_, text)| text.verbatim().to_owned());
    Ok(Answer(OneOpening {
        opening: opening.into(),
        reason,
        reads: reads.into_iter().map(Into::into).collect(),
    }))
}

/// `GET /api/v1/openings/{id}/read`
pub(super) async fn read(by: By<Overseer>, Path(id): Path<OpeningId>) -> Result<Response, ApiError> {
    let opening = office::own(&by, id).await?.ok_or(NOT_YOURS)?;
    let handed = office::handed(&by, &opening, "api").await.map_err(ApiError::of_read)?;
    content::api(&by.internal, opening, handed)
}

/// `POST /api/v1/openings/{id}/{act}`: `approve`, `refuse`, `review`, `end` or `withdraw`; `{"version", "note", "finding"}`.
pub(super) async fn act(
    by: By<Overseer>,
    Path((id, word)): Path<(OpeningId, String)>,
    JsonBody(typed): JsonBody<Typed>,
) -> Result<Json<answers::Opening>, ApiError> {
    let deed = act::read(&word, &typed).ok_or(ApiError::said(
        404,
        "the acts are approve, refuse, review, end and withdraw",
    ))?;
    let deed = deed.map_err(|key| ApiError::key(422, key))?;
    done(act::perform(&by, id, deed, &typed).await?)
}

fn done(done: OpeningDone) -> Result<Json<answers::Opening>, ApiError> {
    match done {
        OpeningDone::Done(opening) => Ok(Json(opening.into())),
        OpeningDone::Stale(o) | OpeningDone::NotAllowed(o) => Err(ApiError::said(
            409,
            format!("it is {} in version {}; nothing was done", o.state, o.version),
        )),
        OpeningDone::Denied(why) => Err(ApiError::key(409, words::denied(why))),
        OpeningDone::NotFound => Err(NO_SUCH),
    }
}
