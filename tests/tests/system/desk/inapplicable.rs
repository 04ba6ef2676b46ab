//! 不适用: offered where a ticket rests on a fact that nobody knows, and nowhere else; it needs no contact, and claims none.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Sample, System, officers::Accounts};

/// A ticket of the report that rests on an unknown fact or, if `known`, on none: id and unit.
async fn ticket(system: &System, report: i64, known: bool) -> (i64, String) {
    sqlx::query_as(
        "SELECT id, unit FROM tickets WHERE report_id = $1 AND obligation <> 'triage' AND unit <> 'office'
         AND (cardinality(coalesce(unknowns, '{}')) = 0) = $2 ORDER BY id LIMIT 1",
    )
    .bind(report)
    .bind(known)
    .fetch_one(&system.db)
    .await
    .unwrap()
}

#[tokio::test]
async fn what_rests_on_an_unknown_fact_may_not_apply() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    // Nobody knows the child's age and sex, and whether the parents are away.
    let mut body: Value = Sample::BruisesAtSchool.json();
    let child = body["children"][0].as_object_mut().unwrap();
    for known in ["age", "birth_date", "id_number", "left_behind"] {
        child.remove(known);
    }
    child.insert("sex".into(), json!("unknown"));
    let filed = system.file(&body.to_string()).await;
    system.routed(&filed).await;
    let (id, unit) = ticket(&system, filed.id(), false).await;
    let (certain, other) = ticket(&system, filed.id(), true).await;
    for (login, unit) in [("one", &unit), ("two", &unit), ("certain", &other)] {
        accounts.join(&system, login, "王伟", (unit, "member")).await;
    }
    let (one, two) = (
        accounts.browser(&system, "one").await,
        accounts.browser(&system, "two").await,
    );
    let elsewhere = accounts.browser(&system, "certain").await;

    // A ticket that rests on known facts: not offered, and refused.
    let page = elsewhere.get(&format!("/tickets/{certain}")).await;
    assert_eq!(elsewhere.act(&page, certain, "sign", &[]).await.status, 303);
    let page = elsewhere.get(&format!("/tickets/{certain}/close")).await;
    assert!(page.text.contains("value=\"no-harm-found\"") && !page.text.contains("value=\"not-applicable\""));
    let page = elsewhere.get(&format!("/tickets/{certain}")).await;
    let forced = [("outcome", "not-applicable"), ("note", "与本单位无关")];
    assert_eq!(elsewhere.act(&page, certain, "resolve", &forced).await.status, 422);

    let page = one.get(&format!("/tickets/{id}")).await;
    assert_eq!(one.act(&page, id, "sign", &[]).await.status, 303);
    let page = one.get(&format!("/tickets/{id}/close")).await;
    assert!(
        page.text.contains("value=\"not-applicable\"") && page.text.contains("不适用"),
        "{}",
        page.text
    );
    // Any other outcome asks who saw the child; this one does not, because the unit never owed it.
    let asks = "name=\"seen\"";
    let harm = one.get(&format!("/tickets/{id}/close?outcome=no-harm-found")).await;
    let form = one.get(&format!("/tickets/{id}/close?outcome=not-applicable")).await;
    assert!(harm.text.contains(asks) && !form.text.contains(asks));
    let wrong = one
        .act(&form, id, "resolve", &[("outcome", "not-applicable"), ("note", " ")])
        .await;
    assert_eq!(wrong.status, 422, "a note says why");
    let fields = [("outcome", "not-applicable"), ("note", "核实后孩子已满十八周岁")];
    let done = one.act(&form, id, "resolve", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    // P1: another person of the unit confirms.
    let page = two.get(&format!("/tickets/{id}")).await;
    assert_eq!(two.act(&page, id, "confirm", &[]).await.status, 303);
    let page = two.get(&format!("/tickets/{id}")).await;
    assert!(
        page.text.contains("不适用") && page.text.contains("核实后孩子已满十八周岁"),
        "{}",
        page.text
    );
    let (state, outcome, seen): (String, Option<String>, bool) =
        sqlx::query_as("SELECT state, outcome, contacted_at IS NOT NULL FROM tickets WHERE id = $1")
            .bind(id)
            .fetch_one(&system.db)
            .await
            .unwrap();
    assert_eq!(
        (state.as_str(), outcome.as_deref(), seen),
        ("resolved", Some("not-applicable"), false)
    );
    // The stage was never owed: it counts neither as met nor as missed, and nothing says that somebody saw the child.
    let ended: Vec<String> = sqlx::query_scalar(
        "SELECT ended_how FROM stages WHERE ticket_id = $1 AND stage = 'contact' AND ended_at IS NOT NULL",
    )
    .bind(id)
    .fetch_all(&system.db)
    .await
    .unwrap();
    assert_eq!(ended, ["void"]);
    let url = format!("{}/api/v1/status", system.public_url);
    let asked = json!({"receipt": filed.receipt, "follow_up_code": filed.follow_up_code});
    let status: Value = system
        .http
        .post(url)
        .json(&asked)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(
        status["child_seen_at"].is_null() && status["resolved_at"].is_null(),
        "{status}"
    );
}
