//! Where nobody is on duty it falls at once: to the leader, to the office, to the telephones of the last resort.

use super::*;

#[tokio::test]
async fn a_unit_without_anybody_rings_the_offices_people() {
    let night = Night::without_people().await;
    night.officer("odu", "office", "office").await;
    night.turn(night.at).await;
    let calls = night.calls(night.at).await;
    assert_eq!(
        calls,
        [
            "odu desk dispatch:0",
            "odu mail dispatch:0",
            "odu sms dispatch:0",
            "odu voice dispatch:0"
        ]
    );
    let unit: String = sqlx::query_scalar("SELECT unit FROM calls WHERE channel = 'voice' LIMIT 1")
        .fetch_one(&night.fixture.db)
        .await
        .expect("a call");
    assert_eq!(unit, "office", "for whose duty the person is called");
}

#[tokio::test]
async fn where_nobody_has_a_telephone_the_last_resort_rings() {
    let night = Night::without_people().await;
    night.turn(night.at).await;
    let calls = night.calls(night.at).await;
    let phones = night.fixture.pack.last_resort().len();
    assert_eq!(calls.len(), 2 * phones, "{calls:?}");
    assert!(calls.iter().all(|call| call.starts_with("last-resort-")), "{calls:?}");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_its_own_units_hole() {
    let night = Night::new().await;
    sqlx::query("UPDATE roster_patterns SET weeks = '[{\"mon\": \"?\"}]' WHERE unit = $1")
        .bind(POLICE)
        .execute(&night.fixture.db)
        .await
        .expect("a broken row");
    let rung = night
        .router
        .ring_turn(&night.fixture.pack, night.at)
        .await
        .expect("it rings");
    let units: Vec<&str> = rung.unreadable.iter().map(|row| row.unit.as_str()).collect();
    assert_eq!(units, [POLICE]);
    let calls = night.calls(night.at).await;
    assert!(
        calls.iter().all(|call| call.starts_with("wang ")),
        "its leader stands in: {calls:?}"
    );
    assert_eq!(calls.len(), 4);
}
