//! Sentences that promise something and have no home of their own: each stands only where it is true.

use platform::text::Lang;
use tests::{Sample, System, officers::Accounts};

#[tokio::test]
async fn calm_sentences_stand_only_where_they_are_true() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let office = accounts.browser(&system, "office").await;
    let calm = async |key: &str| office.get("/board").await.text.contains(Lang::Zh.t(key));
    for key in ["board.unsigned_calm", "board.overdue_calm", "board.failed_calm"] {
        assert!(calm(key).await, "an empty county is calm: {key}");
    }
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    assert!(!calm("board.unsigned_calm").await, "a P1 waits for its signature");
    sqlx::query("UPDATE stages SET next_step = 2, next_at = NULL")
        .execute(&system.db)
        .await
        .unwrap();
    assert!(!calm("board.overdue_calm").await, "a stage is overdue");
    system.quiet(std::time::Duration::from_secs(30)).await;
    assert!(calm("board.failed_calm").await, "every mail went out");
    sqlx::query("UPDATE notices SET state = 'failed' WHERE id = (SELECT id FROM notices LIMIT 1)")
        .execute(&system.db)
        .await
        .unwrap();
    assert!(!calm("board.failed_calm").await, "one mail did not");
}

#[tokio::test]
async fn the_try_it_box_stores_and_dispatches_nothing() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let office = accounts.browser(&system, "office").await;
    let stored = async || {
        system
            .count(
                "SELECT (SELECT count(*) FROM reports) + (SELECT count(*) FROM decisions) + (SELECT count(*) FROM tickets)
                    + (SELECT count(*) FROM notices) + (SELECT count(*) FROM events)",
            )
            .await
    };
    let before = stored().await;
    let page = office
        .get("/rules/1/try?situation=abuse-injury&age=9&sex=male&area=341222101001")
        .await;
    assert!(page.status == 200 && page.text.contains("派出所"), "it answers");
    assert_eq!(stored().await, before);
}
