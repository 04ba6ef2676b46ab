//! The longest that an officer's page may take. Where PostgreSQL hangs, a browser would else turn for ever, and its request with it.

use std::time::Duration;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::page::problem;

/// Longer than any statement of ours may run.
const PATIENCE: Duration = Duration::from_secs(20);

/// The layer. What is written runs in a task of its own and is not stopped, so the words claim nothing of it.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let is_program = request.uri().path().starts_with("/api/");
    let only_reads = request.method().is_safe();
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) if is_program && only_reads => problem::api(503, "try again later"),
        Err(_) if is_program => problem::api(503, "not answered in time: it may have been done or not"),
        Err(_) if only_reads => problem::unavailable().into_response(),
        Err(_) => problem::unsure().into_response(),
    }
}
