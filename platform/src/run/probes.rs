//! The private listener of every service: `/live`, `/ready`, `/metrics`. Never reachable from outside the machine.

use std::net::SocketAddr;

use axum::{Router, http::StatusCode, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

use crate::run::{
    listener::{self, Door, Places},
    readiness::Readiness,
    systemd::Systemd,
};

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
