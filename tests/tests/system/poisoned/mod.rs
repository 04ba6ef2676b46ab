//! One row that can't be read in the middle of a turn: the others of the turn are done, and it is looked at again later.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod lists;

use std::time::Duration;

use casework::clock::escalation::PlannedStep;
use casework::ticket::opening::Side;
use casework::words::{Action, Addressee};
use chrono::TimeDelta;
use platform::{
    broker::Body,
    clock,
    store::{Office, OpeningAsk, OpeningAsked, OpeningClock, OpeningClocks, OpeningId, Router},
};
use tests::{Filed, Fixture, Left, NewPerson, Options, Sample, Servers, System, eventually, person};

#[tokio::test]
async fn a_stage_that_cannot_be_settled_stops_no_other() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    for _ in 0..3 {
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, now).await;
    }
    let later = now + TimeDelta::days(1);
    let due: Vec<i64> = sqlx::query_scalar("SELECT id FROM stages WHERE next_at <= $1 ORDER BY next_at, id")
        .bind(later)
        .fetch_all(&fixture.db)
        .await
        .unwrap();
    assert!(due.len() >= 3, "{due:?}");
    let poisoned = due[due.len() / 2];
    sqlx::query("UPDATE stages SET plan = '[{\"at\": \"never\"}]' WHERE id = $1")
        .bind(poisoned)
        .execute(&fixture.db)
        .await
        .unwrap();
    let router = fixture.store_as::<Router>();
    let mut looked_at = 0;
    loop {
        let ticked = router.clock_turn(later).await.unwrap();
        if ticked.stages == 0 {
            break;
        }
        looked_at += ticked.stages;
        assert!(looked_at < 1000, "the turn ends");
    }
    let sent: Vec<i64> =
        sqlx::query_scalar("SELECT DISTINCT stage_id FROM escalation_steps WHERE sent_at = $1 ORDER BY stage_id")
            .bind(later)
            .fetch_all(&fixture.db)
            .await
            .unwrap();
    let mut others: Vec<i64> = due.iter().copied().filter(|id| *id != poisoned).collect();
    others.sort_unstable();
    assert_eq!(sent, others, "every other stage has taken its step");
    let again: bool = sqlx::query_scalar("SELECT next_at > $2 FROM stages WHERE id = $1")
        .bind(poisoned)
        .bind(later)
        .fetch_one(&fixture.db)
        .await
        .unwrap();
    assert!(again, "and it is tried again later");
}

#[tokio::test]
async fn an_opening_that_cannot_be_told_stops_no_other() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    let zhou = NewPerson {
        login: "zhou",
        name: "周正",
        phone: None,
        unit: "office",
        role: "office",
        since: now,
    };
    let account = person(&fixture.db, zhou).await;
    let clock = OpeningClock {
        due: now + TimeDelta::hours(2),
        plan: vec![PlannedStep {
            level: 2,
            to: Addressee::Office,
            action: Action::Urge,
            at: now + TimeDelta::hours(1),
        }],
    };
    let clocks = OpeningClocks {
        decide: clock.clone(),
        review: clock,
    };
    let mut asked = Vec::new();
    for _ in 0..3 {
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, now).await;
        let ask = OpeningAsk {
            county: "taihe",
            parts: &["home".to_owned()],
            reason: b"sealed",
            by: "周正",
            account,
            at: now,
            clocks: &|_| clocks.clone(),
        };
        let done = fixture
            .store_as::<Office>()
            .opening_ask(report.id, Side::Office, &ask)
            .await;
        let OpeningAsked::Now(openings) = done.unwrap() else {
            panic!("not asked")
        };
        asked.extend(openings.iter().map(|opening| opening.id));
    }
    // The schema holds a plan as it was asked with; a version to come may read it otherwise.
    for step in [
        "ALTER TABLE openings DISABLE TRIGGER openings_clock",
        "UPDATE openings SET plan = '[{\"at\": \"never\"}]' WHERE id = (SELECT id FROM openings ORDER BY id OFFSET 1 LIMIT 1)",
        "ALTER TABLE openings ENABLE TRIGGER openings_clock",
    ] {
        sqlx::query(step).execute(&fixture.db).await.unwrap();
    }
    let (router, later) = (fixture.store_as::<Router>(), now + TimeDelta::minutes(90));
    let mut looked_at = 0;
    loop {
        match router.openings_tell(later).await.unwrap() {
            0 => break,
            n => looked_at += n,
        }
        assert!(looked_at < 100, "the turn ends");
    }
    let told: Vec<OpeningId> = sqlx::query_scalar("SELECT id FROM openings WHERE told_at = $1 ORDER BY id")
        .bind(later)
        .fetch_all(&fixture.db)
        .await
        .unwrap();
    assert_eq!(told, [asked[0], asked[2]], "every other one is told");
    let again: bool = sqlx::query_scalar("SELECT next_at > $2 FROM openings WHERE id = $1")
        .bind(asked[1])
        .bind(later)
        .fetch_one(&fixture.db)
        .await
        .unwrap();
    assert!(again, "and it is tried again later");
}

