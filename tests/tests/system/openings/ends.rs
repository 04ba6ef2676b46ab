//! An opening ends with what it rests on: its ticket, and a review that finds it right. What nobody decides goes up.

use casework::county::Matter;
use casework::routing;
use casework::ticket::TicketState;
use casework::ticket::opening::{Finding, Side, Way};
use casework::words::Urgency;
use chrono::TimeDelta;
use platform::store::{
    ActDone, OpeningClock, OpeningClocks, OpeningDeed, OpeningDone, OpeningId, Router, Successor, TicketDeed, TicketId,
    Wait,
};
use tests::Sample;

use super::{Scene, Who, acting, has, one, stored};

/// States and reasons of all openings, the first first.
async fn states(scene: &Scene) -> Vec<(String, Option<String>)> {
    let all = scene.board.openings_of_report("taihe", scene.report).await.unwrap();
    all.into_iter().map(|o| (o.state.to_string(), o.ended_why)).collect()
}

fn ended(state: &str, why: &str) -> (String, Option<String>) {
    (state.to_owned(), Some(why.to_owned()))
}

/// Two openings of a signed P1: one open at once, one that waits.
async fn both(scene: &Scene) -> (Who, Who, OpeningId) {
    let asker = scene.person("sun", "孙悦", None, &scene.unit.clone(), "member").await;
    let office = scene.person("office1", "周正", None, "office", "office").await;
    scene.sign(&asker, 2).await;
    let both = stored(scene.ask(&asker, &["home", "reporter"], 3).await);
    let open = both.iter().find(|o| o.way == Way::Urgent).unwrap().id;
    assert!(has(&scene.shows(&asker, scene.minute(4)).await, "home"));
    (asker, office, open)
}

#[tokio::test]
async fn an_opening_ends_with_its_ticket() {
    let scene = Scene::new(Sample::BruisesAtSchool, "psychological-support").await;
    let (asker, office, open) = both(&scene).await;
    assert_eq!(scene.close(&asker, 5).await, ActDone::Done);
    assert!(!has(&scene.shows(&asker, scene.minute(5)).await, "home"));
    assert!(scene.read(&asker, open, scene.minute(6)).await.is_none());
    let mut now = states(&scene).await;
    now.sort();
    assert_eq!(now, [ended("ended", "ticket"), ended("withdrawn", "ticket")]);
    // It stands in the trail by the person who closed, after the closing, and what opened at once still is reviewed.
    let kinds = scene.kinds().await;
    assert_eq!(
        kinds[kinds.len() - 2..]
            .iter()
            .filter(|kind| *kind == "opening-ended")
            .count(),
        1
    );
    assert_eq!(
        scene
            .count(
                "SELECT count(*) FROM events e JOIN openings o ON o.id = (e.detail ->> 'opening')::bigint
                     WHERE e.detail ->> 'why' = 'ticket' AND e.account_id = o.asked_account AND e.actor = '孙悦'"
            )
            .await,
        2
    );
    assert_eq!(
        scene.board.openings_counts("taihe", scene.minute(6)).await.unwrap(),
        (0, 1, 0)
    );
    assert!(matches!(
        scene.act(&office, open, OpeningDeed::Review(Finding::NotCompliant), 7).await,
        OpeningDone::Done(done) if done.ended_why.as_deref() == Some("ticket")
    ));
    assert_eq!(
        scene.board.openings_counts("taihe", scene.minute(8)).await.unwrap(),
        (0, 0, 0)
    );
    // A closing that is taken back brings no look back: it is asked again.
    assert_eq!(scene.deed(&asker, &TicketDeed::TakeBack, 9).await, ActDone::Done);
    assert!(!has(&scene.shows(&asker, scene.minute(10)).await, "home"));
    assert_eq!(one(scene.ask(&asker, &["home"], 11).await).state.as_str(), "open");
}

