//! 知悉接手: what an answer stops, and what it does not.

use super::*;
use platform::store::{AnsweredHow, BellAnswer, Desk, DeskScope, Notifier, Office};

impl Night {
    async fn answer(&self, login: &str, how: AnsweredHow, at: DateTime<Utc>) -> BellAnswer {
        BellAnswer {
            by: self.account(login).await,
            how,
            recorded_by: None,
            at,
        }
    }
}

#[tokio::test]
async fn it_stops_that_bell_for_everybody_and_never_the_next_level() {
    let night = Night::new().await;
    night.turn(night.at).await;
    let soon = night.at + minutes(1);
    let answer = night.answer("li", AnsweredHow::Digit, soon).await;
    let notifier: Store<Notifier> = night.fixture.store_as();
    let answered = notifier
        .bell_answer(&[night.call("li", "voice").await], answer)
        .await
        .expect("answered");
    assert!(
        answered.iter().any(|bell| bell.fresh && bell.cause == "dispatch"),
        "{answered:?}"
    );
    let queued = "SELECT count(*) FROM calls c JOIN accounts a ON a.id = c.account_id WHERE a.login = 'li' AND c.state = 'queued'";
    assert_eq!(
        night.fixture.count(queued).await,
        0,
        "what had not gone out yet is silenced"
    );
    for later in [5, 10, 15, 20] {
        let at = night.at + minutes(later);
        night.turn(at).await;
        let calls = night.calls(at).await;
        assert!(!calls.iter().any(|call| call.contains("dispatch")), "{calls:?}");
    }
    let level = night.at + minutes(30);
    night.turn(level).await;
    let calls = night.calls(level).await;
    assert!(calls.iter().any(|call| call.contains("level-2:0")), "{calls:?}");
    let events = "SELECT count(*) FROM events e JOIN accounts a ON a.id = e.account_id
                  WHERE e.kind = 'ring-answered' AND a.login = 'li' AND e.actor = 'li' AND e.detail ->> 'how' = 'digit'";
    assert!(night.fixture.count(events).await >= 1);
    let signed = "SELECT count(*) FROM tickets WHERE state <> 'dispatched'";
    assert_eq!(night.fixture.count(signed).await, 0, "an answer signs nothing");
}

#[tokio::test]
async fn who_is_second_changes_nothing_and_is_told_who_was_first() {
    let night = Night::new().await;
    night.turn(night.at).await;
    night.turn(night.at + minutes(5)).await;
    let office: Store<Office> = night.fixture.store_as();
    let notifier: Store<Notifier> = night.fixture.store_as();
    let (li, zhao) = (night.call("li", "voice").await, night.call("zhao", "voice").await);
    let at = night.at + minutes(6);
    let (one, two) = (
        night.answer("li", AnsweredHow::Digit, at).await,
        night.answer("zhao", AnsweredHow::Telephone, at).await,
    );
    let calls = ([li], [zhao]);
    let (a, b) = tokio::join!(notifier.bell_answer(&calls.0, one), office.bell_answer(&calls.1, two));
    let police = |bells: Vec<platform::store::BellAnswered>| {
        let mut bells = bells.into_iter();
        bells.find(|bell| bell.stage_id.0 == night.stage).expect("the bell")
    };
    let (a, b) = (police(a.expect("answered")), police(b.expect("answered")));
    assert_ne!(a.fresh, b.fresh, "one of them was first");
    assert_eq!((a.answered_by, a.answered_at), (b.answered_by, b.answered_at));
    let lines = "SELECT count(*) FROM events e JOIN tickets t ON t.id = e.ticket_id WHERE e.kind = 'ring-answered' AND t.obligation = 'police-accept'";
    assert_eq!(night.fixture.count(lines).await, 1);
}

#[tokio::test]
async fn one_answer_is_for_all_that_rings_for_a_person() {
    let night = Night::new().await;
    for _ in 0..5 {
        let report = night.fixture.stored(Sample::BruisesAtSchool).await;
        night.fixture.route(&report, night.at).await;
    }
    night.turn(night.at).await;
    let office: Store<Office> = night.fixture.store_as();
    let answer = night.answer("li", AnsweredHow::Message, night.at + minutes(1)).await;
    let answered = office.bell_answer_all(answer).await.expect("answered");
    let reports: std::collections::BTreeSet<_> = answered
        .iter()
        .filter(|bell| bell.fresh)
        .map(|bell| bell.report_id)
        .collect();
    assert_eq!(reports.len(), 6);
    assert!(office.bell_answer_all(answer).await.expect("nothing rings").is_empty());
}

#[tokio::test]
async fn a_desk_answers_for_its_own_people_alone() {
    let night = Night::new().await;
    night.turn(night.at).await;
    let desk: Store<Desk> = night.fixture.store_as();
    let strange = night.officer("sun", "ca", "member").await;
    let call = night.call("li", "voice").await;
    let answer = BellAnswer {
        by: strange,
        how: AnsweredHow::Login,
        recorded_by: None,
        at: night.at + minutes(1),
    };
    let other = desk
        .desk_bell_answer(&DeskScope::new(["ca"]), &[call], answer)
        .await
        .expect("asked");
    assert!(other.is_empty(), "another unit's call: {other:?}");
    let own = night.answer("zhao", AnsweredHow::Login, night.at + minutes(1)).await;
    let own = desk
        .desk_bell_answer(&DeskScope::new([POLICE]), &[call], own)
        .await
        .expect("answered");
    assert!(own.iter().any(|bell| bell.fresh), "a colleague takes it: {own:?}");
}

#[tokio::test]
async fn of_the_repetition_one_ring_is_silent() {
    let night = Night::new().await;
    for m in [0, 15, 30, 60, 90, 120] {
        night.turn(night.at + minutes(m)).await;
    }
    let notifier: Store<Notifier> = night.fixture.store_as();
    let answer = night.answer("odu", AnsweredHow::Digit, night.at + minutes(121)).await;
    let answered = notifier.bell_answer_all(answer).await.expect("answered");
    assert!(
        answered.iter().any(|bell| bell.cause == "again" && bell.fresh),
        "{answered:?}"
    );
    let next = night.at + minutes(150);
    night.turn(next).await;
    let calls = night.calls(next).await;
    assert!(calls.iter().any(|call| call.contains("again:1")), "{calls:?}");
}
