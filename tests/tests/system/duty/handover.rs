//! 交班: the open tickets are given over and taken, and each says so.

use tests::{Sample, System, officers::Accounts};

const PAGE: &str = "/duty/pol-341222101/handover";

#[tokio::test]
async fn what_is_handed_over_says_both_names() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    let (leader, member) = (
        accounts.browser(&system, "leader").await,
        accounts.browser(&system, "member").await,
    );
    let page = leader.get(PAGE).await;
    assert!(page.text.contains(&filed.receipt), "{}", page.text);
    let csrf = page.hidden("csrf");
    let to: i64 = system
        .count("SELECT id FROM accounts WHERE login = 'demo-member'")
        .await;
    let refused = leader.post(PAGE, &[("csrf", &csrf), ("to", "")]).await;
    assert_eq!(refused.status, 422);
    let given = leader.post(PAGE, &[("csrf", &csrf), ("to", &to.to_string())]).await;
    assert_eq!(given.status, 200, "{}", given.text);
    let handover: i64 = system.count("SELECT id FROM handovers WHERE taken_at IS NULL").await;
    let take = format!("/duty/pol-341222101/handovers/{handover}/take");
    assert_eq!(
        leader.post(&take, &[("csrf", &csrf)]).await.status,
        409,
        "not by who gave it"
    );

    let csrf = member.get(PAGE).await.hidden("csrf");
    assert_eq!(member.post(&take, &[("csrf", &csrf)]).await.status, 200);
    assert_eq!(member.post(&take, &[("csrf", &csrf)]).await.status, 409, "once");
    let ticket: i64 = sqlx::query_scalar("SELECT id FROM tickets WHERE report_id = $1 AND unit = 'pol-341222101'")
        .bind(filed.id())
        .fetch_one(&system.db)
        .await
        .unwrap();
    let shown = member.get(&format!("/tickets/{ticket}")).await;
    assert!(
        shown.text.contains("演示·派出所所长 交班，演示·派出所民警 接班"),
        "{}",
        shown.text
    );
}