#[tokio::test]
async fn a_closing_that_waits_ends_nothing_and_a_transfer_ends_when_it_is_taken() {
    let scene = Scene::new(Sample::BruisesAtSchool, "psychological-support").await;
    let (asker, office, open) = both(&scene).await;
    let other: String =
        sqlx::query_scalar("SELECT code FROM units WHERE county = 'taihe' AND code = 'edu' AND code <> $1")
            .bind(&scene.unit)
            .fetch_one(scene.fixture.store.pool())
            .await
            .unwrap();
    let closing = platform::store::Closing {
        outcome: "transferred".into(),
        wait: Some(Wait {
            office: true,
            transfer_to: Some(other.clone()),
            clock: routing::waiting(&scene.fixture.pack, Matter::Approve, Urgency::P1, scene.minute(5)),
            calendar: "test".into(),
        }),
        ..platform::store::Closing::default()
    };
    assert_eq!(
        scene.deed(&asker, &TicketDeed::Close(Box::new(closing)), 5).await,
        ActDone::Done
    );
    assert!(
        has(&scene.shows(&asker, scene.minute(6)).await, "home"),
        "the unit still owes everything"
    );
    let version: i32 = sqlx::query_scalar("SELECT version FROM tickets WHERE id = $1")
        .bind(scene.ticket)
        .fetch_one(scene.fixture.store.pool())
        .await
        .unwrap();
    let successor = Successor {
        unit_kind: "health".into(),
        shows: casework::disclosure::Shows::all(),
        stages: routing::decide(
            &scene.fixture.pack,
            &scene
                .fixture
                .store
                .lend::<Router>()
                .report_to_route(scene.report)
                .await
                .unwrap()
                .unwrap()
                .facts
                .whole()
                .unwrap(),
            scene.minute(6),
        )
        .tickets
        .remove(0)
        .stages,
        rule_set: 1,
        calendar: "test".into(),
    };
    let approve = platform::store::Acting {
        by: &office.name,
        account: office.account,
        version,
        at: scene.minute(6),
        sealed: None,
        detail: platform::store::Detail::default(),
        telephone: None,
    };
    let done = scene
        .office
        .office_act(
            "taihe",
            scene.ticket,
            &TicketDeed::Approve(Box::new(successor)),
            &approve,
        )
        .await
        .unwrap();
    assert_eq!(done, ActDone::Done);
    assert!(
        has(&scene.shows(&asker, scene.minute(7)).await, "home"),
        "until the other unit has signed"
    );
    let new: TicketId = sqlx::query_scalar("SELECT id FROM tickets WHERE predecessor = $1")
        .bind(scene.ticket)
        .fetch_one(scene.fixture.store.pool())
        .await
        .unwrap();
    let taker = scene.person("taker", "何平", None, &other, "member").await;
    let sign = platform::store::Acting {
        by: &taker.name,
        account: taker.account,
        version: 1,
        at: scene.minute(8),
        sealed: None,
        detail: platform::store::Detail::default(),
        telephone: None,
    };
    let scope = platform::store::DeskScope::new([other.as_str()]);
    assert_eq!(
        scene
            .desk
            .desk_act(&scope, new, &TicketDeed::Sign, &sign)
            .await
            .unwrap(),
        ActDone::Done
    );
    assert!(!has(&scene.shows(&asker, scene.minute(8)).await, "home"));
    assert!(scene.read(&asker, open, scene.minute(9)).await.is_none());
    let mut now = states(&scene).await;
    now.sort();
    assert_eq!(now, [ended("ended", "ticket"), ended("withdrawn", "ticket")]);
}

