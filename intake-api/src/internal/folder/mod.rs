//! What is written into the folders of units on closed networks (decision 62): a background part of this service, because it alone opens
//! reports.
//!
//! A version of a ticket is leased, read as its unit may have it at that moment, signed, encrypted to the unit's key and written under the
//! version's id: whoever is killed in between writes the same files again. What became of it is seen by looking ([`look`]): the gate takes
//! the files away, or leaves a name that ends in `.taken`.

mod disk;
mod look;
mod write;

use std::{path::PathBuf, time::Duration};

use platform::{
    clock,
    run::telemetry::chain,
    seal::FolderKey,
    store::{Onward, Relay, Store},
};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use uuid::Uuid;

use self::disk::Disk;
use super::Internal;

/// Looks for something to write this often while there was work, and slows down to the longest.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(1000);
/// Looks this often at what lies there.
const LOOK: Duration = Duration::from_secs(3);

/// Writes into folders.
pub(crate) struct Folders {
    store: Store<Relay>,
    internal: Internal,
    key: FolderKey,
    disk: Disk,
    /// By whom its leases are held.
    owner: Uuid,
}

impl Folders {
    pub(crate) fn new(store: Store<Relay>, internal: Internal, key: FolderKey, base: PathBuf) -> Self {
        Self {
            store,
            internal,
            key,
            disk: Disk::new(base),
            owner: Uuid::new_v4(),
        }
    }

    /// Runs until `stop`. What is under way then is finished.
    pub(crate) async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut onward = Onward::default();
        let (mut pause, mut look_at) = (SHORTEST_PAUSE, Instant::now());
        while !stop.is_cancelled() {
            let some = self.write_due(&mut onward, &stop).await.unwrap_or_else(|e| {
                debug!(error = chain(&e), "no files can be leased");
                false
            });
            if Instant::now() >= look_at {
                if let Err(e) = self.look().await {
                    warn!(error = chain(&e), "what lies in the folders is not known");
                }
                look_at = Instant::now() + LOOK;
            }
            pause = if some {
                SHORTEST_PAUSE
            } else {
                (pause * 2).min(LONGEST_PAUSE)
            };
            stop.run_until_cancelled(sleep(pause)).await;
        }
        Ok(())
    }

    /// What waits, for whoever watches.
    async fn gauges(&self) -> Result<(), platform::store::StoreError> {
        let (waiting, late, failing) = self.store.folder_depth(&self.internal.county, clock::now()).await?;
        metrics::gauge!("shouwang_folder_waiting").set(waiting as f64);
        metrics::gauge!("shouwang_folder_late").set(late as f64);
        metrics::gauge!("shouwang_folder_failing").set(failing as f64);
        Ok(())
    }
}
