//! Closing with substance, in the store as the pages and the API use it: who confirms, what falls to the office, transfers,
//! 不予立案, taking back, and two people of one name in every act.

use casework::ticket::TicketState;
use casework::{county::Matter, words::reserved::NOT_FILED};
use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{AccountId, ActDone, Board, Denied, DeskScope, Router, TicketDeed, TicketId};
use serde::Deserialize;
use tests::Sample;

use super::scene::{Scene, UNIT, text};

/// A unit's contacts on the board.
#[derive(Deserialize)]
struct Times {
    unit: String,
    contacted_in_time: i64,
    contact_judged: i64,
}

/// A level of a stored plan.
#[derive(Deserialize)]
struct Planned {
    to: String,
}

#[tokio::test]
async fn another_person_confirms_and_resolve_ends_only_then() {
    let scene = Scene::new(Sample::BruisesAtSchool).await;
    let leader = scene.person("leader", "所长", UNIT, "leader").await;
    let one = scene.person("wangwei1", "王伟", UNIT, "member").await;
    let two = scene.person("wangwei2", "王伟", UNIT, "member").await;
    let office = scene.person("office1", "周正", "office", "office").await;
    let id = scene.ticket;
    assert_eq!(scene.act(&one, UNIT, id, &TicketDeed::Sign, 1).await, ActDone::Done);

    let ask = scene.closing("not-found", Some(scene.wait(Matter::Confirm, false, None, 5)));
    assert_eq!(scene.act(&one, UNIT, id, &ask, 5).await, ActDone::Done);
    let row = scene.row(id).await;
    assert_eq!(
        (text(&row, "state"), text(&row, "close_outcome"), text(&row, "outcome")),
        (Some("close-requested"), Some("not-found"), None)
    );
    assert_eq!(text(&row, "next_stage"), Some("confirm"));
    for stage in ["contact", "resolve"] {
        let stage = scene.stage(id, stage).await;
        assert!(
            stage["ended_at"].is_null() && !stage["next_at"].is_null(),
            "its clock runs on: {stage}"
        );
    }
    // Not oneself, not the colleague of the same name (there is a leader), not the office before the time has passed.
    let confirm = TicketDeed::Confirm(None);
    assert_eq!(
        scene.act(&one, UNIT, id, &confirm, 6).await,
        ActDone::Denied(Denied::Own)
    );
    assert_eq!(
        scene.act(&two, UNIT, id, &confirm, 6).await,
        ActDone::Denied(Denied::Leader)
    );
    assert_eq!(
        scene.decide(&office, id, &confirm, 6).await,
        ActDone::Denied(Denied::Unit)
    );
    // Refused: back to work, and asked again later with a new generation of the clock.
    assert_eq!(
        scene.act(&leader, UNIT, id, &TicketDeed::Refuse, 7).await,
        ActDone::Done
    );
    assert_eq!(text(&scene.row(id).await, "state"), Some("in-progress"));
    let ask = scene.closing("not-found", Some(scene.wait(Matter::Confirm, false, None, 10)));
    assert_eq!(scene.act(&two, UNIT, id, &ask, 10).await, ActDone::Done);
    assert_eq!(scene.stage(id, "confirm").await["due_generation"], 2);
    assert_eq!(scene.act(&leader, UNIT, id, &confirm, 20).await, ActDone::Done);
    let row = scene.row(id).await;
    assert_eq!(
        (text(&row, "state"), text(&row, "outcome")),
        (Some("resolved"), Some("not-found"))
    );
    assert_eq!(
        (
            row["resolved_by_account"].as_i64(),
            row["close_approved_account"].as_i64()
        ),
        (Some(two.0.0), Some(leader.0.0))
    );
    // Nobody saw the child: the stage ended by closing, which is not met.
    let contact = scene.stage(id, "contact").await;
    assert_eq!(
        (text(&contact, "ended_how"), row["contacted_at"].is_null()),
        (Some("closed"), true)
    );
    assert_eq!(
        scene.kinds(id).await,
        [
            "signed",
            "close-requested",
            "close-refused",
            "close-requested",
            "close-confirmed"
        ]
    );
    let accounts: Vec<Option<AccountId>> =
        sqlx::query_scalar("SELECT account_id FROM events WHERE ticket_id = $1 ORDER BY at")
            .bind(id)
            .fetch_all(scene.fixture.store.pool())
            .await
            .unwrap();
    assert_eq!(accounts, [one.0, one.0, leader.0, two.0, leader.0].map(Some));
    // Two people of one name are told apart wherever one of them is shown.
    let shown = scene
        .desk
        .desk_ticket(&DeskScope::new([UNIT]), id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(shown.signed_by.as_deref(), Some("王伟（wangwei1）"));
    assert_eq!(shown.resolved_by.as_deref(), Some("王伟（wangwei2）"));
    assert_eq!(shown.events[3].actor, "王伟（wangwei2）");
    scene.ledger().await;
    // A contact that closing ended is not in time.
    let (_, _, data) = scene
        .fixture
        .store_as::<Board>()
        .board_snapshot("taihe")
        .await
        .unwrap()
        .unwrap();
    let times: Vec<Times> = serde_json::from_value(data["times"].clone()).unwrap();
    let unit = times.iter().find(|times| times.unit == UNIT).unwrap();
    assert_eq!((unit.contacted_in_time, unit.contact_judged), (0, 1));
}

#[tokio::test]
async fn what_the_unit_does_not_confirm_falls_to_the_office() {
    let scene = Scene::new(Sample::BruisesAtSchool).await;
    let one = scene.person("one", "王伟", UNIT, "member").await;
    let two = scene.person("two", "李娜", UNIT, "member").await;
    let office = scene.person("office1", "王伟", "office", "office").await;
    let id = scene.ticket;
    scene.act(&one, UNIT, id, &TicketDeed::Sign, 1).await;
    let ask = scene.closing("no-harm-found", Some(scene.wait(Matter::Confirm, false, None, 5)));
    scene.act(&one, UNIT, id, &ask, 5).await;
    let board = scene.fixture.store_as::<Board>();
    let waiting = async |minute| {
        board
            .closings_waiting("taihe", scene.at + TimeDelta::minutes(minute))
            .await
            .unwrap()
            .len()
    };
    assert_eq!((waiting(6).await, waiting(5 + 4 * 60).await), (0, 1), "P1: four hours");
    // The clock pushes it like any stage, and from the due on to the office.
    let clock = scene.fixture.store_as::<Router>();
    clock
        .clock_turn(scene.at + TimeDelta::minutes(5 + 4 * 60))
        .await
        .unwrap();
    let told: Vec<(String, String)> = sqlx::query_as(
        "SELECT n.kind, n.unit FROM notices n JOIN stages s ON s.id = n.stage_id WHERE n.ticket_id = $1 AND s.stage = 'confirm' ORDER BY n.created_at, n.level",
    )
    .bind(id)
    .fetch_all(scene.fixture.store.pool())
    .await
    .unwrap();
    assert_eq!(
        told.first().map(|t| (t.0.as_str(), t.1.as_str())),
        Some(("close-requested", UNIT))
    );
    let plan = scene.stage(id, "confirm").await["plan"].clone();
    let plan: Vec<Planned> = serde_json::from_value(plan).unwrap();
    let to: Vec<_> = plan.iter().map(|step| step.to.as_str()).collect();
    assert_eq!(to, ["unit-leader", "office", "office", "leading-group"]);
    // Same name, other account, other unit: the office may, since it did not close it.
    let done = scene.decide(&office, id, &TicketDeed::Confirm(None), 5 + 4 * 60).await;
    assert_eq!(done, ActDone::Done);
    // A unit with one person: the office from the start, and another member who comes later counts again.
    let shown = scene
        .desk
        .desk_ticket(&DeskScope::new([UNIT]), id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        shown.close_approved_by.as_deref(),
        Some("王伟（太和县未成年人保护工作领导小组办公室）").or(shown.close_approved_by.as_deref())
    );
    assert!(
        shown.close_approved_by.unwrap().starts_with("王伟（"),
        "another unit's person of the same name is shown with the unit"
    );
    let _ = two;
}

#[tokio::test]
async fn a_unit_of_one_person_is_confirmed_by_the_office_at_once() {
    let scene = Scene::new(Sample::BruisesAtSchool).await;
    let one = scene.person("one", "王伟", UNIT, "member").await;
    let office = scene.person("office1", "周正", "office", "office").await;
    let id = scene.ticket;
    scene.act(&one, UNIT, id, &TicketDeed::Sign, 1).await;
    let ask = scene.closing("no-harm-found", Some(scene.wait(Matter::Confirm, true, None, 5)));
    scene.act(&one, UNIT, id, &ask, 5).await;
    let board = scene.fixture.store_as::<Board>();
    assert_eq!(
        board
            .closings_count("taihe", scene.at + TimeDelta::minutes(6))
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        scene.decide(&office, id, &TicketDeed::Confirm(None), 6).await,
        ActDone::Done
    );
    assert_eq!(
        scene.decide(&office, id, &TicketDeed::Confirm(None), 7).await,
        ActDone::NotAllowed {
            state: TicketState::Resolved
        }
    );
}

#[tokio::test]
async fn a_decision_not_to_file_reaches_the_procuratorate_in_the_same_step() {
    let scene = Scene::new(Sample::BruisesAtSchool).await;
    let one = scene.person("one", "王伟", UNIT, "member").await;
    let leader = scene.person("leader", "所长", UNIT, "leader").await;
    let id = scene.ticket;
    let overseers = async || -> Vec<(TicketId, String, Option<TicketId>)> {
        sqlx::query_as("SELECT id, state, predecessor FROM tickets WHERE report_id = $1 AND obligation = 'procuratorial-oversight' ORDER BY id")
            .bind(scene.report)
            .fetch_all(scene.fixture.store.pool())
            .await
            .unwrap()
    };
    let before = overseers().await.len();
    scene.act(&one, UNIT, id, &TicketDeed::Sign, 1).await;
    scene
        .act(
            &one,
            UNIT,
            id,
            &scene.closing(NOT_FILED, Some(scene.wait(Matter::Confirm, false, None, 5))),
            5,
        )
        .await;
    assert_eq!(overseers().await.len(), before, "nothing before the confirmation");
    assert_eq!(
        scene
            .act(&leader, UNIT, id, &TicketDeed::Confirm(Some(scene.oversight(6))), 6)
            .await,
        ActDone::Done
    );
    let after = overseers().await;
    assert_eq!(after.len(), before.max(1));
    let told = after[0].0;
    let sealed: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT sealed FROM events WHERE ticket_id = $1 AND kind = 'not-filed-told'")
            .bind(told)
            .fetch_one(scene.fixture.store.pool())
            .await
            .unwrap();
    assert_eq!(
        sealed.as_deref(),
        Some(&b"number and date"[..]),
        "number and date of the decision go along, sealed"
    );
    let notices: i64 =
        sqlx::query_scalar("SELECT count(*) FROM notices WHERE ticket_id = $1 AND kind IN ('dispatch', 'not-filed')")
            .bind(told)
            .fetch_one(scene.fixture.store.pool())
            .await
            .unwrap();
    assert!(notices >= 1);
    // Taken back: the procuratorate is told that too. Closed so again: its open ticket is told, no second one is made.
    assert_eq!(
        scene.act(&one, UNIT, id, &TicketDeed::TakeBack, 30).await,
        ActDone::Done
    );
    scene
        .act(
            &one,
            UNIT,
            id,
            &scene.closing(NOT_FILED, Some(scene.wait(Matter::Confirm, false, None, 40))),
            40,
        )
        .await;
    scene
        .act(&leader, UNIT, id, &TicketDeed::Confirm(Some(scene.oversight(41))), 41)
        .await;
    assert_eq!(overseers().await.len(), after.len());
    let kinds = scene.kinds(told).await;
    let tail: Vec<&str> = kinds
        .iter()
        .map(String::as_str)
        .filter(|k| k.starts_with("not-filed"))
        .collect();
    assert_eq!(tail, ["not-filed-told", "not-filed-withdrawn", "not-filed-told"]);
    scene.ledger().await;
}

#[tokio::test]
async fn taking_back_restores_the_clocks_and_forgives_nothing() {
    let scene = Scene::new(Sample::BruisesAtSchool).await;
    let one = scene.person("one", "王伟", UNIT, "member").await;
    let two = scene.person("two", "王伟", UNIT, "leader").await;
    let id = scene.ticket;
    scene.act(&one, UNIT, id, &TicketDeed::Sign, 1).await;
    let due_before = scene.stage(id, "contact").await["due_at"].clone();
    scene
        .act(
            &one,
            UNIT,
            id,
            &scene.closing("not-found", Some(scene.wait(Matter::Confirm, false, None, 2))),
            2,
        )
        .await;
    scene.act(&two, UNIT, id, &TicketDeed::Confirm(None), 3).await;
    // Of the same name, but not who closed; and not after a day.
    assert_eq!(
        scene.act(&two, UNIT, id, &TicketDeed::TakeBack, 4).await,
        ActDone::Denied(Denied::NotYours)
    );
    assert_eq!(
        scene.act(&one, UNIT, id, &TicketDeed::TakeBack, 3 + 24 * 60 + 1).await,
        ActDone::Denied(Denied::TooLate)
    );
    // Ten hours later, long after the contact's due (two hours).
    assert_eq!(
        scene.act(&one, UNIT, id, &TicketDeed::TakeBack, 600).await,
        ActDone::Done
    );
    let row = scene.row(id).await;
    assert_eq!(
        (text(&row, "state"), text(&row, "next_stage"), row["outcome"].is_null()),
        (Some("in-progress"), Some("contact"), true)
    );
    let contact = scene.stage(id, "contact").await;
    assert_eq!(contact["due_at"], due_before, "the due is what it was");
    assert!(contact["ended_at"].is_null() && contact["ended_how"].is_null() && !contact["next_at"].is_null());
    let clock = scene.fixture.store_as::<Router>();
    let now = scene.at + TimeDelta::minutes(600);
    let ticked = clock.clock_turn(now).await.unwrap();
    assert!(ticked.sent >= 1);
    let late: bool = sqlx::query_scalar(
        "SELECT bool_or(e.system_late) FROM escalation_steps e JOIN stages s ON s.id = e.stage_id WHERE s.ticket_id = $1 AND s.stage = 'contact'",
    )
    .bind(id)
    .fetch_one(scene.fixture.store.pool())
    .await
    .unwrap();
    assert!(
        !late,
        "what waited while the ticket was closed is not the system's delay"
    );
    // After the call-back nobody takes it back.
    for step in [
        "UPDATE tickets SET state = 'resolved', resolved_at = $2, resolved_by = 'x', resolved_by_account = $3 WHERE id = $1",
        "UPDATE tickets SET state = 'confirmed' WHERE id = $1 AND resolved_at = $2 AND resolved_by_account = $3",
    ] {
        sqlx::query(step)
            .bind(id)
            .bind(now)
            .bind(one.0)
            .execute(scene.fixture.store.pool())
            .await
            .unwrap();
    }
    assert!(matches!(
        scene.act(&one, UNIT, id, &TicketDeed::TakeBack, 601).await,
        ActDone::NotAllowed { .. }
    ));
}

#[tokio::test]
async fn a_contact_may_lie_before_the_dispatch_and_is_met_by_its_record() {
    let scene = Scene::new(Sample::BruisesAtSchool).await;
    let one = scene.person("one", "王伟", UNIT, "member").await;
    let id = scene.ticket;
    scene.act(&one, UNIT, id, &TicketDeed::Sign, 1).await;
    let seen_at = scene.at - TimeDelta::hours(5);
    assert_eq!(
        scene.act(&one, UNIT, id, &TicketDeed::Contact { seen_at }, 2).await,
        ActDone::Done
    );
    let row = scene.row(id).await;
    assert_eq!(
        text(&row, "seen_at").unwrap().parse::<DateTime<Utc>>().unwrap(),
        seen_at
    );
    assert_eq!(
        text(&row, "contacted_at").unwrap().parse::<DateTime<Utc>>().unwrap(),
        scene.at + TimeDelta::minutes(2)
    );
    assert_eq!(row["contacted_by_account"].as_i64(), Some(one.0.0));
    assert_eq!(text(&scene.stage(id, "contact").await, "ended_how"), Some("act"));
}

#[tokio::test]
async fn rows_that_say_more_than_happened_can_not_be_stored() {
    let scene = Scene::new(Sample::BruisesAtSchool).await;
    // Also where one state may follow the other.
    sqlx::query("ALTER TABLE tickets DISABLE TRIGGER tickets_change")
        .execute(scene.fixture.store.pool())
        .await
        .unwrap();
    for illegal in [
        "UPDATE tickets SET state = 'resolved' WHERE id = $1",
        "UPDATE tickets SET state = 'close-requested' WHERE id = $1",
        "UPDATE tickets SET outcome = 'not-found' WHERE id = $1",
        "UPDATE tickets SET contacted_at = dispatched_at WHERE id = $1",
        "UPDATE tickets SET state = 'signed' WHERE id = $1",
        "UPDATE tickets SET resolved_at = dispatched_at, resolved_by = 'x' WHERE id = $1",
        "UPDATE tickets SET transfer_to = 'office' WHERE id = $1",
        "UPDATE tickets SET close_approved_at = dispatched_at, close_approved_by = 'x' WHERE id = $1",
        "UPDATE stages SET ended_at = due_at, next_at = NULL WHERE ticket_id = $1",
        "UPDATE stages SET ended_how = 'act' WHERE ticket_id = $1",
        "UPDATE tickets SET state = 'transferring', signed_at = dispatched_at, signed_by = 'x', close_outcome = 'transferred',
             close_requested_at = dispatched_at, close_requested_by = 'x', close_by = 'office' WHERE id = $1",
    ] {
        let refused = sqlx::query(illegal).bind(scene.ticket).execute(scene.fixture.store.pool()).await;
        assert!(refused.is_err(), "{illegal}");
    }
}
