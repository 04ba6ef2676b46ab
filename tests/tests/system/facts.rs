//! Stored facts are read one way, by SQL and by the program; what is unknown, and codes that no list has, are kept and shown.

use casework::report::salvage;
use platform::store::{Board, Router};
use platform::{clock, text::Lang};
use serde_json::{Value, json};
use tests::{
    Left, Sample, System,
    fixture::{Fixture, new_report},
    officers::Accounts,
};

/// Facts as other versions or other hands may have left them.
fn odd() -> Vec<Value> {
    let mut all = vec![json!({}), json!([]), json!("{}"), json!(7), Value::Null];
    for danger in [
        json!(true),
        json!(false),
        json!("false"),
        json!("no"),
        json!(0),
        json!(null),
        json!([]),
        json!({"a": false}),
    ] {
        for area in [
            json!("341222101999"),
            json!(null),
            json!(341_222_101_001_i64),
            json!(["x"]),
        ] {
            all.push(json!({"present_danger": danger, "area": area, "situations": ["orphan"]}));
        }
    }
    all
}

#[tokio::test]
async fn sql_reads_facts_as_the_program_does() {
    let fixture = Fixture::new().await;
    let db = sqlx::PgPool::connect(&fixture.url).await.unwrap();
    for stored in odd() {
        let (danger, area): (bool, Option<String>) = sqlx::query_as("SELECT facts_danger($1), facts_area($1)")
            .bind(&stored)
            .fetch_one(&db)
            .await
            .unwrap();
        let (facts, _) = salvage(&serde_json::from_value(stored.clone()).unwrap());
        assert_eq!((danger, area), (facts.present_danger, facts.area), "{stored}");
    }
    let none: bool = sqlx::query_scalar("SELECT facts_danger(NULL)")
        .fetch_one(&db)
        .await
        .unwrap();
    assert!(none, "facts that are not there at all are danger");
    db.close().await;
}

/// No statement reads the flag by itself: each goes through the function that assumes danger.
#[test]
fn no_statement_reads_facts_past_the_one_reader() {
    let mut looked_at = 0;
    let mut folders = vec![tests::root().join("platform/src/store")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for line in text.lines().filter(|line| line.contains("facts ->")) {
                assert!(
                    !line.contains("present_danger") && !line.contains("'area'"),
                    "{}: {line}",
                    path.display()
                );
            }
            looked_at += 1;
        }
    }
    assert!(looked_at > 20, "{looked_at}");
}

/// Desk list, desk page, board and triage say danger wherever it can't be told, and none of them fails.
#[tokio::test]
async fn danger_is_assumed_on_every_page() {
    let system = System::start().await;
    // Facts are damaged on purpose, and that is logged.
    system.leaves(&[Left::Errors]);
    let accounts = Accounts::make(&system).await;
    // The station of this township holds the ticket; no danger was reported.
    let body = Sample::BruisesAtSchool
        .body()
        .replace("\"present_danger\": true", "\"present_danger\": false");
    let filed = system.file(&body).await;
    let shown = system.routed(&filed).await;
    let police = shown.ticket("police-accept");
    assert_eq!(police.unit, "pol-341222101");
    let id = police.id;
    let member = accounts.browser(&system, "member").await;
    let office = accounts.browser(&system, "office").await;
    let (short, said) = (Lang::Zh.t("desk.danger_short"), Lang::Zh.t("desk.danger"));
    let calm = [
        member.get(&format!("/tickets/{id}")).await,
        member.get("/desk").await,
        office.get(&format!("/board/tickets/{id}")).await,
    ];
    for (nth, page) in calm.iter().enumerate() {
        assert_eq!(page.status, 200);
        // The board has a row of that name whatever it says.
        let words = match nth {
            2 => [
                Lang::Zh.t("board.fact.danger_yes"),
                Lang::Zh.t("board.fact.danger_assumed"),
            ],
            _ => [short, said],
        };
        for word in words {
            let found = page.text.split_once(word).map(|(before, _)| before);
            assert!(found.is_none(), "page {nth} says {word}: {found:?}");
        }
    }
    for facts in [
        json!({}),
        json!({"situations": ["abuse-injury"]}),
        json!({"present_danger": "no"}),
        json!(null),
    ] {
        sqlx::query("UPDATE report_facts SET facts = $2 WHERE report_id = $1")
            .bind(filed.id())
            .bind(&facts)
            .execute(&system.db)
            .await
            .unwrap();
        let desk = member.get("/desk").await;
        assert_eq!(desk.status, 200, "{facts}");
        assert!(desk.text.contains(short), "{facts}");
        let ticket = member.get(&format!("/tickets/{id}")).await;
        assert_eq!(ticket.status, 200, "{facts}");
        assert!(ticket.text.contains(said), "{facts}");
        let board = office.get(&format!("/board/tickets/{id}")).await;
        assert_eq!(board.status, 200, "{facts}");
        assert!(board.text.contains("读不出，按有危险处理"), "{facts}");
    }
}

