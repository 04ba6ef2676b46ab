//! One full turn of the clock: every stage that is due at a given time, and every decision on an opening that is overdue.

use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::store::{DrillTurned, PagesTurned, Router, Rung, Store, StoreError, Ticked};
use tracing::warn;

/// Turns until no stage is due at `at`. Ends, because a settled stage is due again only later than `at`.
pub(crate) async fn until_quiet(store: &Store<Router>, at: DateTime<Utc>) -> Result<Ticked, StoreError> {
    let mut sum = Ticked::default();
    // Openings that can't be told don't keep the stages from turning.
    let openings = loop {
        match store.openings_tell(at).await {
            Ok(0) => break Ok(()),
            Ok(told) => sum.sent += usize::try_from(told).unwrap_or_default(),
            Err(e) => break Err(e),
        }
    };
    loop {
        let turned = store.clock_turn(at).await?;
        if turned.stages == 0 {
            return openings.map(|()| sum);
        }
        sum.stages += turned.stages;
        sum.sent += turned.sent;
        sum.late += turned.late;
    }
}

/// Rings until no bell is due at `at`, or another router rings.
pub(crate) async fn rung_until_quiet(
    store: &Store<Router>,
    pack: &Pack,
    at: DateTime<Utc>,
) -> Result<Rung, StoreError> {
    let mut sum = Rung::default();
    // What a page did not show rings elsewhere in this turn; pages that can't be looked at keep no bell from ringing.
    let pages = store.duty_pages_turn(pack.county(), at).await;
    if let Ok(PagesTurned { lost, told, .. }) = pages
        && lost > 0
    {
        warn!(lost, told, "duty pages are heard of no more");
    }
    loop {
        let rung = store.ring_turn(pack, at).await?;
        if rung.busy || rung.stages == 0 {
            sum.busy = rung.busy;
            return pages.map(|_| sum);
        }
        sum.stages += rung.stages;
        sum.rings += rung.rings;
        sum.late += rung.late;
        sum.calls += rung.calls;
        sum.unreadable = rung.unreadable;
    }
}

/// Turns the drills until nothing of them is due at `at`, or another router does.
pub(crate) async fn drilled_until_quiet(
    store: &Store<Router>,
    pack: &Pack,
    at: DateTime<Utc>,
) -> Result<DrillTurned, StoreError> {
    let mut sum = DrillTurned::default();
    loop {
        let turned = store.drill_turn(pack, at).await?;
        if turned == DrillTurned::default() {
            return Ok(sum);
        }
        sum.begun += turned.begun;
        sum.calls += turned.calls;
    }
}
