//! A unit's roster: its leader writes it, its people say when they are away and swap, everybody with a role reads it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{DateTime, TimeDelta, Utc};
use tests::{
    Options, Servers, System,
    officers::{Accounts, Browser, Page},
};

const UNIT: &str = "/duty/pol-341222101";

async fn system() -> System {
    let options = Options {
        start: vec!["intake-api"],
        ..Options::default()
    };
    System::start_on(&Servers::shared(), options).await
}

async fn act(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get("/phones").await.hidden("csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    browser.post(path, &all).await
}

/// A moment as a form sends it.
fn local(at: DateTime<Utc>) -> String {
    (at + TimeDelta::hours(8)).format("%Y-%m-%dT%H:%M").to_string()
}

async fn id(system: &System, login: &str) -> String {
    let id: i64 = sqlx::query_scalar("SELECT id FROM accounts WHERE login = $1")
        .bind(login)
        .fetch_one(&system.db)
        .await
        .unwrap();
    id.to_string()
}

/// Day and night, the same person each day.
fn every_day(login: &str) -> Vec<(String, String)> {
    let mut fields = vec![
        ("from_day".to_owned(), "2026-01-01".to_owned()),
        ("weeks".to_owned(), "1".to_owned()),
        ("times".to_owned(), "1".to_owned()),
        ("t0_from".to_owned(), "08:00".to_owned()),
        ("t0_to".to_owned(), "08:00".to_owned()),
    ];
    for day in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] {
        fields.push((format!("w0_{day}_0_duty"), login.to_owned()));
    }
    fields
}

async fn write_pattern(leader: &Browser, login: &str) -> Page {
    let fields = every_day(login);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    act(leader, &format!("{UNIT}/pattern"), &fields).await
}

