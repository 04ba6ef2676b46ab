//! PostgreSQL's voice in `/ready`: asked every few seconds by itself, whether or not anybody needs it just then.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{run::readiness::Part, store::probe};

/// With the time for an answer this stays below what an operator calls "at once".
const EVERY: Duration = Duration::from_secs(3);

/// Runs until `stop`.
pub async fn run(url: String, task: &'static str, part: Part, stop: CancellationToken) -> anyhow::Result<()> {
    let mut said: Option<String> = None;
    loop {
        // Dropped at stop: the connection is the question's own.
        let Some(answer) = stop.run_until_cancelled(probe(&url, task)).await else {
            return Ok(());
        };
        let wrong = answer.err();
        if wrong != said {
            match &wrong {
                Some(why) => warn!(why, "PostgreSQL is not fit for work"),
                None => info!("PostgreSQL is back"),
            }
            said.clone_from(&wrong);
        }
        match wrong {
            Some(why) => part.not_ready(why),
            None => part.ready(),
        }
        if stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none() {
            return Ok(());
        }
    }
}
