//! A unit's roster as a workbook, down and up: what the file has no more is shown as removed, and removed by the confirmation alone.
//! And the same for the unit's own system.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Read, Write};

use serde_json::{Value, json};
use tests::{
    Api, Options, STATION, Servers, System,
    officers::{Accounts, Browser, Page},
};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

const UNIT: &str = "/duty/pol-341222101";

/// A pattern from January on and one exception of tomorrow.
async fn rostered() -> (System, Accounts) {
    let options = Options {
        start: vec!["intake-api"],
        ..Options::default()
    };
    let system = System::start_on(&Servers::shared(), options).await;
    let accounts = Accounts::make(&system).await;
    let shift = json!([{"from": "00:00", "to": "24:00", "duty": "demo-member"}]);
    let week =
        json!([{"mon": shift, "tue": shift, "wed": shift, "thu": shift, "fri": shift, "sat": shift, "sun": shift}]);
    sqlx::query(
        "INSERT INTO roster_patterns (county, unit, from_day, weeks, made_at, made_by)
         SELECT 'taihe', $1, '2026-01-05', $2, now(), id FROM accounts WHERE login = 'demo-member'",
    )
    .bind(STATION)
    .bind(week)
    .execute(&system.db)
    .await
    .unwrap();
    exception(&system, "08:00").await;
    (system, accounts)
}

async fn exception(system: &System, from: &str) {
    sqlx::query(
        "INSERT INTO roster_changes (county, unit, kind, seat, account_id, starts_at, ends_at, made_at, made_by)
         SELECT 'taihe', $1, 'exception', 'duty', id, current_date + 1 + $2::time, current_date + 1 + $2::time + interval '2 hours', now(), id
         FROM accounts WHERE login = 'demo-leader'",
    )
    .bind(STATION)
    .bind(from)
    .execute(&system.db)
    .await
    .unwrap();
}

/// The file with one of its parts made otherwise; nothing: the part is left out.
fn with(file: &[u8], part_name: &str, change: impl Fn(&str) -> Option<String>) -> Vec<u8> {
    let mut old = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..old.len() {
        let mut part = old.by_index(index).unwrap();
        let (name, mut bytes) = (part.name().unwrap().into_owned(), Vec::new());
        part.read_to_end(&mut bytes).unwrap();
        if name == part_name {
            match change(&String::from_utf8(bytes).unwrap()) {
                Some(changed) => bytes = changed.into_bytes(),
                None => continue,
            }
        }
        new.start_file(name, SimpleFileOptions::default()).unwrap();
        new.write_all(&bytes).unwrap();
    }
    new.finish().unwrap().into_inner()
}

/// The sheet of exceptions without its rows.
fn without_exceptions(file: &[u8]) -> Vec<u8> {
    with(file, "xl/worksheets/sheet2.xml", |sheet| {
        let (before, rest) = sheet.split_once("<row r=\"2\"").unwrap();
        let (_, after) = rest.split_once("</sheetData>").unwrap();
        Some(format!("{before}</sheetData>{after}"))
    })
}

async fn upload(leader: &Browser, file: &[u8]) -> Page {
    let csrf = leader.get("/phones").await.hidden("csrf");
    leader.upload(&format!("{UNIT}/import"), &[("csrf", &csrf)], file).await
}

async fn confirm(leader: &Browser, preview: &Page) -> Page {
    let rows = preview.hidden("rows").replace("&#34;", "\"");
    let csrf = leader.get("/phones").await.hidden("csrf");
    leader
        .post(&format!("{UNIT}/import/confirm"), &[("csrf", &csrf), ("rows", &rows)])
        .await
}

const HELD: &str = "SELECT count(*) FROM roster_changes WHERE ended_at IS NULL";
const PATTERNS: &str = "SELECT count(*) FROM roster_patterns WHERE ended_at IS NULL";

