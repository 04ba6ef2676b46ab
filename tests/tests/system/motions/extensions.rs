//! 延期: in time, once a stage, never of the law's limit; the old due stays in the record.

use chrono::{DateTime, Days, Utc};
use serde_json::{Value, json};
use tests::{Sample, Scene, scene::STATION};

use super::{Case, says};

/// The day that lies so many days after a due, as a form has it.
fn after(due: &Value, days: u64) -> String {
    let due: DateTime<Utc> = due.as_str().unwrap().parse().unwrap();
    (due + Days::new(days)).format("%Y-%m-%d").to_string()
}

#[tokio::test]
async fn more_time_that_is_granted_starts_the_next_generation_and_the_old_due_stays() {
    let case = Case::new().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    let old = case.stage(case.ticket, "resolve").await;
    let until = after(&old["due_at"], 7);
    let fields = [
        ("stage", "resolve"),
        ("until", until.as_str()),
        ("reason", "鉴定还没有出结果"),
    ];
    let asked = case.asks(&holder, case.ticket, "extend", &fields).await;
    assert_eq!(asked.status, 303, "{}", asked.text);
    assert_eq!(
        case.stage(case.ticket, "resolve").await["due_at"],
        old["due_at"],
        "until it is decided"
    );
    assert_eq!(case.row(case.ticket).await["state"], "signed");
    says(
        &case.asks(&holder, case.ticket, "extend", &fields).await,
        409,
        &["已有一件申请在等待决定"],
    );
    says(&office.get("/motions").await, 200, &["延期", "申请延至"]);
    let granted = case.decides(&office, "grant", &[("until", &until)]).await;
    assert_eq!(granted.status, 303, "{}", granted.text);
    let new = case.stage(case.ticket, "resolve").await;
    assert_eq!(new["due_generation"], json!(2));
    assert_eq!((&new["due_fixed"], &new["next_step"]), (&json!(true), &json!(0)));
    let motion = case.motion().await;
    assert_eq!(
        (&motion["state"], &motion["was_due"]),
        (&json!("granted"), &old["due_at"])
    );
    assert_eq!(motion["granted_due"], new["due_at"]);
    assert_ne!(new["due_at"], old["due_at"]);
    let derived = new["derivation"].as_array().unwrap();
    assert!(derived.last().unwrap().as_str().unwrap().contains("经县未保办同意延期"));
    let steps = new["plan"].as_array().unwrap();
    let moment = |of: &Value| {
        of.as_str()
            .unwrap()
            .parse::<DateTime<Utc>>()
            .unwrap()
            .timestamp_micros()
    };
    assert_eq!(moment(&new["next_at"]), moment(&steps[0]["at"]));
    assert_eq!(case.mails("motion-granted", &case.unit).await, 1);
    says(
        &holder.get(&format!("/tickets/{}", case.ticket)).await,
        200,
        &["同意申请：延期", "同意延至"],
    );
    // Once a stage.
    let later = after(&new["due_at"], 7);
    let fields = [("stage", "resolve"), ("until", later.as_str()), ("reason", "还要时间")];
    says(
        &case.asks(&holder, case.ticket, "extend", &fields).await,
        409,
        &["每个环节只能申请一次"],
    );
    case.balances().await;
}

#[tokio::test]
async fn the_law_s_limit_is_never_put_off_and_neither_is_time_that_is_up() {
    let scene = Scene::of(Sample::BruisesAtSchool).await;
    let (member, ticket) = (scene.browser("member").await, scene.ticket_of(STATION).await);
    let page = scene.signed(&member, ticket).await;
    says(&page, 200, &["办结的时限是法定时限，不能延期"]);
    let fields = [("stage", "resolve"), ("until", "2027-03-01"), ("reason", "案情复杂")];
    says(&member.act(&page, ticket, "extend", &fields).await, 409, &["法定时限"]);

    let case = Case::new().await;
    let holder = case.browser("holder").await;
    let due = case.stage(case.ticket, "resolve").await["due_at"].clone();
    let fields = [("stage", "resolve"), ("until", "2020-01-01"), ("reason", "还要时间")];
    says(
        &case.asks(&holder, case.ticket, "extend", &fields).await,
        409,
        &["新的时限须晚于现在的时限"],
    );
    sqlx::query("UPDATE stages SET due_at = now() - interval '1 minute' WHERE ticket_id = $1 AND stage = 'resolve'")
        .bind(case.ticket)
        .execute(&case.scene.system.db)
        .await
        .unwrap();
    let until = after(&due, 7);
    let fields = [("stage", "resolve"), ("until", until.as_str()), ("reason", "还要时间")];
    says(
        &case.asks(&holder, case.ticket, "extend", &fields).await,
        409,
        &["时限已过"],
    );
    assert_eq!(case.scene.system.count("SELECT count(*) FROM motions").await, 0);
}

#[tokio::test]
async fn what_is_done_before_anybody_decides_needs_no_more_time() {
    let case = Case::new().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    let until = after(&case.stage(case.ticket, "contact").await["due_at"], 3);
    let fields = [
        ("stage", "contact"),
        ("until", until.as_str()),
        ("reason", "孩子在外地"),
    ];
    assert_eq!(case.asks(&holder, case.ticket, "extend", &fields).await.status, 303);
    let motion = case.last().await;
    let page = office.get(&format!("/motions/{motion}")).await;
    let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
    let shanghai = chrono::FixedOffset::east_opt(8 * 3600).unwrap();
    let now = platform::clock::now()
        .with_timezone(&shanghai)
        .format("%Y-%m-%dT%H:%M")
        .to_string();
    let seen = [("who", "王伟"), ("at", now.as_str()), ("place", "学校")];
    assert_eq!(case.asks(&holder, case.ticket, "contact", &seen).await.status, 303);
    assert_eq!(case.motion().await["state"], "lapsed");
    assert_eq!(case.stage(case.ticket, "motion").await["ended_how"], "void");
    says(&office.get("/motions").await, 200, &["现在没有等待决定的申请事项"]);
    let late = [
        ("csrf", csrf.as_str()),
        ("version", version.as_str()),
        ("until", until.as_str()),
    ];
    says(
        &office.post(&format!("/motions/{motion}/grant"), &late).await,
        409,
        &["您的这次操作没有执行"],
    );
    let version = case.row(case.ticket).await["version"].to_string();
    let late = [
        ("csrf", csrf.as_str()),
        ("version", version.as_str()),
        ("until", until.as_str()),
    ];
    says(
        &office.post(&format!("/motions/{motion}/grant"), &late).await,
        409,
        &["不再需要决定"],
    );
}
