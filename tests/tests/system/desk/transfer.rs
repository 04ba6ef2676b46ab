//! 已移送: a ticket moves to another unit when that unit has signed.

use casework::county::Matter;
use casework::words::reserved::TRANSFERRED;
use chrono::TimeDelta;
use platform::store::{ActDone, Board, Denied, DeskScope, TicketDeed, TicketId};
use tests::Sample;

use super::scene::{OTHER, Scene, UNIT, text};

#[tokio::test]
async fn a_transfer_opens_a_successor_and_ends_when_that_is_signed() {
    let scene = Scene::new(Sample::BruisesAtSchool).await;
    let one = scene.person("one", "王伟", UNIT, "member").await;
    let two = scene.person("two", "李娜", UNIT, "leader").await;
    let there = scene.person("there", "王伟", OTHER, "member").await;
    let office = scene.person("office1", "周正", "office", "office").await;
    let id = scene.ticket;
    let lead = scene.row(id).await["lead"].as_bool().unwrap();
    scene.act(&one, UNIT, id, &TicketDeed::Sign, 1).await;
    let ask = scene.closing(TRANSFERRED, Some(scene.wait(Matter::Approve, true, Some(OTHER), 5)));
    assert_eq!(scene.act(&one, UNIT, id, &ask, 5).await, ActDone::Done);
    // The office decides, nobody of the unit; and it approves, it does not confirm.
    assert_eq!(
        scene.act(&two, UNIT, id, &TicketDeed::Refuse, 6).await,
        ActDone::Denied(Denied::Office)
    );
    assert!(matches!(
        scene.decide(&office, id, &TicketDeed::Confirm(None), 6).await,
        ActDone::NotAllowed { .. }
    ));
    assert_eq!(
        scene.decide(&office, id, &scene.successor(OTHER, 7), 7).await,
        ActDone::Done
    );
    let successor: TicketId = sqlx::query_scalar("SELECT id FROM tickets WHERE predecessor = $1")
        .bind(id)
        .fetch_one(scene.fixture.store.pool())
        .await
        .unwrap();
    let (old, new) = (scene.row(id).await, scene.row(successor).await);
    assert_eq!(
        (text(&old, "state"), text(&new, "state")),
        (Some("transferring"), Some("dispatched"))
    );
    for key in ["case_id", "obligation", "urgency", "report_id", "evidence", "basis"] {
        assert_eq!(old[key], new[key], "{key}");
    }
    assert_eq!(
        (old["lead"].as_bool(), new["lead"].as_bool()),
        (Some(false), Some(lead))
    );
    // The old clock runs on, the new one starts at its own dispatch; the first stays known.
    assert!(scene.stage(id, "resolve").await["ended_at"].is_null());
    let shown = scene
        .desk
        .desk_ticket(&DeskScope::new([OTHER]), successor)
        .await
        .unwrap()
        .unwrap();
    let chain = shown.chain.unwrap().0;
    assert_eq!(chain.case_dispatched_at, Some(scene.at));
    assert_eq!(chain.first.unwrap().dues.unwrap().len(), 3);
    let dispatches: i64 =
        sqlx::query_scalar("SELECT count(*) FROM notices WHERE ticket_id = $1 AND kind = 'dispatch' AND unit = $2")
            .bind(successor)
            .bind(OTHER)
            .fetch_one(scene.fixture.store.pool())
            .await
            .unwrap();
    assert_eq!(dispatches, 1);
    scene.ledger().await;
    // Not due for a call-back while either is open.
    assert!(
        scene
            .fixture
            .store_as::<Board>()
            .callback_due("taihe", scene.report, platform::clock::now())
            .await
            .unwrap()
            .is_none()
    );
    // What is true is still recorded at the old unit, and the old unit can't close it otherwise.
    let seen = TicketDeed::Contact {
        seen_at: scene.at - TimeDelta::hours(2),
    };
    assert_eq!(scene.act(&two, UNIT, id, &seen, 8).await, ActDone::Done);
    assert_eq!(text(&scene.row(id).await, "state"), Some("transferring"));
    assert!(matches!(
        scene.act(&two, UNIT, id, &scene.closing("not-found", None), 8).await,
        ActDone::NotAllowed { .. }
    ));
    // Signed there: the old one ends as transferred, and can't be taken back any more.
    assert_eq!(
        scene.act(&there, OTHER, successor, &TicketDeed::Sign, 9).await,
        ActDone::Done
    );
    let old = scene.row(id).await;
    assert_eq!(
        (text(&old, "state"), text(&old, "outcome")),
        (Some("resolved"), Some(TRANSFERRED))
    );
    assert_eq!(old["resolved_by_account"].as_i64(), Some(one.0.0));
    assert_eq!(
        scene.act(&one, UNIT, id, &TicketDeed::TakeBack, 10).await,
        ActDone::Denied(Denied::TakenOver)
    );
    scene.ledger().await;
}

#[tokio::test]
async fn a_transfer_is_taken_back_before_the_other_unit_signs() {
    let scene = Scene::new(Sample::BruisesAtSchool).await;
    let one = scene.person("one", "王伟", UNIT, "member").await;
    let office = scene.person("office1", "周正", "office", "office").await;
    let there = scene.person("there", "赵敏", OTHER, "member").await;
    let id = scene.ticket;
    scene.act(&one, UNIT, id, &TicketDeed::Sign, 1).await;
    scene
        .act(
            &one,
            UNIT,
            id,
            &scene.closing(TRANSFERRED, Some(scene.wait(Matter::Approve, true, Some(OTHER), 5))),
            5,
        )
        .await;
    scene.decide(&office, id, &scene.successor(OTHER, 7), 7).await;
    let successor: TicketId = sqlx::query_scalar("SELECT id FROM tickets WHERE predecessor = $1")
        .bind(id)
        .fetch_one(scene.fixture.store.pool())
        .await
        .unwrap();
    assert_eq!(scene.act(&one, UNIT, id, &TicketDeed::TakeBack, 8).await, ActDone::Done);
    let (old, gone) = (scene.row(id).await, scene.row(successor).await);
    assert_eq!(
        (text(&old, "state"), text(&gone, "state")),
        (Some("in-progress"), Some("returned"))
    );
    assert!(old["lead"].as_bool().unwrap() != gone["lead"].as_bool().unwrap() || !gone["lead"].as_bool().unwrap());
    assert!(matches!(
        scene.act(&there, OTHER, successor, &TicketDeed::Sign, 9).await,
        ActDone::NotAllowed { .. }
    ));
    assert_eq!(
        text(&scene.stage(successor, "sign").await, "ended_how"),
        Some("void"),
        "not judged"
    );
    scene.ledger().await;
    // And once more, to the same unit: a second successor.
    scene
        .act(
            &one,
            UNIT,
            id,
            &scene.closing(TRANSFERRED, Some(scene.wait(Matter::Approve, true, Some(OTHER), 20))),
            20,
        )
        .await;
    assert_eq!(
        scene.decide(&office, id, &scene.successor(OTHER, 21), 21).await,
        ActDone::Done
    );
    scene.ledger().await;
}