#[tokio::test]
async fn what_the_file_has_no_more_is_seen_as_removed_before_it_is() {
    let (system, accounts) = rostered().await;
    let leader = accounts.browser(&system, "leader").await;
    let file = leader.download(&format!("{UNIT}/roster.xlsx")).await;
    let same = upload(&leader, &file).await;
    assert!(same.status == 422 && same.text.contains("没有改动"), "{}", same.text);

    // A sheet or a heading that is gone is no empty roster.
    let headless = with(&file, "xl/worksheets/sheet2.xml", |sheet| {
        let (before, rest) = sheet.split_once("<row r=\"1\"").unwrap();
        let (_, after) = rest.split_once("</row>").unwrap();
        Some(format!("{before}{after}"))
    });
    let sheetless = with(&file, "xl/workbook.xml", |book| Some(book.replace("单次调整", "别的")));
    for broken in [&headless, &sheetless] {
        let refused = upload(&leader, broken).await;
        assert!(
            refused.status == 422 && refused.text.contains("这不是本页下载的表格"),
            "{}",
            refused.text
        );
    }

    let preview = upload(&leader, &without_exceptions(&file)).await;
    assert_eq!(preview.status, 200);
    let (_, removed) = preview
        .text
        .split_once("id=\"removed\"")
        .expect("it is listed as removed");
    assert!(removed.contains("演示·派出所所长"), "{removed}");
    assert!(!preview.text.contains("id=\"added\"") && !preview.text.contains("id=\"changed\""));
    assert_eq!(system.count(HELD).await, 1, "an upload saves nothing");

    // Somebody adds another one meanwhile: what was seen is not what stands.
    exception(&system, "12:00").await;
    let stale = confirm(&leader, &preview).await;
    assert!(stale.status == 409 && stale.text.contains("没有保存"), "{}", stale.text);
    assert_eq!(system.count(HELD).await, 2);

    let preview = upload(&leader, &without_exceptions(&file)).await;
    let done = confirm(&leader, &preview).await;
    assert!(done.status == 200 && done.text.contains("表格已保存"), "{}", done.text);
    assert_eq!((system.count(HELD).await, system.count(PATTERNS).await), (0, 1));
    let acts = "SELECT count(*) FROM account_acts WHERE act = 'roster-change-ended' AND unit = 'pol-341222101'";
    assert_eq!(system.count(acts).await, 2, "each has its line in the trail");
    assert_eq!(confirm(&leader, &preview).await.status, 409, "once");
    let member = accounts.browser(&system, "member").await;
    assert_eq!(member.get(&format!("{UNIT}/import")).await.status, 404);
}

#[tokio::test]
async fn a_units_own_system_reads_and_writes_its_roster() {
    let (system, accounts) = rostered().await;
    let path = format!("/duty/{STATION}/roster");
    let api = Api::of(&system, &accounts, "leader").await;
    let token = accounts.token(&system, "leader").await;
    let put = async |body: &Value| {
        let url = format!("{}/api/v1{path}", system.internal_url);
        let answer = system
            .http
            .put(url)
            .bearer_auth(&token)
            .json(body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let mut roster: Value = api.get(&path).await;
    assert_eq!(roster["patterns"][0]["weeks"][0]["mon"][0]["duty"], "demo-member");
    assert_eq!(roster["exceptions"][0]["person"], "demo-leader");
    let (status, same) = put(&roster).await;
    assert_eq!(
        (status, &same["written"], &same["removed"]),
        (200, &json!(0), &json!(0))
    );

    let before = roster.clone();
    roster["exceptions"] = json!([]);
    roster["patterns"][0]["weeks"][0]["mon"][0]["deputy"] = json!("demo-leader");
    let (status, done) = put(&roster).await;
    assert_eq!(
        (status, &done["written"], &done["removed"]),
        (200, &json!(1), &json!(1)),
        "{done}"
    );
    assert_eq!((system.count(HELD).await, system.count(PATTERNS).await), (0, 1));
    assert_eq!(put(&before).await.0, 409, "it stands otherwise than it was read");

    let version = done["version"].clone();
    let wrong = |change: fn(&mut Value)| {
        let mut body = roster.clone();
        body["version"] = version.clone();
        change(&mut body);
        body
    };
    for body in [
        wrong(|body| body["patterns"][0]["weeks"][0]["mon"][0]["duty"] = json!("nobody-here")),
        wrong(|body| body["patterns"][0]["weeks"] = json!([])),
        wrong(|body| body["swaps"] = json!([])),
    ] {
        assert_eq!(put(&body).await.0, 422);
    }
    let none = json!({"version": version, "patterns": [], "exceptions": []});
    let (status, done) = put(&none).await;
    assert_eq!((status, &done["removed"]), (200, &json!(1)), "{done}");
    assert_eq!(system.count(PATTERNS).await, 0);
    let other = Api::of(&system, &accounts, "office").await;
    assert_eq!(other.status(&path).await, 404, "another unit's");
}
