//! 再次发送: a person of the office has a notice sent again. It is a notice of its own; who asked for it stands in the trail.

use axum::{
    Json,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use platform::{
    clock,
    run::telemetry::chain,
    store::{NoticeId, ResendError, Resent, TicketId},
};
use serde::Serialize;

use crate::internal::{
    By, Visit,
    auth::Office,
    error::{ApiError, PageError},
    in_own_task,
    page::problem,
};

/// `POST /board/notices/{notice}/resend`: back to the ticket, where the new notice waits, or to the board.
pub(crate) async fn submit(by: By<Office>, Path(notice): Path<String>) -> Result<Response, PageError> {
    let id = notice.parse().map_err(|_| PageError::NotFound)?;
    match resend(&by, id).await? {
        Ok(resent) => {
            let ticket = resent.ticket_id;
            let ticket = ticket.map(|ticket| format!("/board/tickets/{ticket}#notices"));
            Ok(Redirect::to(ticket.as_deref().unwrap_or("/board")).into_response())
        }
        Err(ResendError::Missing) => Err(PageError::NotFound),
        Err(ResendError::NotNow) => Err(problem::not_again().into()),
        Err(ResendError::Store(e)) => Err(PageError::undone(e)),
    }
}

/// The new notice, and the first ticket that it is about.
#[derive(Serialize)]
pub(crate) struct Again {
    id: NoticeId,
    ticket_id: Option<TicketId>,
}

/// `POST /api/v1/notices/{notice}/resend` -> 202 `{"id", "ticket_id"}`
pub(crate) async fn api(by: By<Office>, Path(notice): Path<String>) -> Result<(StatusCode, Json<Again>), ApiError> {
    let id = notice
        .parse()
        .map_err(|_| ApiError::said(404, "there is no such notice"))?;
    match resend(&by, id).await? {
        Ok(Resent { id, ticket_id }) => Ok((StatusCode::ACCEPTED, Json(Again { id, ticket_id }))),
        Err(e @ ResendError::Missing) => Err(ApiError::said(404, e.to_string())),
        Err(e @ ResendError::NotNow) => Err(ApiError::said(409, e.to_string())),
        Err(ResendError::Store(e)) => Err(PageError::undone(e).into()),
    }
}

/// In a task of its own, with the office's login.
async fn resend(visit: &Visit, id: NoticeId) -> Result<Result<Resent, ResendError>, PageError> {
    let (office, county) = (visit.internal.office.clone(), visit.internal.county.clone());
    let person = visit.actor.person.clone();
    let write = async move {
        let by = (person.account.id, person.account.name.as_str());
        let resent = office.notice_resend(&county, id, by, clock::now()).await?;
        if let Err(e) = office.notices_wake().await {
            tracing::debug!(error = chain(&e), "nobody was rung for: the notifier polls");
        }
        Ok(resent)
    };
    in_own_task(write).await.map_err(PageError::undone)
}
