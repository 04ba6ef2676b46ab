//! Group chats and units' own systems beside the ringing: told of each event once, in the transaction of it, and counted as nobody.

use platform::store::{AnsweredHow, BellAnswer, Office};

use super::*;

/// A robot of the police's group and its own system.
async fn outlets(night: &Night) {
    let admin = night.officer("adm", "office", "admin").await;
    sqlx::query(
        "INSERT INTO outlets (id, county, unit, kind, gateway, url, secret, made_at, made_by)
         VALUES (gen_random_uuid(), 'taihe', $1, 'robot', 'g', NULL, NULL, $2, NULL),
                (gen_random_uuid(), 'taihe', $1, 'webhook', NULL, 'https://oa.example/', '\\x01', $2, $3)",
    )
    .bind(POLICE)
    .bind(night.at)
    .bind(admin)
    .execute(&night.fixture.db)
    .await
    .expect("outlets");
}

/// `robot rung`, `webhook rung` … of the police ticket, each as often as it is queued.
async fn posts(night: &Night) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT o.kind || ' ' || p.event FROM posts p JOIN outlets o ON o.id = p.outlet_id WHERE p.ticket_id = $1 ORDER BY 1",
    )
    .bind(night.ticket)
    .fetch_all(&night.fixture.db)
    .await
    .expect("posts")
}

/// What an act leaves: the state of the ticket, and its line.
async fn act(night: &Night, change: &'static str, kind: &str, at: DateTime<Utc>) {
    let mut tx = night.fixture.db.begin().await.expect("a transaction");
    let changed = sqlx::query(change).bind(night.ticket).bind(at).execute(&mut *tx);
    changed.await.expect("the change");
    sqlx::query(
        "INSERT INTO events (at, report_id, ticket_id, kind, actor) SELECT $2, report_id, id, $3, 'a' FROM tickets WHERE id = $1",
    )
    .bind(night.ticket)
    .bind(at)
    .bind(kind)
    .execute(&mut *tx)
    .await
    .expect("the line");
    tx.commit().await.expect("the act");
}

#[tokio::test]
async fn a_robot_spares_no_call() {
    let (alone, told) = (Night::new().await, Night::new().await);
    outlets(&told).await;
    for at in [0, 5, 10].map(|after| alone.at + minutes(after)) {
        alone.turn(at).await;
        told.turn(at).await;
        assert_eq!(told.calls(at).await, alone.calls(at).await, "{at}");
        sqlx::query("UPDATE posts SET state = 'sent', finished_at = $1 WHERE state = 'queued'")
            .bind(at)
            .execute(&told.fixture.db)
            .await
            .expect("they are taken");
    }
    let three = [
        "robot rung",
        "robot rung",
        "robot rung",
        "webhook rung",
        "webhook rung",
        "webhook rung",
    ];
    assert_eq!(
        posts(&told).await,
        three,
        "each ring once, however many people and channels"
    );
    assert!(posts(&alone).await.is_empty());
    let steps = "SELECT count(*) FROM call_steps WHERE step IN ('delivered', 'acknowledged')";
    assert_eq!(told.fixture.count(steps).await, 0, "nobody was reached by it");
}

#[tokio::test]
async fn a_units_own_system_is_told_of_each_event_once() {
    let night = Night::new().await;
    outlets(&night).await;
    let second = night.fixture.stored(Sample::BruisesAtSchool).await;
    night.fixture.route(&second, night.at).await;
    let dispatched = "SELECT count(*) FROM posts p JOIN outlets o ON o.id = p.outlet_id WHERE p.event = 'dispatched' AND o.kind = 'webhook'";
    let tickets = "SELECT count(*) FROM tickets WHERE unit = 'pol-341222101'";
    assert_eq!(
        night.fixture.count(dispatched).await * 2,
        night.fixture.count(tickets).await,
        "the tickets of the second report, which came after it was set"
    );
    night.turn(night.at).await;
    let call = night.call("li", "voice").await;
    let li = night.account("li").await;
    let answer = BellAnswer {
        by: li,
        how: AnsweredHow::Digit,
        recorded_by: None,
        at: night.at + minutes(1),
    };
    let office = night.fixture.store_as::<Office>();
    for _ in 0..2 {
        office.bell_answer(&[call], answer).await.expect("an answer");
    }
    // The first level, and nothing of a robot: it is told of rings alone.
    let mut at = night.at;
    while !posts(&night).await.contains(&"webhook escalated".to_owned()) {
        at += minutes(5);
        assert!(at < night.at + minutes(600), "a level is sent in ten hours");
        night.turn(at).await;
    }
    act(
        &night,
        "UPDATE tickets SET state = 'signed', signed_at = $2, signed_by = 'a' WHERE id = $1",
        "signed",
        at + minutes(1),
    )
    .await;
    act(
        &night,
        "UPDATE tickets SET state = 'close-requested', close_outcome = 'handled', close_by = 'unit', close_requested_at = $2,
             close_requested_by = 'a' WHERE id = $1",
        "close-requested",
        at + minutes(2),
    )
    .await;
    act(
        &night,
        "UPDATE tickets SET state = 'resolved', resolved_at = $2, resolved_by = 'a', close_outcome = NULL, close_by = NULL,
             close_requested_at = NULL, close_requested_by = NULL WHERE id = $1",
        "close-confirmed",
        at + minutes(3),
    )
    .await;
    act(
        &night,
        "UPDATE tickets SET state = 'reopened', resolved_at = NULL, resolved_by = NULL WHERE id = $1 AND $2 > dispatched_at",
        "reopened",
        at + minutes(4),
    )
    .await;
    let found = posts(&night).await;
    let count = |what: &str| found.iter().filter(|found| *found == what).count();
    assert_eq!(
        ["acknowledged", "closed", "reopened"].map(|event| count(&format!("webhook {event}"))),
        [1, 1, 1],
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .all(|found| !found.starts_with("robot") || found == "robot rung"),
        "{found:?}"
    );
    assert_eq!(count("robot rung"), count("webhook rung"));
}
