//! Past the broker: a report that has waited too long is routed from the database.
//!
//! RabbitMQ is a doorbell. When it is away, refuses a queue or has lost one in a crash, the bell does not ring, and a child
//! must not wait for a technician. The same code decides, the same primary key makes it happen once, and each report counts
//! as a suspect here, because its message may have been what crashed a router.

use std::time::Duration;

use chrono::TimeDelta;
use platform::{clock, telemetry::chain};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::route::Router;

/// How long the broker has. Many times the usual, far below the shortest limit (15 minutes).
const WAITED: TimeDelta = TimeDelta::seconds(30);
const EVERY: Duration = Duration::from_secs(5);
/// Reports of one turn; a longer backlog goes on at once.
const BATCH: u16 = 50;

/// Runs until `stop`.
pub(super) async fn run(router: Router, stop: CancellationToken) -> anyhow::Result<()> {
    loop {
        let routed = match turn(&router).await {
            Ok(routed) => routed,
            Err(e) => {
                warn!(error = chain(&e), "reports past the broker: the database is away");
                0
            }
        };
        if routed > 0 {
            metrics::counter!("shouwang_routed_past_broker_total").increment(routed as u64);
            warn!(
                routed,
                "the broker did not bring these reports in time: routed from the database"
            );
        }
        if routed < usize::from(BATCH) && stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none()
            || stop.is_cancelled()
        {
            return Ok(());
        }
    }
}

async fn turn(router: &Router) -> Result<usize, platform::store::StoreError> {
    let waiting = router
        .store()
        .outbox_waiting(clock::now() - WAITED, BATCH.into())
        .await?;
    for id in &waiting {
        router.route_suspect(*id).await?;
    }
    Ok(waiting.len())
}
