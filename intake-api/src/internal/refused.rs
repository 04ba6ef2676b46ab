//! Whoever is turned away leaves a line: who, from where, at which door. Kept for 90 days, counted for the metrics.
//!
//! What is not there and what is not theirs answer alike (404), so both are kept: whoever tries numbers is seen by it. Pages that
//! are no door of ours, files of the pages and people without a session are not: nothing was refused to them.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, OnceLock},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use platform::{
    clock,
    run::telemetry::chain,
    store::{Access, AccessKind, Detail, StoreError, act_detail::TurnedAway},
};
use tracing::warn;

use super::{Internal, auth::Actor};
use crate::web::peer;

/// Longest path that a line keeps.
const PATH: usize = 120;

/// Which door it was, written by the route that the request came to: an extension of the request, because a refused form's answer
/// is made anew on its way out (`kept`).
#[derive(Clone, Default)]
struct Door(Arc<OnceLock<String>>);

/// The layer of each route: says which one it is.
pub(super) async fn door(request: Request, next: Next) -> Response {
    if let (Some(door), Some(path)) = (
        request.extensions().get::<Door>(),
        request.extensions().get::<MatchedPath>(),
    ) {
        door.0.get_or_init(|| format!("{} {}", request.method(), path.as_str()));
    }
    next.run(request).await
}

/// The layer around all of them.
pub(super) async fn layer(State(internal): State<Internal>, mut request: Request, next: Next) -> Response {
    let account = request.extensions().get::<Actor>().map(|a| a.person.account.id);
    let trusted = internal.rules.trust_forwarded;
    // Without a known peer it is nowhere, and still a line.
    let address = peer::counted(request.extensions(), request.headers(), trusted);
    let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let path: String = request.uri().path().chars().take(PATH).collect();
    let method = request.method().clone();
    let door = Door::default();
    request.extensions_mut().insert(door.clone());
    let answer = next.run(request).await;
    let door = door.0.get().cloned();
    let status = answer.status();
    let turned_away = match status {
        StatusCode::FORBIDDEN => true,
        StatusCode::NOT_FOUND => door.is_some() && account.is_some() && !path.starts_with("/assets/"),
        _ => false,
    };
    if turned_away {
        let door = door.unwrap_or_else(|| format!("{method} /{}", path.split('/').nth(1).unwrap_or_default()));
        record(
            &internal,
            Access {
                county: "",
                at: clock::now(),
                kind: AccessKind::Refused,
                account,
                login: None,
                address,
                door: "",
                detail: Detail::of(&TurnedAway {
                    status: status.as_u16(),
                    path,
                }),
            },
            door,
        )
        .await;
    }
    answer
}

/// Records somebody at a door, in a task of its own, and counts it. That it can't be recorded is logged and refuses nothing.
pub(crate) async fn record(internal: &Internal, access: Access<'static>, door: String) {
    metrics::counter!("shouwang_access_total", "kind" => access.kind.as_str()).increment(1);
    let (people, county) = (internal.people.clone(), internal.county.clone());
    let done = tokio::spawn(async move {
        let access = Access {
            county: &county,
            door: &door,
            ..access
        };
        people.access_record(&access).await?;
        Ok::<_, StoreError>(())
    });
    match done.await {
        Ok(Ok(())) => {}
        Ok(Err(e)) => warn!(error = chain(&e), "a refusal or a login was not recorded"),
        Err(e) => warn!(error = chain(&e), "a refusal or a login was not recorded"),
    }
}
