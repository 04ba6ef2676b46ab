//! The layer that counts what waits behind each link of the navigation: for pages, never for parts or files.
//!
//! Every count stops at a bound, so that a page costs the same whatever waits; the office's counts are the same for
//! everybody but the one of the rules, and are kept for a few seconds.

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use chrono::TimeDelta;
use platform::{
    clock,
    run::telemetry::chain,
    store::{DeskScope, OfficeCounts, Role, StoreError},
};
use tracing::warn;

use super::{Internal, auth::Actor, counts::Counts, duty};

/// Seconds for which the office's counts are kept.
const KEPT_SECONDS: i64 = 5;

/// The layer.
pub(crate) async fn layer(State(internal): State<Internal>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let page = *request.method() == Method::GET
        && !request.headers().contains_key("hx-request")
        && !["/api/", "/assets/"].iter().any(|part| path.starts_with(part));
    if page && let Some(actor) = request.extensions_mut().get_mut::<Actor>() {
        match counts(&internal, actor).await {
            Ok(counts) => actor.counts = counts,
            // The page itself says what is wrong; a link without a number is no reason to fail.
            Err(e) => warn!(error = chain(&e), "the navigation has no counts"),
        }
    }
    next.run(request).await
}

async fn counts(internal: &Internal, actor: &Actor) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    let units = actor.units(&[Role::Member, Role::Leader]);
    if !units.is_empty() {
        let scope = DeskScope::new(units);
        counts.desk = Some(internal.desk.desk_open(&scope, &internal.county).await?.0);
    }
    if actor.is(&[Role::Office, Role::Oversight]) {
        counts.office = Some(office(internal).await?);
    }
    if actor.is(&[Role::Office]) {
        let account = actor.person.account.id;
        counts.rules = Some(internal.board.rules_waiting(&internal.county, account).await?);
    }
    if actor.is(&[Role::Admin, Role::Office]) {
        let account = actor.person.account.id;
        let waiting = internal.people.grants_waiting(&internal.county, account, clock::now());
        counts.grants = Some(waiting.await?);
    }
    if actor.is(&[Role::Admin, Role::Office, Role::Leader]) {
        let led = actor.units(&[Role::Leader]);
        let units = (!actor.is(&[Role::Admin, Role::Office])).then_some(led.as_slice());
        let (county, account) = (&internal.county, actor.person.account.id);
        let waiting = internal
            .people
            .factor_resets_waiting(county, account, units, clock::now());
        counts.resets = Some(waiting.await?);
    }
    counts.duty = Some(duty::waiting(internal, actor, clock::now()).await?);
    Ok(counts)
}

async fn office(internal: &Internal) -> Result<OfficeCounts, StoreError> {
    let now = clock::now();
    let kept = internal.counted.lock().ok().and_then(|kept| *kept);
    if let Some((at, counts)) = kept
        && now - at < TimeDelta::seconds(KEPT_SECONDS)
    {
        return Ok(counts);
    }
    let counts = internal.board.office_counts(&internal.county, now).await?;
    if let Ok(mut kept) = internal.counted.lock() {
        *kept = Some((now, counts));
    }
    Ok(counts)
}
