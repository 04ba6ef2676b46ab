//! Several routers, a router that dies in its turn, and a row that can't be read.

use std::time::Duration;

use super::*;

/// Several calls of one ring, person and channel.
const DOUBLED: &str = "SELECT count(*) FROM (SELECT r.stage_id, r.due_generation, r.cause, r.ring, c.account_id, c.last_resort, c.channel
                       FROM call_rings r JOIN calls c ON c.id = r.call_id GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING count(*) > 1) d";
/// Bells that say more than calls were made for.
const MISSING: &str =
    "SELECT count(*) FROM bells b WHERE NOT EXISTS (SELECT FROM call_rings r WHERE r.stage_id = b.stage_id
                       AND r.due_generation = b.due_generation AND r.cause = b.cause AND r.ring = b.next_ring - 1)";

#[tokio::test]
async fn two_routers_at_once_double_nothing() {
    let night = Night::new().await;
    for _ in 0..20 {
        let report = night.fixture.stored(Sample::BruisesAtSchool).await;
        night.fixture.route(&report, night.at).await;
    }
    let other: Store<Router> = night.fixture.store_as();
    let ring = async |store: &Store<Router>| {
        let mut calls = 0;
        loop {
            let rung = store.ring_turn(&night.fixture.pack, night.at).await.expect("it rings");
            calls += rung.calls;
            if rung.stages == 0 && !rung.busy {
                return calls;
            }
        }
    };
    let (one, two) = tokio::join!(ring(&night.router), ring(&other));
    let all = night.fixture.count("SELECT count(*) FROM calls").await;
    assert_eq!(i64::try_from(one + two).expect("a number"), all);
    assert_eq!(night.fixture.count(DOUBLED).await, 0);
    assert_eq!(night.fixture.count(MISSING).await, 0);
    let numbers = "SELECT count(*) FROM calls c JOIN accounts a ON a.id = c.account_id WHERE a.login = 'li' AND c.channel = 'voice'";
    assert_eq!(
        night.fixture.count(numbers).await,
        1,
        "21 reports are one call with their number"
    );
    assert_eq!(night.fixture.count("SELECT max(waiting)::bigint FROM calls").await, 21);
}

#[tokio::test]
async fn a_router_that_dies_in_its_turn_loses_and_doubles_nothing() {
    let night = Night::new().await;
    for step in 0..40_u64 {
        // Somewhere between what is due and what is recorded: a future that is dropped is a connection that ends.
        let turn = night.router.ring_turn(&night.fixture.pack, night.at);
        let _ = tokio::time::timeout(Duration::from_micros(step * 400), turn).await;
    }
    loop {
        // The lock of a turn that was cut off goes with its transaction.
        let rung = night
            .router
            .ring_turn(&night.fixture.pack, night.at)
            .await
            .expect("it rings");
        if rung.stages == 0 && !rung.busy {
            break;
        }
    }
    assert_eq!(night.calls(night.at).await.len(), 4);
    assert_eq!(night.fixture.count(DOUBLED).await, 0);
    assert_eq!(night.fixture.count(MISSING).await, 0);
}

#[tokio::test]
async fn a_stage_that_cannot_be_read_stops_no_other() {
    let night = Night::new().await;
    let other = night.fixture.stored(Sample::BruisesAtSchool).await;
    night.fixture.route(&other, night.at).await;
    sqlx::query("UPDATE stages SET time_limit = 'soon' WHERE id = $1")
        .bind(night.stage)
        .execute(&night.fixture.db)
        .await
        .expect("a broken row");
    night.turn(night.at).await;
    assert!(night.calls(night.at).await.is_empty());
    let rest = "SELECT count(*) FROM calls c JOIN accounts a ON a.id = c.account_id WHERE a.login = 'li'";
    assert_eq!(
        night.fixture.count(rest).await,
        4,
        "the other report's police ticket rings"
    );
    let later: bool = sqlx::query_scalar("SELECT next_at = $2 FROM ring_turns WHERE stage_id = $1")
        .bind(night.stage)
        .bind(night.at + minutes(10))
        .fetch_one(&night.fixture.db)
        .await
        .expect("its turn");
    assert!(later, "and it is tried again");
}
