//! The clock: sleeps until the earliest due step, wakes when stages change, and shares the work with every other router.

use std::{sync::Arc, time::Duration};

use platform::{
    clock,
    run::{readiness::Part, telemetry::chain},
    store::{Router, Store, StoreError, Ticked},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Longest sleep: another router may have started a stage that is due sooner, and `/ready` must not say "away" for longer.
const LONGEST: Duration = Duration::from_secs(5);
const DATABASE_PAUSE: Duration = Duration::from_secs(1);

/// Runs until `stop`.
pub(super) async fn run(
    store: Store<Router>,
    stages: Arc<Notify>,
    (notices, bells): (Arc<Notify>, Arc<Notify>),
    part: Part,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    loop {
        let sleep = match turn_all(&store).await {
            Ok(ticked) => {
                part.ready();
                // New stages ring, and so does each level.
                bells.notify_one();
                if ticked.sent > 0 {
                    notices.notify_one();
                }
                next_sleep(&store).await
            }
            Err(e) => {
                part.not_ready(e.advice());
                warn!(error = chain(&e), "the clock can't turn");
                DATABASE_PAUSE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(sleep) => {}
            () = stages.notified() => {}
            () = stop.cancelled() => return Ok(()),
        }
    }
}

/// Settles everything that is due by now.
async fn turn_all(store: &Store<Router>) -> Result<Ticked, StoreError> {
    let ticked = crate::tick::until_quiet(store, clock::now()).await?;
    if ticked.sent > 0 {
        metrics::counter!("shouwang_escalation_steps_total").increment(ticked.sent as u64);
        metrics::counter!("shouwang_escalation_steps_late_total").increment(ticked.late as u64);
        info!(sent = ticked.sent, late = ticked.late, "escalation steps sent");
    }
    Ok(ticked)
}

async fn next_sleep(store: &Store<Router>) -> Duration {
    match store.clock_next().await {
        Ok(Some(at)) => (at - clock::now()).to_std().unwrap_or_default().min(LONGEST),
        Ok(None) => LONGEST,
        Err(_) => DATABASE_PAUSE,
    }
}
