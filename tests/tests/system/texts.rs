//! Sentences that promise something and have no home of their own: each stands only where it is true.

use platform::text::Lang;
use tests::{Left, Sample, System, officers::Accounts, root};

#[tokio::test]
async fn calm_sentences_stand_only_where_they_are_true() {
    let system = System::start().await;
    // One mail is made one that failed.
    system.leaves(&[Left::Undelivered]);
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

/// Each text that a page asks for by its name is there: a missing one is shown as "…" and is an ERROR in the log.
#[test]
fn every_text_that_is_asked_for_is_there() {
    let mut open = vec![
        root().join("intake-api"),
        root().join("notifier"),
        root().join("platform/src"),
    ];
    let mut asked = 0;
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        if !path.extension().is_some_and(|kind| kind == "rs" || kind == "html") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        for rest in text.split(".t(\"").skip(1) {
            let key = rest.split('"').next().unwrap_or_default();
            assert_ne!(Lang::Zh.t(key), "…", "{} asks for {key:?}", path.display());
            asked += 1;
        }
    }
    assert!(asked > 500, "only {asked} were found: is the search broken?");
}
