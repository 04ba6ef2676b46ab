//! After an outage: one ring for all that was missed, marked as the system's delay.

use super::*;

#[tokio::test]
async fn three_hours_are_one_ring_that_says_so() {
    let night = Night::new().await;
    let back = night.at + TimeDelta::hours(3);
    // Without its levels, which ring for themselves.
    let rung = night
        .router
        .ring_turn(&night.fixture.pack, back)
        .await
        .expect("it rings");
    assert!(rung.rings >= 1 && rung.late == rung.rings, "{rung:?}");
    let calls = night.calls(back).await;
    let said: Vec<&str> = calls.iter().map(String::as_str).collect();
    // 10 minutes after the start the third, then every 10 minutes: the one of 06:00 is number 19.
    let all = ["li", "wang", "zhao"]
        .map(|name| ["desk", "mail", "sms", "voice"].map(|by| format!("{name} {by} dispatch:19")));
    assert_eq!(said, all.as_flattened(), "all people and channels of the missed steps");
    let (first, late): (i32, bool) = sqlx::query_as(
        "SELECT min(r.first_ring), bool_and(c.system_late) FROM call_rings r JOIN calls c ON c.id = r.call_id WHERE r.stage_id = $1",
    )
    .bind(night.stage)
    .fetch_one(&night.fixture.db)
    .await
    .expect("rings");
    assert_eq!((first, late), (0, true));
    let next: DateTime<Utc> = sqlx::query_scalar("SELECT next_at FROM ring_turns WHERE stage_id = $1")
        .bind(night.stage)
        .fetch_one(&night.fixture.db)
        .await
        .expect("its turn");
    assert_eq!(next, back + minutes(10), "then by its own times");
}
