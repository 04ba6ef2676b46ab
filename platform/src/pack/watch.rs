//! The county pack in force, kept fresh: every few seconds the versions are asked for, and a change is read and swapped in.

use std::{sync::Arc, time::Duration};

use casework::pack::Pack;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::{
    clock,
    run::readiness::Part,
    store::{Login, Store, StoreError},
};

/// How soon a loaded pack reaches every service.
const EVERY: Duration = Duration::from_secs(3);

/// A pack with its versions.
#[derive(Debug)]
pub struct LoadedPack {
    /// The pack; cloning it is cheap.
    pub pack: Arc<Pack>,
    /// Version of the pack.
    pub version: i32,
    /// Version of the rule set in force.
    pub rule_set: i32,
}

/// Gives the pack in force; cloning is cheap.
#[derive(Clone, Debug)]
pub struct PackWatch(watch::Receiver<Arc<LoadedPack>>);

impl PackWatch {
    /// The pack at this moment. Hold it for one decision, not longer.
    pub fn current(&self) -> Arc<LoadedPack> {
        self.0.borrow().clone()
    }

    /// Waits until a pack is there (the first start may come before `pack load`), then returns the watch and the part that
    /// keeps it fresh. `None` when `stop` came first.
    pub async fn start(
        store: Store<impl Login>,
        county: String,
        part: Part,
        stop: CancellationToken,
    ) -> Option<(Self, impl Future<Output = anyhow::Result<()>> + Send + 'static)> {
        let first = loop {
            match read(&store, &county).await {
                Ok(Some(loaded)) => break loaded,
                Ok(None) => part.not_ready(format!(
                    "no pack of county {county} is loaded: run `intake-api pack load counties/{county}`"
                )),
                Err(e) => part.not_ready(unreadable(&e)),
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(500)) => {}
                () = stop.cancelled() => return None,
            }
        };
        part.ready();
        info!(
            county,
            version = first.version,
            rule_set = first.rule_set,
            "pack in force"
        );
        let (send, receive) = watch::channel(Arc::new(first));
        let keep = async move {
            let mut pause = Duration::ZERO;
            while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
                pause = refresh(&store, &county, &send).await;
            }
            Ok(())
        };
        Some((Self(receive), keep))
    }
}

/// Swaps in a newer pack and says when to look again: sooner where approved rules take over before that. A failure keeps
/// the old one, which is still the best there is.
async fn refresh(store: &Store<impl Login>, county: &str, send: &watch::Sender<Arc<LoadedPack>>) -> Duration {
    let held = send.borrow().clone();
    let now = clock::now();
    let versions = match store.pack_versions(county, now).await {
        Ok(Some(versions)) => versions,
        Ok(None) => return EVERY,
        Err(e) => {
            warn!(
                error = crate::run::telemetry::chain(&e),
                "can't ask for the pack's version"
            );
            return EVERY;
        }
    };
    if (versions.pack, versions.rule_set) != (held.version, held.rule_set) {
        match read(store, county).await {
            Ok(Some(loaded)) => {
                info!(
                    county,
                    version = loaded.version,
                    rule_set = loaded.rule_set,
                    "pack in force"
                );
                send.send_replace(Arc::new(loaded));
            }
            Ok(None) => {}
            Err(e) => error!(
                error = format!("{e:#}"),
                "the new pack can't be read: the old one stays"
            ),
        }
    }
    let next = versions.until.and_then(|until| (until - now).to_std().ok());
    next.map_or(EVERY, |next| next.min(EVERY))
}

/// Why the first pack is not there: the database's trouble by its advice, else what is wrong with the stored pack.
fn unreadable(error: &anyhow::Error) -> String {
    match error.downcast_ref::<StoreError>() {
        Some(database) => database.advice(),
        None => format!("the pack can't be read: {error:#}"),
    }
}

/// Reads the pack in force once, for commands.
pub async fn read(store: &Store<impl Login>, county: &str) -> anyhow::Result<Option<LoadedPack>> {
    let Some(active) = store.pack_active(county, clock::now()).await? else {
        return Ok(None);
    };
    let pack = Pack::read(&active.files).map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        anyhow::anyhow!("the stored pack has {} problems, the first: {first}", problems.len())
    })?;
    Ok(Some(LoadedPack {
        pack: Arc::new(pack),
        version: active.versions.pack,
        rule_set: active.versions.rule_set,
    }))
}
