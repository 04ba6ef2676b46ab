//! How a page of the internal side asks the database: writes in a task of their own, one answer when it is away.

use std::future::Future;

use axum::response::{IntoResponse, Response};
use platform::telemetry::chain;
use tracing::error;

use super::page::problem;

/// Runs a write in a task of its own: a browser that hangs up must not stop it half way.
pub(crate) async fn detached<T, E>(write: impl Future<Output = Result<T, E>> + Send + 'static) -> Result<T, Response>
where
    T: Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    match tokio::spawn(write).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(e)) => Err(unavailable(&e)),
        Err(e) => Err(unavailable(&e)),
    }
}

/// Logs once, here, and answers with constant words.
pub(crate) fn unavailable(e: &(dyn std::error::Error + 'static)) -> Response {
    error!(error = chain(e), "the database can't be read or written");
    problem::unavailable().into_response()
}

/// As [`unavailable`], for a program.
pub(crate) fn api_unavailable(e: &(dyn std::error::Error + 'static)) -> Response {
    error!(error = chain(e), "the database can't be read or written");
    problem::api(503, "try again later")
}
