//! The desk as an officer's browser uses it, without JavaScript: a life of a ticket, what is refused, the same by API.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod acknowledge;
mod api;
mod case;
mod closing;
mod inapplicable;
mod life;
mod progress;
mod random;
mod refused;
mod reopen;
mod resent;
mod scene;
mod telephone;
mod transfer;

use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};
use tests::{Filed, Sample, System};

/// Sample 01 with a place and a reporter who has a name.
fn sample() -> Value {
    let mut sample: Value = Sample::BruisesAtSchool.json();
    sample["where_now"] = json!("某村卫生室里间");
    sample["reporter"]["name"] = json!("化名报告人庚");
    sample["reporter"]["phone"] = json!("13900000000");
    sample
}

/// The police ticket of sample 01 at the demo's police station, and another unit's ticket of the same report.
async fn filed(system: &System) -> (i64, i64, Filed) {
    let filed = system.file(&sample().to_string()).await;
    system.routed(&filed).await;
    let id = |sql: &'static str| {
        let (db, report) = (system.db.clone(), filed.id());
        async move {
            sqlx::query_scalar::<_, i64>(sql)
                .bind(report)
                .fetch_one(&db)
                .await
                .unwrap()
        }
    };
    let mine =
        id("SELECT id FROM tickets WHERE report_id = $1 AND unit = 'pol-341222101' AND obligation = 'police-accept'")
            .await;
    let other = id("SELECT id FROM tickets WHERE report_id = $1 AND unit <> 'pol-341222101' ORDER BY id LIMIT 1").await;
    (mine, other, filed)
}

fn local(at: DateTime<FixedOffset>) -> String {
    at.with_timezone(&FixedOffset::east_opt(8 * 3600).unwrap())
        .format("%Y-%m-%dT%H:%M")
        .to_string()
}

async fn dispatched(system: &System, id: i64) -> DateTime<FixedOffset> {
    let at: DateTime<chrono::Utc> = sqlx::query_scalar("SELECT dispatched_at FROM tickets WHERE id = $1")
        .bind(id)
        .fetch_one(&system.db)
        .await
        .unwrap();
    at.fixed_offset()
}

async fn events(system: &System, id: i64) -> Vec<String> {
    events_of(&system.db, id).await
}

async fn events_of(db: &sqlx::PgPool, id: i64) -> Vec<String> {
    sqlx::query_scalar("SELECT kind FROM events WHERE ticket_id = $1 ORDER BY at")
        .bind(id)
        .fetch_all(db)
        .await
        .unwrap()
}

#[tokio::test]
async fn shared_pages_work_without_a_session() {
    let system = System::start().await;
    let url = |path: &str| format!("{}{path}", system.internal_url);
    let get = async |path: &str| system.http.get(url(path)).send().await.unwrap();
    let leave = get("/leave").await;
    assert_eq!(leave.status(), 200);
    assert!(leave.text().await.unwrap().contains("<title>工作台</title>"));
    assert!(get("/robots.txt").await.text().await.unwrap().contains("Disallow: /"));
    let login = get("/login").await.text().await.unwrap();
    for file in ["style.css", "htmx.js", "leave.js"] {
        let (_, rest) = login.split_once(&format!("/assets/{file}?v=")).unwrap();
        let digest = rest.split_once('"').unwrap().0;
        let asset = get(&format!("/assets/{file}?v={digest}")).await;
        assert!(
            asset.status() == 200 && asset.headers()["cache-control"].to_str().unwrap().contains("immutable"),
            "{file}"
        );
        assert_eq!(
            get(&format!("/assets/{file}?v=0")).await.headers()["cache-control"],
            "no-cache"
        );
    }
    assert_eq!(get("/assets/other.js").await.status(), 404);
    let english = get("/login?lang=en").await;
    assert!(english.headers()["set-cookie"].to_str().unwrap().starts_with("lang=en"));
    assert!(english.text().await.unwrap().contains("lang=\"en\""));
}
