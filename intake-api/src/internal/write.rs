//! How a page of the internal side writes: in a task of its own, and with an answer that says what is known.

use std::{future::Future, time::Duration};

use super::error::PageError;

/// How long somebody waits for a write: longer than the longest statement, so that a server that runs gives its own answer.
const PATIENCE: Duration = Duration::from_secs(18);

/// Runs a write in a task of its own: a browser that hangs up must not stop it half way.
pub(crate) async fn detached<T, E>(write: impl Future<Output = Result<T, E>> + Send + 'static) -> Result<T, PageError>
where
    T: Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    match in_own_task(write).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(e)) => Err(PageError::undone(e)),
        Err(e) => Err(PageError::undone(e)),
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
