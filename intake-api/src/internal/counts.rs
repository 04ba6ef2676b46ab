//! How much waits behind each link of the navigation: a layer that counts for pages, never for parts or files.
//!
//! Every count stops at a bound, so that a page costs the same whatever waits; the office's counts are the same for
//! everybody but the one of the rules, and are kept for a few seconds.

use std::sync::{Arc, Mutex};

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    run::telemetry::chain,
    store::{DeskScope, OfficeCounts, StoreError},
};
use tracing::warn;

use super::{Internal, auth::Actor};

/// A count beyond this says nothing more.
const MOST: i64 = 999;

/// Seconds for which the office's counts are kept.
const KEPT_SECONDS: i64 = 5;

/// The office's counts and when they were made.
pub(crate) type Counted = Arc<Mutex<Option<(DateTime<Utc>, OfficeCounts)>>>;

/// What waits, as far as it was counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    desk: Option<i64>,
    office: Option<OfficeCounts>,
    rules: Option<i64>,
    grants: Option<i64>,
    resets: Option<i64>,
}

impl Counts {
    /// The count of a link; nothing where nothing waits or nothing was counted.
    pub(crate) fn of(&self, path: &str) -> Option<String> {
        let office = |pick: fn(&OfficeCounts) -> i64| self.office.as_ref().map(pick);
        let count = match path {
            "/desk" => self.desk,
            "/board" => office(|o| o.overdue),
            "/triage" => office(|o| o.triage),
            "/callbacks" => office(|o| o.callbacks),
            "/closings" => office(|o| o.closings),
            "/openings" => office(|o| o.openings),
            "/rules" => self.rules,
            "/grants" => self.grants,
            "/factor-resets" => self.resets,
            _ => None,
        }?;
        match count {
            ..=0 => None,
            count if count > MOST => Some(format!("{MOST}+")),
            count => Some(count.to_string()),
        }
    }
}

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
    let units = actor.units(&["member", "leader"]);
    if !units.is_empty() {
        let scope = DeskScope::new(units);
        counts.desk = Some(internal.desk.desk_open(&scope, &internal.county).await?.0);
    }
    if actor.is(&["office", "oversight"]) {
        counts.office = Some(office(internal).await?);
    }
    if actor.is(&["office"]) {
        let account = actor.person.account.id;
        counts.rules = Some(internal.board.rules_waiting(&internal.county, account).await?);
    }
    if actor.is(&["admin", "office"]) {
        let account = actor.person.account.id;
        let waiting = internal.people.grants_waiting(&internal.county, account, clock::now());
        counts.grants = Some(waiting.await?);
    }
    if actor.is(&["admin", "office", "leader"]) {
        let led = actor.units(&["leader"]);
        let units = (!actor.is(&["admin", "office"])).then_some(led.as_slice());
        let (county, account) = (&internal.county, actor.person.account.id);
        let waiting = internal
            .people
            .factor_resets_waiting(county, account, units, clock::now());
        counts.resets = Some(waiting.await?);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_waiting_says_nothing() {
        let counts = Counts {
            desk: Some(3),
            office: Some(OfficeCounts {
                overdue: 1001,
                triage: 0,
                callbacks: 12,
                closings: 0,
                openings: 0,
            }),
            rules: None,
            grants: Some(1),
            resets: Some(2),
        };
        let said = [
            "/desk",
            "/board",
            "/triage",
            "/callbacks",
            "/rules",
            "/people",
            "/grants",
            "/factor-resets",
        ]
        .map(|path| counts.of(path));
        assert_eq!(
            said,
            [
                Some("3".into()),
                Some("999+".into()),
                None,
                Some("12".into()),
                None,
                None,
                Some("1".into()),
                Some("2".into())
            ]
        );
    }
}
