//! One row that can't be read in the middle of a turn: the others of the turn are done, and it is looked at again later.

use chrono::TimeDelta;
use platform::clock;
use platform::store::Router;
use tests::{Fixture, Sample};

#[tokio::test]
async fn a_stage_that_cannot_be_settled_stops_no_other() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    for _ in 0..3 {
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, now).await;
    }
    let later = now + TimeDelta::days(1);
    let due: Vec<i64> = sqlx::query_scalar("SELECT id FROM stages WHERE next_at <= $1 ORDER BY next_at, id")
        .bind(later)
        .fetch_all(&fixture.db)
        .await
        .unwrap();
    assert!(due.len() >= 3, "{due:?}");
    let poisoned = due[due.len() / 2];
    sqlx::query("UPDATE stages SET plan = '[{\"at\": \"never\"}]' WHERE id = $1")
        .bind(poisoned)
        .execute(&fixture.db)
        .await
        .unwrap();
    let router = fixture.store_as::<Router>();
    let mut looked_at = 0;
    loop {
        let ticked = router.clock_turn(later).await.unwrap();
        if ticked.stages == 0 {
            break;
        }
        looked_at += ticked.stages;
        assert!(looked_at < 1000, "the turn ends");
    }
    let sent: Vec<i64> =
        sqlx::query_scalar("SELECT DISTINCT stage_id FROM escalation_steps WHERE sent_at = $1 ORDER BY stage_id")
            .bind(later)
            .fetch_all(&fixture.db)
            .await
            .unwrap();
    let mut others: Vec<i64> = due.iter().copied().filter(|id| *id != poisoned).collect();
    others.sort_unstable();
    assert_eq!(sent, others, "every other stage has taken its step");
    let again: bool = sqlx::query_scalar("SELECT next_at > $2 FROM stages WHERE id = $1")
        .bind(poisoned)
        .bind(later)
        .fetch_one(&fixture.db)
        .await
        .unwrap();
    assert!(again, "and it is tried again later");
}
