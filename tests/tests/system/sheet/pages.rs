//! The sheet in a browser without a script, as a workbook, and by API.

use serde_json::Value;
use tests::{Api, Sample, System, officers::Accounts};

#[tokio::test]
async fn a_sheet_says_its_span_and_what_its_figures_mean_and_is_taken_as_a_workbook() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    for _ in 0..3 {
        let filed = system.file(Sample::BruisesAtSchool.body()).await;
        system.routed(&filed).await;
    }
    let filed = system.file(Sample::DropoutTwoWeeks.body()).await;
    system.routed(&filed).await;
    sqlx::query("UPDATE stages SET due_at = started_at WHERE stage = 'sign'")
        .execute(&system.db)
        .await
        .unwrap();
    let office = accounts.browser(&system, "office").await;
    let day = (platform::clock::now() + chrono::TimeDelta::hours(8)).date_naive();
    let month = format!("month={}", day.format("%Y-%m"));
    let page = office.get(&format!("/sheet?{month}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    for words in ["周一报表", "内部资料", "按期签收率", "口径", "见面", "＊"] {
        assert!(page.text.contains(words), "{words}");
    }
    // Three and one: the one would be had from the whole.
    assert!(!page.text.contains("situation="), "no situation is told apart");
    let whole = format!("\"/reports?from={}", day.format("%Y-%m-01"));
    assert!(page.text.contains(&whole), "the whole opens its list");
    // The link of the first unit's share.
    let (head, tail) = page.text.split_once("clock=sign").expect("a share opens its list");
    let path = head.rsplit('"').next().unwrap().to_owned() + "clock=sign" + tail.split('"').next().unwrap();
    let opened = office.get(&path.replace("&#38;", "&")).await;
    assert_eq!(opened.status, 200, "{path}");
    assert!(opened.text.contains("/board/tickets/"), "{path}");
    for wrong in [
        "month=x",
        "quarter=2026",
        "from=2026-02-02&to=2026-02-01",
        "to=2026-02-01",
        "from=x",
    ] {
        assert_eq!(office.get(&format!("/sheet?{wrong}")).await.status, 422, "{wrong}");
    }
    assert_eq!(office.get("/sheet").await.status, 200);

    // What a figure opens; a span of the sheet becomes a filter of the list.
    for filter in [
        "clock=sign&kept=no",
        "clock=contact&kept=done&due_from=2026-01-01&due_to=2026-01-31",
        "clock=resolve",
    ] {
        assert_eq!(office.get(&format!("/reports?{filter}")).await.status, 200, "{filter}");
    }
    for wrong in [
        "kept=no",
        "clock=x",
        "clock=sign&kept=x",
        "clock=sign&due_from=x",
        "due_to=2026-01-01",
    ] {
        assert_eq!(office.get(&format!("/reports?{wrong}")).await.status, 422, "{wrong}");
    }
    let member = accounts.browser(&system, "member").await;
    assert_eq!(
        member.get("/tickets?clock=sign").await.status,
        422,
        "the county's list has it"
    );

    assert!(
        office
            .download(&format!("/sheet/workbook?{month}"))
            .await
            .starts_with(b"PK")
    );
    let taken: Vec<(String, Option<String>)> =
        sqlx::query_as("SELECT list, unit FROM searches WHERE kind = 'workbook'")
            .fetch_all(&system.db)
            .await
            .unwrap();
    assert_eq!(taken, [(format!("/sheet?{month}"), None)]);
    assert!(office.get("/reads/searches").await.text.contains("/sheet?month="));
}

#[tokio::test]
async fn programs_read_the_same_figures() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    for _ in 0..4 {
        let filed = system.file(Sample::BruisesAtSchool.body()).await;
        system.routed(&filed).await;
    }
    let day = (platform::clock::now() + chrono::TimeDelta::hours(8)).date_naive();
    let month = format!("/sheet?month={}", day.format("%Y-%m"));
    let office = Api::of(&system, &accounts, "office").await;
    let sheet: Value = office.get(&month).await;
    assert_eq!(sheet["span"]["received"], 4, "{sheet}");
    assert_eq!(sheet["before"]["received"], 0, "{sheet}");
    let by = sheet["span"]["received_by"].as_array().unwrap();
    let reporters = by.iter().find(|told| told["by"] == "reporter").unwrap();
    assert_eq!(reporters["kinds"][0]["count"], 4, "{sheet}");
}
