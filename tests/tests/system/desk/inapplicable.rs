//! 不适用: offered where a ticket rests on a fact that nobody knows, and nowhere else; it needs no contact, and claims none.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Known, Sample, Scene};

/// A ticket of the report that rests on an unknown fact or, if `known`, on none: id and unit.
async fn ticket(scene: &Scene, known: bool) -> (i64, String) {
    sqlx::query_as(
        "SELECT id, unit FROM tickets WHERE report_id = $1 AND obligation <> 'triage' AND unit <> 'office'
         AND (cardinality(coalesce(unknowns, '{}')) = 0) = $2 ORDER BY id LIMIT 1",
    )
    .bind(scene.filed.id())
    .bind(known)
    .fetch_one(&scene.system.db)
    .await
    .unwrap()
}

#[tokio::test]
async fn what_rests_on_an_unknown_fact_may_not_apply() {
    // Nobody knows the child's age and sex, and whether the parents are away.
    let mut body: Value = Sample::BruisesAtSchool.json();
    let child = body["children"][0].as_object_mut().unwrap();
    for known in ["age", "birth_date", "id_number", "left_behind"] {
        child.remove(known);
    }
    child.insert("sex".into(), json!("unknown"));
    let mut scene = Scene::with(&body.to_string()).await;
    let (id, unit) = ticket(&scene, false).await;
    let (certain, other) = ticket(&scene, true).await;
    for (login, unit) in [("one", &unit), ("two", &unit), ("certain", &other)] {
        scene
            .accounts
            .join(&scene.system, login, "王伟", (unit, "member"))
            .await;
    }
    let (one, two) = (scene.browser("one").await, scene.browser("two").await);
    let elsewhere = scene.browser("certain").await;

    // A ticket that rests on known facts: not offered, and refused.
    scene.signed(&elsewhere, certain).await;
    let page = elsewhere.get(&format!("/tickets/{certain}/close")).await;
    assert!(page.text.contains("value=\"no-harm-found\"") && !page.text.contains("value=\"not-applicable\""));
    let page = elsewhere.get(&format!("/tickets/{certain}")).await;
    let forced = [("outcome", "not-applicable"), ("note", "与本单位无关")];
    assert_eq!(elsewhere.act(&page, certain, "resolve", &forced).await.status, 422);

    scene.signed(&one, id).await;
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
            .fetch_one(&scene.system.db)
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
    .fetch_all(&scene.system.db)
    .await
    .unwrap();
    assert_eq!(ended, ["void"]);
    let known: Known = scene.system.known(&scene.filed).await;
    assert!(
        known.child_seen_at.is_none() && known.resolved_at.is_none(),
        "{known:?}"
    );
}