#[tokio::test]
async fn a_leader_writes_the_weeks_and_a_hole_is_shown() {
    let system = system().await;
    let mut accounts = Accounts::make(&system).await;
    accounts.more(&system, &[("other", "ca", "member")]).await;
    let (leader, member, other) = (
        accounts.browser(&system, "leader").await,
        accounts.browser(&system, "member").await,
        accounts.browser(&system, "other").await,
    );
    let before = member.get(UNIT).await;
    assert!(before.text.contains("没有排班"), "{}", before.text);
    assert_eq!(member.get(&format!("{UNIT}/pattern")).await.status, 404);
    assert_eq!(write_pattern(&member, "demo-member").await.status, 404);
    assert_eq!(
        write_pattern(&leader, "demo-other").await.status,
        422,
        "of another unit"
    );
    let written = write_pattern(&leader, "demo-member").await;
    assert_eq!(written.status, 200, "{}", written.text);
    assert!(written.text.contains("演示·派出所民警"));
    // Nobody has verified a telephone, so every moment is a hole, and it says of whom.
    assert!(written.text.contains("没有能接通的已验证电话"), "{}", written.text);
    assert!(written.text.contains("没有已验证电话的值班人员"));
    assert_eq!(other.get(UNIT).await.status, 200, "who is on duty is no secret");
    let county = other.get("/duty").await;
    assert_eq!(county.status, 200);
    assert!(county.text.contains("兜底电话"));
    // The form comes back filled with what is stored.
    let form = leader.get(&format!("{UNIT}/pattern")).await;
    assert!(
        form.text.contains(r#"<option value="demo-member" selected>"#),
        "{}",
        form.text
    );
    let acts = "SELECT count(*) FROM account_acts WHERE act = 'roster-pattern' AND unit = 'pol-341222101'";
    assert_eq!(system.count(acts).await, 1);
    let pattern: i64 = system.count("SELECT id FROM roster_patterns").await;
    assert_eq!(
        act(&leader, &format!("{UNIT}/patterns/{pattern}/end"), &[])
            .await
            .status,
        200
    );
    assert_eq!(
        act(&leader, &format!("{UNIT}/patterns/{pattern}/end"), &[])
            .await
            .status,
        409
    );
}

#[tokio::test]
async fn a_swap_counts_once_the_other_one_agrees() {
    let system = system().await;
    let accounts = Accounts::make(&system).await;
    let (leader, member) = (
        accounts.browser(&system, "leader").await,
        accounts.browser(&system, "member").await,
    );
    write_pattern(&leader, "demo-member").await;
    let now = platform::clock::now();
    let (from, to) = (local(now + TimeDelta::hours(1)), local(now + TimeDelta::hours(5)));
    let other = id(&system, "demo-leader").await;
    let wrong = act(
        &member,
        &format!("{UNIT}/swaps"),
        &[("s_other", &other), ("s_from", &to), ("s_to", &from)],
    )
    .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains(&format!(r#"value="{to}""#)), "what was typed stays");
    let asked = act(
        &member,
        &format!("{UNIT}/swaps"),
        &[("s_other", &other), ("s_from", &from), ("s_to", &to)],
    )
    .await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    assert!(!asked.text.contains("（换班）"), "it does not count yet");
    let change: i64 = system.count("SELECT id FROM roster_changes").await;
    let decide = |act: &str| format!("{UNIT}/changes/{change}/{act}");
    assert_eq!(
        act(&member, &decide("accept"), &[]).await.status,
        409,
        "who asks does not agree"
    );
    let agreed = act(&leader, &decide("accept"), &[]).await;
    assert_eq!(agreed.status, 200, "{}", agreed.text);
    assert!(agreed.text.contains("演示·派出所所长（换班）"), "{}", agreed.text);
    assert_eq!(act(&member, &decide("withdraw"), &[]).await.status, 409, "decided");
}

#[tokio::test]
async fn absences_exceptions_and_hours() {
    let system = system().await;
    let accounts = Accounts::make(&system).await;
    let (leader, member) = (
        accounts.browser(&system, "leader").await,
        accounts.browser(&system, "member").await,
    );
    write_pattern(&leader, "demo-member").await;
    let now = platform::clock::now();
    let (from, to) = (local(now + TimeDelta::hours(1)), local(now + TimeDelta::hours(5)));
    let delegate = id(&system, "demo-leader").await;
    let fields = [("a_other", delegate.as_str()), ("a_from", &from), ("a_to", &to)];
    let away = act(&member, &format!("{UNIT}/absences"), &fields).await;
    assert_eq!(away.status, 200, "{}", away.text);
    assert!(away.text.contains("演示·派出所所长（代班）"), "{}", away.text);
    let fields = [
        ("e_seat", "duty"),
        ("e_person", "nobody"),
        ("e_from", from.as_str()),
        ("e_to", &to),
    ];
    assert_eq!(
        act(&member, &format!("{UNIT}/exceptions"), &fields).await.status,
        404,
        "the leader's"
    );
    let emptied = act(&leader, &format!("{UNIT}/exceptions"), &fields).await;
    assert_eq!(emptied.status, 200);
    assert!(emptied.text.contains("单次调整为无人"), "{}", emptied.text);
    let change: i64 = system.count("SELECT max(id) FROM roster_changes").await;
    assert_eq!(
        act(&member, &format!("{UNIT}/changes/{change}/end"), &[]).await.status,
        404
    );
    assert_eq!(
        act(&leader, &format!("{UNIT}/changes/{change}/end"), &[]).await.status,
        200
    );

    let hours = format!("{UNIT}/hours");
    let wrong = act(&leader, &hours, &[("h_working", "8-12"), ("h_off", "")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains(r#"value="8-12""#), "what was typed stays");
    assert_eq!(act(&member, &hours, &[("h_working", "08:00-12:00")]).await.status, 404);
    let set = act(
        &leader,
        &hours,
        &[("h_working", "08：00－12：00 14:30-17:30"), ("h_off", "")],
    )
    .await;
    assert_eq!(set.status, 200, "{}", set.text);
    let stored = "SELECT count(*) FROM duty_hours WHERE working_days = '08:00-12:00 14:30-17:30'";
    assert_eq!(system.count(stored).await, 1);
    assert_eq!(
        act(
            &leader,
            &hours,
            &[("h_working", "00:00-24:00"), ("h_off", "00:00-24:00")]
        )
        .await
        .status,
        200
    );
    assert_eq!(
        system.count("SELECT count(*) FROM duty_hours").await,
        0,
        "as the pack has them"
    );
    assert_eq!(
        act(&leader, &format!("{UNIT}/phone"), &[("p_phone", "0558-8612345")])
            .await
            .status,
        200
    );
    let phone = "SELECT count(*) FROM units WHERE code = 'pol-341222101' AND duty_phone = '0558-8612345'";
    assert_eq!(system.count(phone).await, 1);
}

#[tokio::test]
async fn the_office_sees_numbers_in_full_and_that_is_recorded() {
    let system = system().await;
    let accounts = Accounts::make(&system).await;
    let (office, member) = (
        accounts.browser(&system, "office").await,
        accounts.browser(&system, "member").await,
    );
    assert_eq!(act(&member, "/duty/numbers", &[]).await.status, 404);
    assert_eq!(
        system
            .count("SELECT count(*) FROM account_acts WHERE act = 'duty-numbers'")
            .await,
        0
    );
    assert_eq!(act(&office, "/duty/numbers", &[]).await.status, 200);
    assert_eq!(
        system
            .count("SELECT count(*) FROM account_acts WHERE act = 'duty-numbers'")
            .await,
        1
    );
    assert_eq!(member.get("/duty?at=2026-02-17T03:00&show=holes").await.status, 200);
    assert_eq!(member.get("/duty?at=tomorrow").await.status, 422);
}
