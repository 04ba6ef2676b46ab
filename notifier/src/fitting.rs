//! Whether the contact key is the one that sealed the telephones in this database, asked once before anything is called: with another
//! one every call would fail, and nobody would notice before a night.

use std::time::Duration;

use platform::{
    run::telemetry::chain,
    seal::ContactKey,
    store::{Notifier, Store},
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::debug;

/// Between tries while the database is away.
const AGAIN: Duration = Duration::from_secs(1);

/// Fails with a sentence that says what to do; waits for the database until `stop`.
pub(crate) async fn check(
    store: &Store<Notifier>,
    county: &str,
    contacts: &ContactKey,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    loop {
        match store.phone_newest(county).await {
            Ok(newest) => return contacts.fits(newest),
            Err(e) if e.is_passing() => debug!(error = chain(&e), "whether the contact key fits is not known yet"),
            Err(e) => return Err(e.into()),
        }
        if stop.run_until_cancelled(sleep(AGAIN)).await.is_none() {
            return Ok(());
        }
    }
}
