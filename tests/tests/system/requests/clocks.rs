//! A clock that waits for the court's act starts with its record, and with nothing else.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::Value;
use tests::officers::Browser;

use super::Scene;

async fn stage(scene: &Scene, ticket: i64) -> Value {
    sqlx::query_scalar("SELECT to_jsonb(s) FROM stages s WHERE ticket_id = $1 AND stage = 'resolve'")
        .bind(ticket)
        .fetch_one(&scene.system.db)
        .await
        .unwrap()
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

async fn record(who: &Browser, ticket: i64, number: &str, at: DateTime<Utc>) -> tests::officers::Page {
    let page = who.get(&format!("/tickets/{ticket}")).await;
    let at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    who.act(&page, ticket, "start", &[("reference", number), ("at", &at)])
        .await
}

#[tokio::test]
async fn the_24_hours_run_from_the_acceptance() {
    let scene = Scene::new().await;
    let (court, ticket) = scene.at_court().await;
    let page = court.get(&format!("/tickets/{ticket}")).await;
    assert!(
        page.text.contains("自“法院受理申请”起算，尚未登记"),
        "it says what it waits for"
    );
    assert!(stage(&scene, ticket).await["due_at"].is_null());

    let now = platform::clock::now();
    for (number, at, said) in [
        ("", now, "请填写文号。"),
        (
            "（2026）皖1222民保令1号",
            now + TimeDelta::hours(1),
            "时间还没有到，请核对。",
        ),
        (
            "（2026）皖1222民保令1号",
            now - TimeDelta::days(2),
            "时间早于派单时间，请核对。",
        ),
    ] {
        let refused = record(&court, ticket, number, at).await;
        assert!(refused.status == 422 && refused.text.contains(said), "{said}");
    }
    assert!(stage(&scene, ticket).await["started_at"].is_null());

    let at = platform::clock::now();
    assert_eq!(record(&court, ticket, "（2026）皖1222民保令1号", at).await.status, 303);
    let started = stage(&scene, ticket).await;
    assert_eq!(time(&started["started_at"]), at);
    assert_eq!(time(&started["due_at"]), at + TimeDelta::hours(24));
    assert!(time(&started["next_at"]) > at && started["plan"].as_array().unwrap().len() == 4);
    let next: DateTime<Utc> = sqlx::query_scalar("SELECT next_due_at FROM tickets WHERE id = $1")
        .bind(ticket)
        .fetch_one(&scene.system.db)
        .await
        .unwrap();
    assert_eq!(next, at + TimeDelta::hours(24));
    let turns: i64 = sqlx::query_scalar("SELECT count(*) FROM ring_turns r JOIN stages s ON s.id = r.stage_id WHERE s.ticket_id = $1 AND s.stage = 'resolve'")
        .bind(ticket)
        .fetch_one(&scene.system.db)
        .await
        .unwrap();
    assert!(turns <= 1, "one turn, which the router may have taken away already");

    // Once: nothing waits any more, and the unit that asked sees it.
    assert_eq!(
        record(&court, ticket, "另一个文号", platform::clock::now())
            .await
            .status,
        422
    );
    assert_eq!(stage(&scene, ticket).await["due_at"], started["due_at"]);
    let page = court.get(&format!("/tickets/{ticket}")).await;
    assert!(page.text.contains("（2026）皖1222民保令1号") && !page.text.contains("尚未登记"));
    let mine = scene.member.get(&format!("/tickets/{}", scene.police)).await.text;
    assert!(mine.contains("起算"));
}

#[tokio::test]
async fn what_was_recorded_late_escalates_without_being_called_the_systems_delay() {
    let scene = Scene::new().await;
    let (court, ticket) = scene.at_court().await;
    // Two days ago the ticket was there already, and the court accepted.
    sqlx::query("UPDATE tickets SET dispatched_at = dispatched_at - interval '3 days' WHERE id = $1")
        .bind(ticket)
        .execute(&scene.system.db)
        .await
        .unwrap();
    let at = platform::clock::now() - TimeDelta::days(2);
    assert_eq!(record(&court, ticket, "文号", at).await.status, 303);
    let id = stage(&scene, ticket).await["id"].as_i64().unwrap();
    let sent = async || -> Vec<(i16, bool)> {
        sqlx::query_as("SELECT level, system_late FROM escalation_steps WHERE stage_id = $1 AND sent_at IS NOT NULL ORDER BY level")
            .bind(id)
            .fetch_all(&scene.system.db)
            .await
            .unwrap()
    };
    let limit = std::time::Duration::from_secs(20);
    tests::eventually("a level is sent", limit, async || {
        (!sent().await.is_empty()).then_some(())
    })
    .await;
    assert!(sent().await.iter().all(|(_, late)| !late));
}

#[tokio::test]
async fn the_office_writes_down_what_the_court_says_by_telephone() {
    let scene = Scene::new().await;
    let (_, ticket) = scene.at_court().await;
    let office = scene.accounts.browser(&scene.system, "office").await;
    let path = format!("/board/tickets/{ticket}/telephone");
    let page = office.get(&format!("{path}?act=start")).await;
    assert!(page.text.contains("登记：法院受理申请"));
    let now = platform::clock::now().to_rfc3339_opts(SecondsFormat::Micros, true);
    let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("version", &version),
        ("act", "start"),
        ("way", "in"),
        ("caller", "立案庭甲"),
        ("number", "0558-8655110"),
        ("called_at", &now),
        ("reference", "文号一"),
        ("at", &now),
    ];
    let done = office.post(&path, &fields).await;
    assert_eq!(done.location.as_deref(), Some(format!("{path}?done=start").as_str()));
    assert!(!stage(&scene, ticket).await["due_at"].is_null());
}
