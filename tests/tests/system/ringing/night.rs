//! A P1 at three in the morning.

use super::*;

#[tokio::test]
async fn it_rings_the_person_on_duty_at_once_by_all_channels_then_deputy_and_leader() {
    let night = Night::new().await;
    night.turn(night.at).await;
    assert_eq!(
        night.calls(night.at).await,
        [
            "li desk dispatch:0",
            "li mail dispatch:0",
            "li sms dispatch:0",
            "li voice dispatch:0"
        ]
    );
    let five = night.at + minutes(5);
    night.turn(five - minutes(1)).await;
    night.turn(five).await;
    assert_eq!(
        night.calls(five).await,
        [
            "li sms dispatch:1",
            "li voice dispatch:1",
            "zhao sms dispatch:1",
            "zhao voice dispatch:1"
        ]
    );
    let ten = night.at + minutes(10);
    night.turn(ten).await;
    night.turn(ten).await;
    assert_eq!(
        night.calls(ten).await,
        ["wang sms dispatch:2", "wang voice dispatch:2"],
        "once, however often it is looked"
    );
    let ladder: Vec<(String, String)> = sqlx::query_as(
        "SELECT c.channel, p.step FROM calls c JOIN call_steps p ON p.call_id = c.id JOIN accounts a ON a.id = c.account_id
         WHERE a.login = 'li' AND c.created_at = $1 ORDER BY 1",
    )
    .bind(night.at)
    .fetch_all(&night.fixture.db)
    .await
    .expect("steps");
    let said: Vec<_> = ladder
        .iter()
        .map(|(channel, step)| format!("{channel} {step}"))
        .collect();
    assert_eq!(said, ["desk failed", "mail queued", "sms queued", "voice queued"]);
}

#[tokio::test]
async fn unsigned_it_still_rings_after_three_hours_and_after_three_days_and_mails_the_last_level_again() {
    let night = Night::new().await;
    let mails = async || {
        let mails = "SELECT count(*) FROM notices n JOIN notice_tickets t ON t.notice_id = n.id
                     WHERE n.dedup LIKE 'ring:%:again:%' AND n.kind = 'supervise-letter' AND n.unit = 'lg'";
        night.fixture.count(mails).await
    };
    for (after, at) in [(0, 0), (15, 15), (30, 30), (60, 60), (90, 90)].map(|(n, m)| (n, night.at + minutes(m))) {
        assert!(after == 0 || night.turn(at).await.stages > 0);
    }
    assert_eq!(mails().await, 0, "the last level itself is no repetition");
    let mut before = 0;
    for at in [night.at + minutes(180), night.at + TimeDelta::days(3)] {
        night.turn(at).await;
        let again: Vec<String> = night.calls(at).await;
        assert!(again.iter().any(|call| call.contains("again:")), "{again:?}");
        assert!(mails().await > before, "the mail goes out again");
        before = mails().await;
        let next: bool = sqlx::query_scalar(
            "SELECT next_at > $2 AND next_at <= $2 + interval '30 minutes' FROM ring_turns WHERE stage_id = $1",
        )
        .bind(night.stage)
        .bind(at)
        .fetch_one(&night.fixture.db)
        .await
        .expect("its turn");
        assert!(next, "and there is a next one");
    }
}

#[tokio::test]
async fn signed_and_unseen_goes_on_and_what_is_done_rings_no_more() {
    let night = Night::new().await;
    night.turn(night.at).await;
    night.act("sign", night.at + minutes(2)).await;
    let five = night.at + minutes(5);
    night.turn(five).await;
    assert!(night.calls(five).await.is_empty(), "it is signed");
    let due: DateTime<Utc> = sqlx::query_scalar("SELECT due_at FROM stages WHERE ticket_id = $1 AND stage = 'contact'")
        .bind(night.ticket)
        .fetch_one(&night.fixture.db)
        .await
        .expect("the child is to be seen by then");
    let late = due + TimeDelta::days(3);
    for hours in 0..=72 {
        night.turn(due + TimeDelta::hours(hours)).await;
    }
    let calls = night.calls(late).await;
    assert!(calls.iter().any(|call| call.contains("again:")), "{calls:?}");
    night.act("contact", late + minutes(1)).await;
    let next = late + minutes(30);
    night.turn(next).await;
    assert!(!night.calls(next).await.iter().any(|call| call.contains("again:")));
}

#[tokio::test]
async fn a_drill_is_marked_and_is_never_one_call_with_a_report() {
    let night = Night::new().await;
    let drill = night.fixture.stored(Sample::BruisesAtSchool).await;
    sqlx::query("UPDATE reports SET drill = true WHERE id = $1")
        .bind(drill.id)
        .execute(&night.fixture.db)
        .await
        .expect("a drill");
    let drill = platform::store::ReportToRoute { drill: true, ..drill };
    night.fixture.route(&drill, night.at).await;
    night.turn(night.at).await;
    let mixed = "SELECT count(*) FROM calls c JOIN call_rings r ON r.call_id = c.id JOIN stages s ON s.id = r.stage_id WHERE c.drill <> s.drill";
    assert_eq!(night.fixture.count(mixed).await, 0);
    for drill in [true, false] {
        let calls: i64 = sqlx::query_scalar("SELECT count(*) FROM calls WHERE drill = $1")
            .bind(drill)
            .fetch_one(&night.fixture.db)
            .await
            .expect("calls");
        assert!(calls >= 4, "{drill}: {calls}");
    }
}
