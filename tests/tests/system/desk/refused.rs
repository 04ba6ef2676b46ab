//! What the pages refuse, and how they say it: double clicks, stale pages, other units, forged forms, identities.

use reqwest::StatusCode;
use tests::{System, officers::Accounts};

use super::{events, filed};

#[tokio::test]
async fn a_double_click_does_one_thing_and_says_so() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (id, ..) = filed(&system).await;
    let member = accounts.browser(&system, "member").await;
    let page = member.get(&format!("/tickets/{id}")).await;
    let (one, two) = tokio::join!(member.act(&page, id, "sign", &[]), member.act(&page, id, "sign", &[]));
    let mut answers = [one, two];
    answers.sort_by_key(|a| a.status);
    assert_eq!(
        (answers[0].status, answers[1].status),
        (StatusCode::OK, StatusCode::SEE_OTHER)
    );
    assert!(answers[0].text.contains("只记录一次") && answers[0].text.contains("签收了这件工单"));
    assert_eq!(events(&system, id).await, ["signed"]);

    // A colleague with the old page: a conflict that names who signed.
    let leader = accounts.browser(&system, "leader").await;
    let fresh = leader.get(&format!("/tickets/{id}")).await;
    let old = [("csrf", fresh.hidden("csrf")), ("version", "1".to_owned())];
    let old: Vec<_> = old.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let conflict = leader.post(&format!("/tickets/{id}/sign"), &old).await;
    assert!(conflict.status == 409 && conflict.text.contains("演示·派出所民警"));
    assert_eq!(events(&system, id).await, ["signed"]);
}

#[tokio::test]
async fn others_find_nothing_and_forged_forms_do_nothing() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (id, other, _) = filed(&system).await;
    let member = accounts.browser(&system, "member").await;
    let mine = member.get(&format!("/tickets/{id}")).await;
    let foreign = member.get(&format!("/tickets/{other}")).await;
    let missing = member.get("/tickets/999999999").await;
    assert_eq!(
        (foreign.status, missing.status),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
    assert_eq!(foreign.text, missing.text, "a foreign ticket looks like none");
    for act in ["sign", "assign", "contact", "evidence", "resolve", "reporter"] {
        assert_eq!(member.act(&mine, other, act, &[]).await.status, 404, "{act}");
        let forged = member
            .post(&format!("/tickets/{id}/{act}"), &[("csrf", "0"), ("version", "1")])
            .await;
        assert_eq!(forged.status, 403, "{act} without the session's token");
    }
    let untouched: i64 = sqlx::query_scalar("SELECT count(*) FROM tickets WHERE version > 1 OR signed_at IS NOT NULL")
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert_eq!(untouched, 0);
    let office = accounts.browser(&system, "office").await;
    assert_eq!(
        office.get("/desk").await.status,
        404,
        "the office has a board, not a desk"
    );
}
