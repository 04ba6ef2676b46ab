//! `/tickets/{id}` for somebody who works on another page: the address stands in mails and in what colleagues send each other,
//! so it leads the office to the board's page of that ticket and the leading group to its own.
//!
//! Whether there is such a ticket is left to that page: this one says nothing about it.

use axum::http::StatusCode;
use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use platform::store::Role;

use super::found::id_of;
use crate::internal::auth::Actor;

/// The layer around the page.
pub(super) async fn lead(request: Request, next: Next) -> Response {
    let id = request.uri().path().rsplit('/').next().and_then(id_of);
    let actor = request.extensions().get::<Actor>().cloned();
    let response = next.run(request).await;
    let (Some(actor), Some(id), StatusCode::NOT_FOUND) = (actor, id, response.status()) else {
        return response;
    };
    if actor.is(&[Role::Office, Role::Oversight]) {
        Redirect::to(&format!("/board/tickets/{id}")).into_response()
    } else if actor.is(&[Role::LeadingGroup]) {
        Redirect::to("/leading").into_response()
    } else {
        response
    }
}
