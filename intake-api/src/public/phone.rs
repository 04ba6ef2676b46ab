//! The office's telephone on every page: the duty phone that the county's people keep for the office's unit, else the one that
//! the pack gives. Where neither is known no page mentions a telephone.

use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

use platform::{
    run::telemetry::chain,
    store::{Intake, Store},
};
use tokio_util::sync::CancellationToken;

/// A number that was mended is on the pages after this at the latest.
const FRESH: Duration = Duration::from_secs(30);

/// What is known: the number as it was typed, and whether the office's contacts are an example that nobody has confirmed.
type Known = (Option<String>, bool);

/// The last known number; cloning is cheap.
#[derive(Clone, Debug, Default)]
pub(crate) struct OfficePhone(Arc<RwLock<Known>>);

impl OfficePhone {
    /// As it was typed, and whether it is an example.
    pub(super) fn get(&self) -> Known {
        self.0.read().map_or((None, true), |known| known.clone())
    }

    fn set(&self, phone: Known) {
        if let Ok(mut known) = self.0.write() {
            *known = phone;
        }
    }

    /// Keeps it fresh until the end. While the database is away the last known number stays.
    pub(crate) async fn run(self, store: Store<Intake>, county: String, stop: CancellationToken) -> anyhow::Result<()> {
        loop {
            match store.office_phone(&county).await {
                Ok(phone) => self.set(phone),
                Err(error) => tracing::warn!(error = chain(&error), "the office's phone was not read"),
            }
            if stop.run_until_cancelled(tokio::time::sleep(FRESH)).await.is_none() {
                return Ok(());
            }
        }
    }
}
