//! Stages that lost their turn ring again, and turns of stages that have ended go.

use super::*;

async fn turns(night: &Night) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM ring_turns WHERE stage_id = $1")
        .bind(night.stage)
        .fetch_one(&night.fixture.db)
        .await
        .expect("turns")
}

#[tokio::test]
async fn a_lost_turn_comes_back_and_nothing_is_rung_twice() {
    let night = Night::new().await;
    night.turn(night.at).await;
    let mend = async |at| night.router.ring_turns_mend("taihe", None, at).await.expect("a sweep");
    assert_eq!(mend(night.at).await.lost, 0, "nothing is lost");
    night
        .fixture
        .count("WITH gone AS (DELETE FROM ring_turns RETURNING 1) SELECT count(*) FROM gone")
        .await;
    let later = night.at + minutes(12);
    night.turn(later).await;
    assert!(night.calls(later).await.is_empty(), "it is silent");
    let mended = mend(later).await;
    assert!(mended.lost > 0 && mended.next.is_none(), "{mended:?}");
    night.turn(later).await;
    let calls = night.calls(later).await;
    assert!(calls.iter().any(|call| call.contains("dispatch:2")), "{calls:?}");
    assert!(!calls.iter().any(|call| call.contains("dispatch:0")), "{calls:?}");
    assert_eq!(mend(later).await.lost, 0);
}

#[tokio::test]
async fn one_that_was_answered_needs_none_until_its_next_level_and_one_that_ended_has_none() {
    let night = Night::new().await;
    night.turn(night.at).await;
    sqlx::query("UPDATE bells SET answered_at = $1, answered_by = (SELECT id FROM accounts WHERE login = 'li'), answered_how = 'digit'")
        .bind(night.at + minutes(1))
        .execute(&night.fixture.db)
        .await
        .expect("answered");
    night.turn(night.at + minutes(12)).await;
    let mended = night
        .router
        .ring_turns_mend("taihe", None, night.at + minutes(12))
        .await
        .expect("a sweep");
    assert_eq!(mended.lost, 0, "nobody is to be called");
    // The next level rings by itself, and the last one is repeated whoever answers.
    night.turn(night.at + minutes(200)).await;
    assert_eq!(turns(&night).await, 1);
    night.act("sign", night.at + minutes(201)).await;
    let mended = night
        .router
        .ring_turns_mend("taihe", None, night.at + minutes(202))
        .await
        .expect("a sweep");
    assert_eq!((mended.lost, mended.ended), (0, 1));
    assert_eq!(turns(&night).await, 0);
}
