//! The private listener of every service: `/live`, `/ready`, `/metrics`. Never reachable from outside the machine.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Router, http::StatusCode, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

use crate::run::{
    listener::{self, Door, Places},
    systemd::Systemd,
};

/// What each part says about itself: `None` when it is fit for work, else why not.
#[derive(Clone, Default)]
pub struct Readiness(Arc<Mutex<BTreeMap<&'static str, Option<String>>>>);

impl Readiness {
    /// Registers a part that is not ready yet.
    pub fn part(&self, name: &'static str) -> Part {
        let part = Part {
            name,
            all: self.clone(),
        };
        part.not_ready("starting");
        part
    }

    /// The parts that are not ready, `name: reason` each. Empty means ready.
    pub fn missing(&self) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .filter_map(|(name, why)| why.as_ref().map(|w| format!("{name}: {w}")))
            .collect()
    }
}

/// One part's voice in `/ready`.
#[derive(Clone)]
pub struct Part {
    name: &'static str,
    all: Readiness,
}

impl Part {
    /// This part works.
    pub fn ready(&self) {
        self.set(None);
    }

    /// This part does not work now; `why` holds no personal data.
    pub fn not_ready(&self, why: impl Into<String>) {
        self.set(Some(why.into()));
    }

    fn set(&self, state: Option<String>) {
        metrics::gauge!("shouwang_part_ready", "part" => self.name).set(if state.is_none() { 1.0 } else { 0.0 });
        self.all
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(self.name, state);
    }
}

/// Serves until `stop`, with connections of its own: whoever fills the others takes nothing from these.
pub async fn serve(
    addr: SocketAddr,
    readiness: Readiness,
    metrics: PrometheusHandle,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let (upkeep, seen) = (metrics.clone(), readiness.clone());
    let app = Router::new()
        .route("/live", get(|| async { "live\n" }))
        .route("/ready", get(async move || ready(&readiness)))
        .route("/metrics", get(move || async move { metrics.render() }));
    let door = Door {
        name: "private",
        key: "listen.private (SHOUWANG_PRIVATE_ADDR)",
        addr,
        places: Places {
            connections: listener::PRIVATE,
            per_address: listener::PRIVATE,
        },
    };
    let upkeep = async {
        let systemd = Systemd::from_env();
        systemd.up();
        let mut tick = tokio::time::interval(std::time::Duration::from_secs(5));
        loop {
            tick.tick().await;
            upkeep.run_upkeep();
            let missing = seen.missing();
            systemd.alive(&if missing.is_empty() {
                "ready".into()
            } else {
                missing.join("\n")
            });
        }
    };
    tokio::select! {
        ended = listener::serve(door, app, None, stop) => ended,
        () = upkeep => Ok(()),
    }
}

fn ready(readiness: &Readiness) -> (StatusCode, String) {
    let missing = readiness.missing();
    if missing.is_empty() {
        (StatusCode::OK, "ready\n".into())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, missing.join("\n") + "\n")
    }
}