#[tokio::test]
async fn a_ticket_in_any_closed_state_has_no_opening() {
    // Whatever closes a ticket, also what is written one day: the schema holds it for every state that is closed.
    for state in TicketState::ALL.iter().filter(|state| !state.is_open()) {
        let scene = Scene::new(Sample::BruisesAtSchool, "psychological-support").await;
        both(&scene).await;
        sqlx::query("ALTER TABLE tickets DISABLE TRIGGER tickets_change")
            .execute(scene.fixture.store.pool())
            .await
            .unwrap();
        sqlx::query("UPDATE tickets SET state = $2, next_stage = NULL, next_due_at = NULL, outcome = $4,
                         resolved_at = $3, resolved_by = CASE WHEN $3::timestamptz IS NULL THEN NULL ELSE '王伟' END WHERE id = $1")
            .bind(scene.ticket)
            .bind(state.as_str())
            .bind(state.is_resolved().then(|| scene.minute(5)))
            .bind(state.is_resolved().then_some("no-harm-found"))
            .execute(scene.fixture.store.pool())
            .await
            .unwrap();
        let mut now = states(&scene).await;
        now.sort();
        assert_eq!(now, [ended("ended", "ticket"), ended("withdrawn", "ticket")], "{state}");
    }
    // And where the ticket is another unit's.
    let scene = Scene::new(Sample::BruisesAtSchool, "psychological-support").await;
    both(&scene).await;
    sqlx::query("UPDATE tickets SET unit = 'edu' WHERE id = $1")
        .bind(scene.ticket)
        .execute(scene.fixture.store.pool())
        .await
        .unwrap();
    assert!(
        states(&scene)
            .await
            .iter()
            .all(|(_, why)| why.as_deref() == Some("ticket"))
    );
}

#[tokio::test]
async fn what_is_over_by_itself_stays_as_it_is() {
    let scene = Scene::new(Sample::BruisesAtSchool, "psychological-support").await;
    let (asker, ..) = both(&scene).await;
    let late = 3 + 72 * 60;
    assert_eq!(scene.close(&asker, late).await, ActDone::Done);
    let mut now = states(&scene).await;
    now.sort();
    assert_eq!(now, [("open".to_owned(), None), ended("withdrawn", "ticket")]);
}

#[tokio::test]
async fn a_review_that_finds_it_not_compliant_ends_it_and_is_told() {
    let scene = Scene::new(Sample::BruisesAtSchool, "psychological-support").await;
    let (asker, office, open) = both(&scene).await;
    let found = scene
        .act(&office, open, OpeningDeed::Review(Finding::NotCompliant), 6)
        .await;
    let OpeningDone::Done(done) = found else {
        panic!("{found:?}")
    };
    assert_eq!(
        (done.state.as_str(), done.ended_why.as_deref(), done.ended_account),
        ("ended", Some("review"), Some(office.account))
    );
    assert!(!has(&scene.shows(&asker, scene.minute(6)).await, "home"));
    assert!(scene.read(&asker, open, scene.minute(7)).await.is_none());
    let kinds = scene.kinds().await;
    assert_eq!(
        kinds[kinds.len() - 2..],
        ["opening-reviewed".to_owned(), "opening-ended".to_owned()]
    );
    let told: Vec<String> =
        sqlx::query_scalar("SELECT unit FROM notices WHERE kind = 'opening-faulted' AND subject_id = $1 ORDER BY unit")
            .bind(open)
            .fetch_all(scene.fixture.store.pool())
            .await
            .unwrap();
    let mut wanted = vec!["office".to_owned(), scene.unit.clone()];
    wanted.sort();
    assert_eq!(told, wanted, "its unit, for the leader, and the office");
    // What was written about it is in no mail.
    assert_eq!(
        scene
            .count("SELECT count(*) FROM notices WHERE said::text LIKE '%sealed note%'")
            .await,
        0
    );
    // A good one ends nothing and tells nobody.
    let again = one(scene.ask(&asker, &["home"], 8).await);
    assert!(matches!(
        scene
            .act(&office, again.id, OpeningDeed::Review(Finding::Compliant), 9)
            .await,
        OpeningDone::Done(_)
    ));
    assert!(has(&scene.shows(&asker, scene.minute(10)).await, "home"));
    assert_eq!(
        scene
            .count("SELECT count(*) FROM notices WHERE kind = 'opening-faulted'")
            .await,
        2
    );
}

/// The clocks as the pack has them.
fn by_pack(scene: &Scene, minute: i64) -> impl Fn(Urgency) -> OpeningClocks + Send + Sync {
    let (pack, at) = (&scene.fixture.pack, scene.minute(minute));
    move |urgency| {
        let clock = |matter| {
            let planned = routing::waiting(pack, matter, urgency, at);
            OpeningClock {
                due: planned.due,
                plan: planned.steps,
            }
        };
        OpeningClocks {
            decide: clock(Matter::Opening),
            review: clock(Matter::Review),
        }
    }
}

async fn told(scene: &Scene) -> Vec<(String, String)> {
    sqlx::query_as("SELECT kind, unit FROM notices WHERE subject_kind = 'opening' ORDER BY created_at, kind, unit")
        .fetch_all(scene.fixture.store.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn what_nobody_decides_goes_up_to_the_leading_group() {
    let scene = Scene::new(Sample::BruisesAtSchool, "police-accept").await;
    let oversight = scene.person("proc", "冯检", None, "office", "oversight").await;
    let router = scene.fixture.store_as::<Router>();
    let parts = ["identity".to_owned()];
    let clocks = by_pack(&scene, 0);
    let ask = platform::store::OpeningAsk {
        county: "taihe",
        parts: &parts,
        reason: b"sealed reason",
        by: &oversight.name,
        account: oversight.account,
        at: scene.minute(0),
        clocks: &clocks,
    };
    let asked = one(scene
        .office
        .opening_ask(scene.report, Side::Oversight, &ask)
        .await
        .unwrap());
    assert_eq!(
        (asked.urgency.as_str(), asked.due_at),
        ("P1", Some(scene.minute(60))),
        "an hour for a P1"
    );
    // To the minute, as a healthy clock does it: a reminder, then overdue, then upwards.
    let group = "leading-group".to_owned();
    let group: String = sqlx::query_scalar("SELECT code FROM units WHERE kind = $1")
        .bind(group)
        .fetch_one(scene.fixture.store.pool())
        .await
        .unwrap();
    for minute in 0..=300 {
        while router.openings_tell(scene.minute(minute)).await.unwrap() > 0 {}
    }
    let told_ = told(&scene).await;
    let of = |kind: &str, unit: &str| told_.iter().filter(|(k, u)| k == kind && u == unit).count();
    assert_eq!(of("opening-asked", "office"), 2, "asked and reminded: {told_:?}");
    assert_eq!(of("opening-overdue", "office"), 1, "{told_:?}");
    assert_eq!(of("opening-overdue", &group), 2, "{told_:?}");
    assert_eq!(
        router.clock_next().await.unwrap().filter(|at| *at < scene.minute(0)),
        None
    );
    assert_eq!(
        scene.board.openings_counts("taihe", scene.minute(300)).await.unwrap(),
        (1, 0, 1),
        "the counter shows it"
    );
    // Decided: nobody is told any more.
    let office = scene.person("office1", "周正", None, "office", "office").await;
    let second = one(scene.ask_office(&office, Side::Office, &["home"], 301).await);
    let done = scene
        .office
        .opening_act(
            "taihe",
            second.id,
            OpeningDeed::Refuse,
            &acting(&oversight, 1, scene.minute(302)),
        )
        .await;
    assert!(matches!(done.unwrap(), OpeningDone::Done(_)));
    let before = told(&scene).await.len();
    assert_eq!(
        router
            .openings_tell(scene.minute(302) + TimeDelta::days(5))
            .await
            .unwrap(),
        0
    );
    assert_eq!(told(&scene).await.len(), before);
}

#[tokio::test]
async fn after_an_outage_the_leading_group_is_not_called_before_the_office_could_read() {
    let scene = Scene::new(Sample::BruisesAtSchool, "police-accept").await;
    let officer = scene.person("pol1", "吴警", None, &scene.unit.clone(), "member").await;
    let router = scene.fixture.store_as::<Router>();
    scene.sign(&officer, 1).await;
    // Opened at once; nobody reviews it for five days, and the clock stood still.
    one(scene.ask(&officer, &["identity"], 2).await);
    let back = 5 * 24 * 60;
    assert_eq!(router.openings_tell(scene.minute(back)).await.unwrap(), 1);
    assert_eq!(router.openings_tell(scene.minute(back)).await.unwrap(), 0);
    assert_eq!(told(&scene).await, [("review-overdue".to_owned(), "office".to_owned())]);
    assert_eq!(router.openings_tell(scene.minute(back + 29)).await.unwrap(), 0);
    assert_eq!(router.openings_tell(scene.minute(back + 30)).await.unwrap(), 1);
    assert_eq!(told(&scene).await.len(), 2);
}
