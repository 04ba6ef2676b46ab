//! 再次发送: a person of the office has a notice sent again. It is a notice of its own; who asked for it stands in the trail.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use platform::{
    clock,
    run::telemetry::chain,
    store::{ResendError, Resent, StoreError},
};
use uuid::Uuid;

use crate::internal::{
    Internal, api_undone,
    auth::{Actor, Office},
    in_own_task,
    page::problem,
    undone,
};

/// `POST /board/notices/{notice}/resend`: back to the ticket, where the new notice waits, or to the board.
pub(crate) async fn submit(State(internal): State<Internal>, actor: Office, Path(notice): Path<String>) -> Response {
    let Ok(id) = notice.parse() else {
        return problem::not_found().into_response();
    };
    match resend(&internal, &actor, id).await {
        Ok(resent) => {
            let ticket = resent
                .ticket_id
                .map(|ticket| format!("/board/tickets/{ticket}#notices"));
            Redirect::to(ticket.as_deref().unwrap_or("/board")).into_response()
        }
        Err(ResendError::Missing) => problem::not_found().into_response(),
        Err(ResendError::NotNow) => problem::not_again().into_response(),
        Err(ResendError::Store(e)) => undone(&e),
    }
}

/// `POST /api/v1/notices/{notice}/resend` -> 202 `{"id", "ticket_id"}`
pub(crate) async fn api(State(internal): State<Internal>, actor: Office, Path(notice): Path<String>) -> Response {
    let Ok(id) = notice.parse() else {
        return problem::api(404, "there is no such notice");
    };
    match resend(&internal, &actor, id).await {
        Ok(resent) => (StatusCode::ACCEPTED, Json(resent)).into_response(),
        Err(e @ ResendError::Missing) => problem::api(404, &e.to_string()),
        Err(e @ ResendError::NotNow) => problem::api(409, &e.to_string()),
        Err(ResendError::Store(e)) => api_undone(&e),
    }
}

/// In a task of its own, with the office's login.
async fn resend(internal: &Internal, actor: &Actor, id: Uuid) -> Result<Resent, ResendError> {
    let (office, county, person) = (internal.office.clone(), internal.county.clone(), actor.person.clone());
    let write = async move {
        let by = (person.account.id, person.account.name.as_str());
        let resent = office.notice_resend(&county, id, by, clock::now()).await?;
        if let Err(e) = office.notices_wake().await {
            tracing::debug!(error = chain(&e), "nobody was rung for: the notifier polls");
        }
        Ok(resent)
    };
    let written = in_own_task(write).await;
    written.unwrap_or_else(|e| Err(ResendError::Store(StoreError::Unreadable(e.to_string()))))
}
