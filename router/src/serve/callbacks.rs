//! One mail a day to the office while reporters wait for a call: the counter in the navigation is seen only by who is logged in.

use std::{sync::Arc, time::Duration};

use platform::{
    clock,
    run::telemetry::chain,
    store::{Router, Store},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// A call-back is no emergency: it is found within some minutes.
const EVERY: Duration = Duration::from_secs(300);

/// Runs until `stop`.
pub(super) async fn run(
    store: Store<Router>,
    county: String,
    notices: Arc<Notify>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    loop {
        match store.callbacks_tell(&county, clock::now()).await {
            Ok(true) => notices.notify_one(),
            Ok(false) => {}
            Err(e) => tracing::warn!(error = chain(&e), "the office was not told of call-backs"),
        }
        if stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none() {
            return Ok(());
        }
    }
}
