//! 再次发送 by a unit's leader: a mail that did not reach his unit goes out again, once, and the trail says who did it.

use std::time::Duration;

use tests::{Left, System, eventually, officers::Accounts};
use uuid::Uuid;

use super::filed;

#[tokio::test]
async fn a_leader_has_a_lost_mail_of_his_unit_sent_again() {
    let system = System::start().await;
    // Mails are made ones that failed, and one stays so.
    system.leaves(&[Left::Undelivered]);
    let accounts = Accounts::make(&system).await;
    let (id, other, _) = filed(&system).await;
    system.quiet(Duration::from_secs(30)).await;
    let (leader, member) = (
        accounts.browser(&system, "leader").await,
        accounts.browser(&system, "member").await,
    );
    let of = async |ticket: i64| -> Uuid {
        sqlx::query_scalar(
            "SELECT id FROM notices WHERE ticket_id = $1 AND kind = 'dispatch' ORDER BY created_at LIMIT 1",
        )
        .bind(ticket)
        .fetch_one(&system.db)
        .await
        .unwrap()
    };
    let (lost, foreign) = (of(id).await, of(other).await);
    let page = leader.get(&format!("/tickets/{id}")).await;
    assert!(!page.text.contains("没有送达本单位的通知"), "everything arrived");
    let path = format!("/tickets/{id}/notices/{lost}/resend");
    let csrf = page.hidden("csrf");
    assert_eq!(
        leader.post(&path, &[("csrf", &csrf)]).await.status,
        409,
        "what arrived is not sent again by a unit"
    );

    for (state, said) in [("failed", "发送失败"), ("bounced", "被退回")] {
        sqlx::query("UPDATE notices SET state = $2, replaced_by = NULL WHERE id = ANY ($1)")
            .bind([lost, foreign])
            .bind(state)
            .execute(&system.db)
            .await
            .unwrap();
        let page = leader.get(&format!("/tickets/{id}")).await;
        assert!(page.text.contains("没有送达本单位的通知") && page.text.contains(said) && page.text.contains(&path));
        assert!(
            !page.text.contains(&foreign.to_string()),
            "another unit's mail is not shown"
        );
    }
    assert!(
        !member.get(&format!("/tickets/{id}")).await.text.contains(&path),
        "the leader's act alone"
    );
    let theirs = member.get(&format!("/tickets/{id}")).await.hidden("csrf");
    assert_eq!(member.post(&path, &[("csrf", &theirs)]).await.status, 404);
    let crossed = format!("/tickets/{id}/notices/{foreign}/resend");
    assert_eq!(
        leader.post(&crossed, &[("csrf", &csrf)]).await.status,
        409,
        "no mail to this unit"
    );

    let before = system.mail.count();
    let done = leader.post(&path, &[("csrf", &csrf)]).await;
    assert_eq!(
        done.location.as_deref(),
        Some(format!("/tickets/{id}?done=resend").as_str())
    );
    let page = leader.get(&format!("/tickets/{id}?done=resend")).await;
    assert!(
        page.text.contains(platform::text::Lang::Zh.t("desk.done.resend")) && !page.text.contains(&path),
        "it says what was done, and offers it no more"
    );
    eventually("the mail, again", Duration::from_secs(20), async || {
        (system.mail.count() > before).then_some(())
    })
    .await;
    let mail = system.mail.mails().pop().unwrap();
    assert!(mail.text().contains("这是再次发送的通知"), "{}", mail.text());
    assert!(mail.text().contains(&format!("/tickets/{id}")));
    // Once, with the account of who did it in notice and trail.
    assert_eq!(leader.post(&path, &[("csrf", &csrf)]).await.status, 409);
    let (notices, events): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM notices n JOIN accounts a ON a.id = n.resent_by WHERE a.login = 'demo-leader' AND n.resent_from = $1),
                (SELECT count(*) FROM events e JOIN accounts a ON a.id = e.account_id
                 WHERE a.login = 'demo-leader' AND e.kind = 'notice-resent' AND e.ticket_id = $2)",
    )
    .bind(lost)
    .bind(id)
    .fetch_one(&system.db)
    .await
    .unwrap();
    assert_eq!((notices, events), (1, 1));
    assert!(page.text.contains("再次发送了通知"), "the ticket's own trail");
}