/// 环节时限 as a matrix, each entry leading to its row; the try-it box says what it was asked.
#[tokio::test]
async fn rules_pages_say_what_is_asked() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let office = accounts.browser(&system, "office").await;
    let table = office.get("/rules/1/tables/deadlines").await.text;
    let (_, matrix) = table.split_once("id=\"matrix\"").unwrap();
    let (matrix, rest) = matrix.split_once("</section>").unwrap();
    assert_eq!(matrix.matches("<h3>").count(), 20, "an entry per obligation");
    let rows = rest.matches("<li id=\"row-").count();
    assert_eq!(matrix.matches("href=\"#row-").count(), rows, "an entry per row");
    assert!(matrix.contains("<a href=\"#row-1\">30 分钟</a>"), "{matrix}");
    assert!(matrix.contains("（自法院受理申请起）"), "{matrix}");
    let other = office.get("/rules/1/tables/obligations").await.text;
    assert!(!other.contains("id=\"matrix\""));
    let tried = office
        .get("/rules/1/try?asked=1&situation=domestic-violence&age=&sex=unknown&left_behind=&area=341222101001&flag=repeat")
        .await
        .text;
    let (_, asked) = tried.split_once("id=\"asked\"").unwrap();
    let (asked, answer) = asked.split_once("</section>").unwrap();
    for said in [
        "疑似遭受家庭暴力",
        "旧县镇",
        "年龄不详，按各种可能处理",
        "性别不详，按各种可能处理",
        "是否留守不详，按各种可能处理",
        "以前报告过",
    ] {
        assert!(asked.contains(said), "{said} in {asked}");
    }
    assert!(!asked.contains("教师"), "who reports was not asked");
    assert!(answer.contains("家庭教育指导与关爱"), "an unknown sex may be a girl's");
}

#[tokio::test]
async fn unknown_facts_stay_with_the_ticket() {
    let fixture = Fixture::new().await;
    let body = json!({
        "situations": ["other-serious"], "present_danger": false, "area": "341222101999",
        "children": [{"sex": "unknown", "birth_date": null}], "reporter": {"kind": "public"}, "narrative": "x",
    });
    let report = new_report(&body.to_string(), None);
    fixture
        .writer()
        .report_insert_batch(std::slice::from_ref(&report))
        .await
        .unwrap();
    let stored = fixture
        .store
        .lend::<Router>()
        .report_to_route(report.id)
        .await
        .unwrap()
        .unwrap();
    let now = clock::now();
    fixture.route(&stored, now).await;
    let db = sqlx::PgPool::connect(&fixture.url).await.unwrap();
    let held: Vec<(String, Vec<String>)> =
        sqlx::query_as("SELECT obligation, unknowns FROM tickets WHERE report_id = $1 ORDER BY obligation")
            .bind(report.id)
            .fetch_all(&db)
            .await
            .unwrap();
    let support = held
        .iter()
        .find(|(obligation, _)| obligation == "psychological-support")
        .unwrap();
    assert_eq!(support.1, ["age"]);
    let police = held
        .iter()
        .find(|(obligation, _)| obligation == "police-accept")
        .unwrap();
    assert!(police.1.is_empty());
    // The code is noted with its township and receipt; a second report adds to it, and a list that has it empties it.
    let board = fixture.store_as::<Board>();
    let listed = board.unlisted_areas("taihe").await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].code.as_str(), listed[0].township.as_deref()),
        ("341222101999", Some("341222101000"))
    );
    assert_eq!((listed[0].reports, &listed[0].receipts), (1, &vec![report.id]));
    let mut newest = report.id;
    for _ in 0..6 {
        let again = new_report(&body.to_string(), None);
        fixture
            .writer()
            .report_insert_batch(std::slice::from_ref(&again))
            .await
            .unwrap();
        let stored = fixture
            .store
            .lend::<Router>()
            .report_to_route(again.id)
            .await
            .unwrap()
            .unwrap();
        fixture.route(&stored, now).await;
        newest = again.id;
    }
    let listed = board.unlisted_areas("taihe").await.unwrap();
    assert_eq!(
        (listed[0].reports, listed[0].receipts.len(), listed[0].receipts[0]),
        (7, 5, newest)
    );
    sqlx::query("INSERT INTO areas (county, code, name, level, parent) VALUES ('taihe', '341222101999', '新村', 'village', '341222101000')")
        .execute(&db)
        .await
        .unwrap();
    assert!(board.unlisted_areas("taihe").await.unwrap().is_empty());
    // A listed code and a foreign one are no news.
    for area in ["341222101001", "110101001001"] {
        let mut body = body.clone();
        body["area"] = json!(area);
        let other = new_report(&body.to_string(), None);
        fixture
            .writer()
            .report_insert_batch(std::slice::from_ref(&other))
            .await
            .unwrap();
        let stored = fixture
            .store
            .lend::<Router>()
            .report_to_route(other.id)
            .await
            .unwrap()
            .unwrap();
        fixture.route(&stored, now).await;
    }
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM unlisted_areas")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(count, 1);
    db.close().await;
}
