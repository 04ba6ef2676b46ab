//! A notice whose ticket can't be read, among others: it fails alone, whoever is above is told, and the others arrive.

use platform::clock;
use tests::Sample;

use super::service::{QUEUED, World};

#[tokio::test]
async fn a_notice_that_cannot_be_written_stops_no_other() {
    let world = World::with(&[], false).await;
    let second = world.fixture.stored(Sample::BruisesAtSchool).await;
    world.fixture.route(&second, clock::now()).await;
    let all = world.count("SELECT count(*) FROM notices").await;
    for poison in [
        // What one ticket rests on, in the middle of the queue; and the facts of one report, of which a mail may say less.
        "UPDATE tickets SET basis = '7' WHERE id = (SELECT ticket_id FROM notices ORDER BY urgency, created_at, id OFFSET 2 LIMIT 1)",
        "UPDATE report_facts SET facts = '7' WHERE report_id = (SELECT max(report_id) FROM report_facts)",
    ] {
        sqlx::query(poison).execute(&world.fixture.db).await.unwrap();
    }
    let mut notifier = world.notifier();
    notifier.spawn();
    notifier.ready().await;
    world.until("nothing waits", QUEUED, 0, 15).await;
    let unread =
        "SELECT count(*) FROM notices WHERE kind = 'dispatch' AND state = 'failed' AND last_error LIKE 'render:%'";
    assert_eq!(world.count(unread).await, 1, "the poisoned one failed by itself");
    let sent = "SELECT count(*) FROM notices WHERE kind = 'dispatch' AND state = 'sent'";
    assert_eq!(world.count(sent).await, all - 1, "every other one was sent");
    let told = "SELECT count(*) FROM notices WHERE kind = 'undeliverable' AND unit = 'office'";
    assert_eq!(world.count(told).await, 1, "and the office is to know of it");
    assert_eq!(notifier.stop().await, Some(0));
}
