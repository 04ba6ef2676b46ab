//! How a page of the internal side asks the database: writes in a task of their own, one answer when it is away.

use std::{future::Future, time::Duration};

use axum::response::{IntoResponse, Response};
use platform::{run::telemetry::chain, store::is_certain};
use tracing::error;

use super::page::problem;

/// How long somebody waits for a write: longer than the longest statement, so that a server that runs gives its own answer.
const PATIENCE: Duration = Duration::from_secs(18);

/// What a program is told when nobody knows whether its act was done.
pub(crate) const UNSURE: &str = "it is not known whether this was done: read it again before you send it once more";

/// Runs a write in a task of its own: a browser that hangs up must not stop it half way.
pub(crate) async fn detached<T, E>(write: impl Future<Output = Result<T, E>> + Send + 'static) -> Result<T, Response>
where
    T: Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    match in_own_task(write).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(e)) => Err(undone(&e)),
        Err(e) => Err(undone(&e)),
    }
}

/// Runs `write` in a task of its own and waits for it as long as an answer can still be given: a frozen database must not
/// leave somebody before a page that never ends. The write goes on. The outer error says that nothing is known.
pub(crate) async fn in_own_task<T: Send + 'static>(
    write: impl Future<Output = T> + Send + 'static,
) -> Result<T, Unanswered> {
    match tokio::time::timeout(PATIENCE, tokio::spawn(write)).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(e)) => Err(Unanswered::Ended(e)),
        Err(_) => Err(Unanswered::Late),
    }
}

/// Why nothing is known of a write.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    /// Its task ended early.
    #[error("a write ended early")]
    Ended(#[source] tokio::task::JoinError),
    /// It is still at it.
    #[error("a write was not answered in time")]
    Late,
}

/// A write that failed: nothing was done, or nobody knows. Logs once, here.
pub(crate) fn undone(e: &(dyn std::error::Error + 'static)) -> Response {
    let known = is_certain(e);
    error!(error = chain(e), known, "the database did not confirm a write");
    if known {
        problem::unavailable().into_response()
    } else {
        problem::unsure().into_response()
    }
}

/// As [`undone`], for a program.
pub(crate) fn api_undone(e: &(dyn std::error::Error + 'static)) -> Response {
    let known = is_certain(e);
    error!(error = chain(e), known, "the database did not confirm a write");
    problem::api(
        503,
        if known {
            "nothing was done; try again later"
        } else {
            UNSURE
        },
    )
}

/// What [`detached`] answered a page with, for a program.
pub(crate) fn api_of(page: &Response) -> Response {
    let unsure = page
        .extensions()
        .get::<problem::Shown>()
        .is_some_and(|shown| shown.title == problem::UNSURE);
    problem::api(
        503,
        if unsure {
            UNSURE
        } else {
            "nothing was done; try again later"
        },
    )
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
