//! Rosters: once a day holes of the days to come are told by mail. And what was bought of a provider, where it ends.

use std::{sync::Arc, time::Duration};

use platform::{
    clock,
    pack::watch::PackWatch,
    run::telemetry::chain,
    store::{Router, Store},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether the day's mails are due. A router that just started looks only then: people and rosters of a
/// county that is being set up are there by that time.
const EVERY: Duration = Duration::from_secs(300);

/// Runs until `stop`.
pub(super) async fn run(
    store: Store<Router>,
    pack: PackWatch,
    notices: Arc<Notify>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    while stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        let pack = pack.current().pack.clone();
        match store.duty_tell(&pack, clock::now()).await {
            Ok(0) => {}
            Ok(mails) => {
                tracing::info!(mails, "holes of rosters were told by mail");
                notices.notify_one();
            }
            Err(e) => tracing::warn!(error = chain(&e), "holes of rosters were not told"),
        }
        match store.gateways_warn(pack.county(), clock::now()).await {
            Ok(0) => {}
            Ok(mails) => {
                tracing::info!(mails, "quotas that end were told by mail");
                notices.notify_one();
            }
            Err(e) => tracing::warn!(error = chain(&e), "quotas that end were not told"),
        }
    }
    Ok(())
}