/// Five reports that no router has seen yet, of which the third can't be stored: its place in a case is taken.
async fn with_poison(system: &System) -> Vec<Filed> {
    let mut filed = Vec::new();
    for _ in 0..5 {
        // Without a broker the intake takes its time to begin, and then accepts.
        let accepted = async || system.try_file(Sample::BruisesAtSchool.body(), None).await;
        filed.push(eventually("a report accepted", Duration::from_secs(20), accepted).await);
    }
    sqlx::query(
        "WITH c AS (INSERT INTO cases (county, opened_at, urgency) VALUES ('taihe', now(), 'P1') RETURNING id)
         INSERT INTO case_reports (report_id, case_id) SELECT $1, id FROM c",
    )
    .bind(filed[2].id())
    .execute(&system.db)
    .await
    .unwrap();
    filed
}

/// The four others are routed by the rules, with their tickets; the poisoned one waits.
async fn others_are_routed(system: &System, filed: &[Filed]) {
    for one in filed.iter().filter(|one| one.id() != filed[2].id()) {
        let shown = system.routed(one).await;
        assert_eq!(shown.triage_reasons, [""; 0]);
    }
    let waiting: Vec<i64> = sqlx::query_scalar("SELECT report_id FROM outbox")
        .fetch_all(&system.db)
        .await
        .unwrap();
    assert_eq!(waiting, [filed[2].id()], "it is not lost");
    assert_eq!(system.count("SELECT count(*) FROM decisions").await, 4);
}

#[tokio::test]
async fn a_report_that_cannot_be_stored_stops_no_other_of_its_queue() {
    let options = Options {
        start: vec!["intake-api"],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    system.leaves(&[Left::Outbox, Left::Parked, Left::Suspects, Left::Errors]);
    let filed = with_poison(&system).await;
    system.router.spawn();
    others_are_routed(&system, &filed).await;
    eventually("its message is parked", Duration::from_secs(15), async || {
        (system.count("SELECT count(*) FROM parked_messages").await == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_report_that_cannot_be_stored_stops_no_other_of_its_batch() {
    let options = Options {
        env: vec![(
            "AMQP_URL".to_owned(),
            "amqp://nobody:nothing@127.0.0.1:1/%2f".to_owned(),
        )],
        start: vec![],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    system.leaves(&[Left::Outbox, Left::Suspects, Left::Errors]);
    system.intake.spawn();
    let filed = with_poison(&system).await;
    system.router.spawn();
    others_are_routed(&system, &filed).await;
}

#[tokio::test]
async fn a_message_whose_fault_cannot_be_stored_is_parked_all_the_same() {
    let fixture = Fixture::new().await;
    let bytes = br#"{"v": 1, "county": "taihe", "report": 1, "\u0000": 1}"#;
    let why = Body::parse(bytes).unwrap_err();
    assert!(why.contains('\0'), "it quotes the field: {why:?}");
    let router = fixture.store_as::<Router>();
    router.parked_insert("q", &why, bytes, clock::now()).await.unwrap();
    let kept = "SELECT count(*) FROM parked_messages WHERE reason LIKE '%unknown field%'";
    assert_eq!(fixture.count(kept).await, 1);
}
