//! The door for providers' callbacks: `POST /gateways/NAME/SECRET`. A listener of its own, off unless it is set; put a proxy with TLS
//! before it. What does not prove that it is the provider's is refused and counted, and says nothing of what is here.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use platform::{
    gateway::Gateways,
    run::listener::{self, Door, PRIVATE, Places},
};
use tokio_util::sync::CancellationToken;

use super::receiver::{Receiver, Taken};

/// A callback with a hundred receipts is a tenth of it.
const LARGEST_BYTES: usize = 256 * 1024;

#[derive(Clone)]
struct Shared {
    receiver: Receiver,
    gateways: Gateways,
}

/// Serves until `stop`.
pub(crate) async fn serve(
    addr: SocketAddr,
    receiver: Receiver,
    gateways: Gateways,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let door = Door {
        name: "gateways",
        key: "gateways.listen (SHOUWANG_GATEWAY_LISTEN)",
        addr,
        places: Places {
            connections: PRIVATE,
            per_address: PRIVATE,
        },
    };
    listener::serve(door, routes(receiver, gateways), None, stop).await
}

fn routes(receiver: Receiver, gateways: Gateways) -> Router {
    let unsecret = post(async |state, Path(name): Path<String>, headers, body| {
        callback(state, (name, String::new()), headers, body).await
    });
    let secret = post(async |state, Path(path): Path<(String, String)>, headers, body| {
        callback(state, path, headers, body).await
    });
    Router::new()
        .route("/gateways/{name}", unsecret)
        .route("/gateways/{name}/{secret}", secret)
        .layer(DefaultBodyLimit::max(LARGEST_BYTES))
        .with_state(Shared { receiver, gateways })
}

async fn callback(
    State(shared): State<Shared>,
    (name, secret): (String, String),
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let signature = |header: &str| headers.get(header)?.to_str().ok().map(str::to_owned);
    let gateway = shared.gateways.named(&name);
    let heard = gateway.and_then(|gateway| gateway.heard(&secret, signature, &body));
    let (Some(gateway), Some(heard)) = (gateway, heard) else {
        metrics::counter!("shouwang_receipts_refused_total").increment(1);
        tracing::warn!("a callback was refused: its secret, its signature or its form is not that of a gateway");
        return StatusCode::FORBIDDEN.into_response();
    };
    let mut worst: Option<Taken> = None;
    for heard in heard {
        let taken = shared.receiver.take(&name, heard).await;
        worst = Some(worst.map_or(taken, |known| known.min(taken)));
    }
    match worst {
        // It comes again, by when we are back, or by when the sending is recorded.
        Some(Taken::Away) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some(Taken::Unknown) => StatusCode::NOT_FOUND.into_response(),
        Some(Taken::Before | Taken::Now) | None => {
            let json = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
            (json, gateway.thanks()).into_response()
        }
    }
}
