//! Where nobody is on duty, as the operator's command and the rules page say it from the database.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{DateTime, Utc};
use serde_json::json;
use tests::{NewPerson, Options, Servers, System, officers::Accounts, person};

async fn system() -> System {
    let options = Options {
        start: vec!["intake-api"],
        ..Options::default()
    };
    System::start_on(&Servers::shared(), options).await
}

/// A police station with somebody on duty by day, and nobody at night; nobody anywhere else.
async fn by_day(system: &System) {
    let since: DateTime<Utc> = "2026-11-01T00:00:00+08:00".parse().unwrap();
    for (login, role) in [("li.na", "member"), ("wang.wei", "leader")] {
        let new = NewPerson {
            login,
            name: login,
            phone: None,
            unit: "pol-341222101",
            role,
            since,
        };
        let account = person(&system.db, new).await;
        sqlx::query(
            "INSERT INTO phones (account_id, number, number_mac, place, night, added_at, added_by, verified_at)
             VALUES ($1, '\\x01', convert_to($2, 'UTF8'), 1, true, $3, $1, $3)",
        )
        .bind(account)
        .bind(login)
        .bind(since)
        .execute(&system.db)
        .await
        .unwrap();
    }
    let shift = json!([{"from": "08:00", "to": "20:00", "duty": "li.na"}]);
    let week =
        json!([{"mon": shift, "tue": shift, "wed": shift, "thu": shift, "fri": shift, "sat": shift, "sun": shift}]);
    sqlx::query(
        "INSERT INTO roster_patterns (county, unit, from_day, weeks, made_at, made_by)
         SELECT 'taihe', 'pol-341222101', '2026-11-01', $1, $2, id FROM accounts WHERE login = 'wang.wei'",
    )
    .bind(week)
    .bind(since)
    .execute(&system.db)
    .await
    .unwrap();
}

#[tokio::test]
async fn router_roster_reads_the_database_and_says_the_chain_to_the_last_resort_and_the_holes() {
    let system = system().await;
    by_day(&system).await;
    let ask = async |unit: &str, at: &str| {
        let output = system
            .router_cli(&["roster", "--unit", unit, "--at", at, "--json"])
            .await;
        (output.code, output.stdout)
    };
    let (code, day) = ask("pol-341222101", "2026-12-02T10:00").await;
    let day: serde_json::Value = serde_json::from_str(&day).unwrap();
    assert_eq!(code, 1, "its nights are holes");
    assert_eq!(
        day["duty"],
        json!({"person": "li.na", "unit": "pol-341222101", "seat": "duty", "why": "pattern", "fell": []})
    );
    let holes = day["holes"].as_array().unwrap();
    assert_eq!(holes.len(), 7, "seven nights: {holes:?}");
    assert_eq!(
        holes[0],
        json!({"from": "2026-12-02T20:00:00+08:00", "to": "2026-12-03T08:00:00+08:00", "vacancy": "no-shift", "person": null,
               "falls_to": {"person": "wang.wei", "unit": "pol-341222101", "seat": "leader", "why": "standing"}})
    );
    let (_, night) = ask("pol-341222101", "2026-12-02T22:00").await;
    let night: serde_json::Value = serde_json::from_str(&night).unwrap();
    assert_eq!(night["duty"]["person"], "wang.wei", "the leader stands in: {night}");
    // A unit without anybody: its leader, the office, the office's leader, then the telephones of the pack.
    let (_, nobody) = ask("health", "2026-12-02T10:00").await;
    let nobody: serde_json::Value = serde_json::from_str(&nobody).unwrap();
    assert!(nobody["duty"]["person"].is_null(), "{nobody}");
    let fell: Vec<String> = nobody["duty"]["fell"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fall| format!("{} {}", fall["unit"].as_str().unwrap(), fall["seat"].as_str().unwrap()))
        .collect();
    assert_eq!(fell, ["health duty", "health leader", "office duty", "office leader"]);
    let strange = system.router_cli(&["roster", "--unit", "nowhere"]).await;
    assert_eq!(strange.code, 2);
}

#[tokio::test]
async fn the_rules_page_says_which_units_have_holes_and_how_many_have_no_roster() {
    let system = system().await;
    by_day(&system).await;
    let accounts = Accounts::make(&system).await;
    let name: String = sqlx::query_scalar("SELECT name FROM units WHERE code = 'pol-341222101'")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let office = accounts.browser(&system, "office").await;
    let page = office.get("/rules/1").await;
    let hole = format!("<li>{name}：");
    let line = page.text.lines().find(|line| line.contains(&hole)).unwrap_or_default();
    // By night the hole has begun already: its end is the same at every hour of the day.
    assert!(
        line.contains("最近") && line.contains(" 08:00：没有排班") && line.contains("wang.wei"),
        "{line}: {}",
        page.text
    );
    assert!(page.text.contains("还没有值班表，呼叫转给"), "{}", page.text);
    // Nobody of the office can be reached: a night falls to the telephones of the last resort where no leader is either.
    assert!(page.text.contains("只剩兜底电话"), "{}", page.text);
    sqlx::query(
        "UPDATE roster_patterns SET weeks = replace(replace(weeks::text, '08:00', '00:00'), '20:00', '24:00')::jsonb",
    )
    .execute(&system.db)
    .await
    .unwrap();
    let page = office.get("/rules/1").await;
    assert!(!page.text.contains(&hole), "no hole any more: {}", page.text);
}
