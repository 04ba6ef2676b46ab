//! 点验: begins the drills that are due, rings their bells and ends them, with the same pack as the ringing.

use std::{sync::Arc, time::Duration};

use platform::{
    clock,
    pack::watch::PackWatch,
    run::telemetry::chain,
    store::{Router, Store, StoreError},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Longest sleep: one that the office repeats begins within it.
const LONGEST: Duration = Duration::from_secs(5);
/// The shortest, while another router's turn lasts.
const SHORTEST: Duration = Duration::from_millis(200);

/// Runs until `stop`.
pub(super) async fn run(
    store: Store<Router>,
    pack: PackWatch,
    calls: Arc<Notify>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    loop {
        let sleep = match turn(&store, &pack, &calls).await {
            Ok(sleep) => sleep,
            Err(e) => {
                warn!(error = chain(&e), "the drills can't turn");
                LONGEST
            }
        };
        if stop.run_until_cancelled(tokio::time::sleep(sleep)).await.is_none() {
            return Ok(());
        }
    }
}

/// What is due now, and how long to sleep.
async fn turn(store: &Store<Router>, pack: &PackWatch, calls: &Notify) -> Result<Duration, StoreError> {
    let pack = pack.current().pack.clone();
    let turned = crate::tick::drilled_until_quiet(store, &pack, clock::now()).await?;
    if turned.begun > 0 || turned.calls > 0 {
        metrics::counter!("shouwang_drills_begun_total").increment(turned.begun as u64);
        info!(begun = turned.begun, calls = turned.calls, "drills turned");
        calls.notify_one();
    }
    let next = store.drill_next(pack.county()).await?;
    Ok(next.map_or(LONGEST, |at| {
        (at - clock::now())
            .to_std()
            .unwrap_or_default()
            .clamp(SHORTEST, LONGEST)
    }))
}
