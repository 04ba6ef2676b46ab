//! The outbox in front of 200,000 reports: the relay's turn, and the router's past the broker.

use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    store::{Onward, REPORTS_COUNTED, Relay, ReportId, Router, Waits},
};
use sqlx::Executor;
use tests::{Fixture, backlog};
use uuid::Uuid;

use super::{Probe, WAITING, calm};

async fn full_outbox() -> (Fixture, DateTime<Utc>) {
    let fixture = calm().await;
    backlog::outbox(&fixture.db, WAITING).await;
    let now = clock::now();
    fixture
        .db
        .execute("VACUUM (PARALLEL 0, ANALYZE) outbox")
        .await
        .expect("a statement");
    (fixture, now)
}

/// One backlog for both.
#[tokio::test]
async fn a_turn_of_the_outbox_costs_what_is_due() {
    let (fixture, now) = full_outbox().await;
    the_relays_turn(&fixture, now).await;
    the_routers_turn_past_the_broker(&fixture, now).await;
}

async fn the_relays_turn(fixture: &Fixture, now: DateTime<Utc>) {
    let relay = Probe::<Relay>::new(fixture);
    let owner = Uuid::new_v4();
    let rows = relay
        .costs("a lease of 500", (3500, 12_000), async |store| {
            store.outbox_lease(owner, now, 500).await
        })
        .await;
    assert!(rows.len() == 500 && rows.iter().all(|row| !row.urgent));
    let ids: Vec<ReportId> = rows.iter().map(|row| row.report_id).collect();
    relay
        .costs("a mark", (2500, 12_000), async |store| {
            store.outbox_mark_published(owner, &ids, now).await
        })
        .await;
    let (waiting, oldest_s) = relay
        .costs("the gauge", (2 * REPORTS_COUNTED + 100, 5000), async |store| {
            store.outbox_depth(now).await
        })
        .await;
    assert_eq!(waiting, REPORTS_COUNTED, "a count stops");
    assert!(oldest_s > 1000.0, "{oldest_s}");
}

async fn the_routers_turn_past_the_broker(fixture: &Fixture, now: DateTime<Utc>) {
    let router = Probe::<Router>::new(fixture);
    let mut onward = Onward::default();
    let before = now - TimeDelta::days(1);
    let waits = |waiting| Waits {
        untouched: before,
        waiting,
    };
    let none = router
        .costs("a look past the broker that finds nothing", (100, 100), async |store| {
            store.outbox_take("taihe", now, waits(before), 100, &mut onward).await
        })
        .await;
    assert!(none.is_empty());
    let first = router
        .costs("100 past the broker", (1500, 4000), async |store| {
            store.outbox_take("taihe", now, waits(now), 100, &mut onward).await
        })
        .await;
    assert_eq!(first.len(), 100);
    let second = router
        .costs("the next 100, the first still in hand", (2000, 4500), async |store| {
            store.outbox_take("taihe", now, waits(now), 100, &mut onward).await
        })
        .await;
    assert!(
        second.len() == 100 && first.iter().all(|id| !second.contains(id)),
        "taken once"
    );
    let mut from_the_head = Onward::default();
    let later = now + TimeDelta::seconds(21);
    let again = router
        .store
        .outbox_take("taihe", later, waits(now), 100, &mut from_the_head);
    assert_eq!(
        again.await.expect("rows"),
        first,
        "a router that died holds them for 20 s"
    );
}
