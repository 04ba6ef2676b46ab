//! One row that can't be read in the middle of a turn: the others of the turn are done, and it is looked at again later.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use casework::clock::escalation::PlannedStep;
use casework::ticket::opening::Side;
use casework::words::{Action, Addressee};
use chrono::TimeDelta;
use platform::{
    broker::Body,
    clock,
    store::{
        Board, Desk, DeskScope, Find, Listed, Office, OpeningAsk, OpeningAsked, OpeningClock, OpeningClocks, OpeningId,
        People, Router, TicketId, Unread,
    },
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
async fn a_ticket_that_cannot_be_read_hides_no_other_of_its_list() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    for _ in 0..3 {
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, now).await;
    }
    let (poisoned, unit): (TicketId, String) = sqlx::query_as(
        "UPDATE tickets SET next_stage = 'moon' WHERE id = (SELECT min(id) FROM tickets) RETURNING id, unit",
    )
    .fetch_one(&fixture.db)
    .await
    .unwrap();
    let desk = fixture.store_as::<Desk>();
    let (lines, open) = desk
        .desk_queue(&DeskScope::new([unit.as_str()]), "taihe", 0, 50)
        .await
        .unwrap();
    assert!(
        matches!(unread(&lines)[..], [Unread::Ticket { ticket, .. }] if ticket == poisoned),
        "it stands in the list as what can't be read"
    );
    assert_eq!(lines.len() as i64, open, "and the others beside it");
    assert!(open >= 3 && lines.iter().filter_map(Listed::read).all(|line| line.id != poisoned));
    assert!(
        Listed::whole(lines).is_err(),
        "a program gets all of a list or an error"
    );
}

/// Which rows of a list can't be read.
fn unread<T>(rows: &[Listed<T>]) -> Vec<Unread> {
    let one = |row: &Listed<T>| match row {
        Listed::Read(_) => None,
        Listed::Unread(row) => Some(*row),
    };
    rows.iter().filter_map(one).collect()
}

#[tokio::test]
async fn a_row_that_cannot_be_read_hides_no_other_of_the_office_s_lists() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    let board = fixture.store_as::<Board>();
    for _ in 0..3 {
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, now).await;
    }
    // Words of a newer version: its migration allows them, and this version's program does not know them.
    let run = async |sql: &'static str| {
        sqlx::raw_sql(sql).execute(&fixture.db).await.unwrap();
    };
    run("ALTER TABLE tickets DROP CONSTRAINT tickets_urgency_check, DISABLE TRIGGER USER").await;
    run("ALTER TABLE tickets DROP CONSTRAINT tickets_closing, DROP CONSTRAINT tickets_signed, DROP CONSTRAINT tickets_resolved").await;

    run("UPDATE tickets SET obligation = 'triage' WHERE lead").await;
    run("UPDATE tickets SET urgency = 'P9' WHERE id = (SELECT min(id) FROM tickets WHERE obligation = 'triage')").await;
    let triage = board.triage_list("taihe", 0, 50).await.unwrap();
    assert_eq!((triage.len(), unread(&triage).len()), (3, 1), "triage");
    let shown = board.board_now("taihe", now).await.unwrap();
    assert_eq!(unread(&shown.triage), unread(&triage), "and the board's");

    run("ALTER TABLE notices DROP CONSTRAINT notices_urgency_check").await;
    run("UPDATE notices SET state = 'failed', finished_at = created_at").await;
    run("UPDATE notices SET urgency = 'P9' WHERE id = (SELECT min(id::text)::uuid FROM notices)").await;
    let failed = board.board_failed("taihe", 0, 50).await.unwrap();
    assert!(
        failed.len() > 1 && unread(&failed).len() == 1,
        "failed notices: {failed:?}"
    );

    run("UPDATE tickets SET state = 'close-requested', close_outcome = 'no-harm-found', close_requested_at = now(), close_by = 'office'
         WHERE obligation = 'triage'").await;
    run("UPDATE stages SET stage = 'confirm' WHERE stage = 'resolve'").await;
    let closings = board.closings_waiting("taihe", now).await.unwrap();
    assert_eq!((closings.len(), unread(&closings)), (3, unread(&triage)), "closings");

    assert!(
        Listed::whole(failed).is_err(),
        "a program gets all of a list or an error"
    );
}

#[tokio::test]
async fn a_report_that_cannot_be_read_hides_no_other_call_back() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    for _ in 0..3 {
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, now - TimeDelta::days(9)).await;
    }
    for sql in [
        "UPDATE tickets SET state = 'signed', signed_at = dispatched_at, signed_by = 'x'",
        "UPDATE tickets SET state = 'resolved', resolved_at = dispatched_at + interval '1 day', resolved_by = 'x'",
        "ALTER TABLE tickets DROP CONSTRAINT tickets_urgency_check",
        "UPDATE tickets SET urgency = 'P9' WHERE report_id = (SELECT min(report_id) FROM tickets)",
    ] {
        sqlx::raw_sql(sql).execute(&fixture.db).await.unwrap();
    }
    let board = fixture.store_as::<Board>();
    let calls = board.callbacks_due("taihe", now).await.unwrap();
    assert_eq!((calls.len(), unread(&calls).len()), (3, 1));
    assert!(matches!(unread(&calls)[..], [Unread::Report(_)]));
}

#[tokio::test]
async fn a_role_of_a_newer_version_gives_nothing_and_hides_nobody() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    for login in ["zhou", "li"] {
        let new = NewPerson {
            login,
            name: "周正",
            phone: None,
            unit: "office",
            role: "office",
            since: now,
        };
        person(&fixture.db, new).await;
    }
    for sql in [
        "ALTER TABLE memberships DROP CONSTRAINT memberships_role_check",
        "INSERT INTO memberships (account_id, county, unit, role, since) SELECT id, county, 'office', 'seer', created_at FROM accounts WHERE login = 'li'",
        "ALTER TABLE account_acts DROP CONSTRAINT IF EXISTS account_acts_role_check",
        "INSERT INTO account_acts (county, at, actor_name, act, account_id, unit, role, detail)
         SELECT county, created_at, 'x', n.act, id, 'office', n.role, '[\"odd\"]' FROM accounts,
             (VALUES ('granted', 'seer'), ('dreamt', 'office')) n (act, role) WHERE login = 'li'",
    ] {
        sqlx::raw_sql(sql).execute(&fixture.db).await.unwrap();
    }
    let people = fixture.store_as::<People>();
    let all = people
        .accounts_list("taihe", Find::Words(vec!["周正".to_owned()]))
        .await
        .unwrap();
    let held = |login: &str| {
        let person = all.iter().find(|person| person.account.login == login).unwrap();
        let strange = person.strange.iter().map(|strange| strange.word.as_str());
        (person.memberships.len(), strange.collect::<Vec<_>>())
    };
    assert_eq!(held("zhou"), (1, vec![]));
    assert_eq!(held("li"), (1, vec!["seer"]), "as what it is");
    let li = all.iter().find(|person| person.account.login == "li").unwrap();
    let acts = people.account_acts("taihe", li.account.id).await.unwrap();
    let said: Vec<_> = acts
        .iter()
        .map(|act| (act.act.to_string(), act.role.as_ref().unwrap().to_string()))
        .collect();
    let pair = |act: &str, role: &str| (act.to_owned(), role.to_owned());
    assert_eq!(said, [pair("dreamt", "office"), pair("granted", "seer")]);
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
