//! The store against a real PostgreSQL: exactly-once, leases, batches, rights.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use platform::{
    clock,
    receipt::ReportId,
    store::{Office, Owner, PackLoaded, Recorded, Relay, Router, Store, Stored},
};
use sqlx::{Connection, Executor, PgConnection};
use tests::{Fixture, Sample, new_report, root};
use uuid::Uuid;

#[tokio::test]
async fn migrations_repeat_and_run_at_once() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    let all = futures::future::join_all((0..4).map(|_| platform::store::migrate(&fixture.url, now))).await;
    for done in all {
        done.expect("a second migration is a no-op");
    }
}

/// A database of the migrations that were drawn anew is refused with what to do, and left as it is.
#[tokio::test]
async fn a_database_of_the_dated_migrations_is_refused() {
    let (fixture, now) = (Fixture::new().await, clock::now());
    let mut owner = PgConnection::connect(&fixture.url).await.expect("a connection");
    owner
        .execute("UPDATE _sqlx_migrations SET version = 20261124000001 WHERE version = 1")
        .await
        .expect("an old number");
    let refused = platform::store::migrate(&fixture.url, now)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("20261124000001") && refused.contains("deploy/down --wipe"),
        "{refused}"
    );
    let versions: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE version = 1")
        .fetch_one(&mut owner)
        .await
        .expect("a count");
    assert_eq!(versions, 0, "nothing was applied");
}

#[tokio::test]
async fn loading_the_same_pack_changes_nothing_and_changed_rules_wait_as_a_draft() {
    let fixture = Fixture::new().await;
    let mut files = platform::pack::dir::read(&root().join("counties/taihe")).expect("files");
    let again = fixture
        .store
        .pack_load(&fixture.pack, &files, clock::now())
        .await
        .expect("a load");
    assert_eq!(again, PackLoaded::Unchanged { version: 1 });

    let units = files.get_mut("units.csv").expect("units");
    *units = units.replace("ca@taihe.example", "minzheng@taihe.example");
    let ranking = files.get_mut("ranking.csv").expect("ranking");
    *ranking = ranking.replace(
        "1,police-accept,police\n2,protection-order,court",
        "1,protection-order,court\n2,police-accept,police",
    );
    let pack = casework::pack::Pack::read(&files).expect("still sound");
    let loaded = fixture
        .store
        .pack_load(&pack, &files, clock::now())
        .await
        .expect("a load");
    assert_eq!(
        loaded,
        PackLoaded::Loaded {
            version: 2,
            draft_rules: Some(2)
        }
    );
    let active = fixture
        .store
        .pack_active("taihe", clock::now())
        .await
        .expect("read")
        .expect("a pack");
    assert_eq!((active.versions.pack, active.versions.rule_set), (2, 1));
    assert!(
        active.files["units.csv"].contains("minzheng@"),
        "units are in force at once"
    );
    assert!(active.files["ranking.csv"].contains("1,police-accept"), "rules are not");
    let mailbox: String = sqlx::query_scalar("SELECT mailbox FROM units WHERE code = 'ca'")
        .fetch_one(fixture.store.pool())
        .await
        .unwrap();
    assert_eq!(mailbox, "minzheng@taihe.example");
}

#[tokio::test]
async fn a_repeated_key_gets_the_first_answer_and_stores_nothing() {
    let fixture = Fixture::new().await;
    let mut writer = fixture.writer();
    let body = Sample::BruisesAtSchool.body();
    let first = new_report(body, Some("k1"));
    assert_eq!(
        writer.report_insert_batch(std::slice::from_ref(&first)).await.unwrap(),
        [Stored::Now]
    );
    // The answer was lost and the same batch is tried again: it finds itself.
    assert_eq!(
        writer.report_insert_batch(std::slice::from_ref(&first)).await.unwrap(),
        [Stored::Now]
    );
    let second = new_report(body, Some("k1"));
    let third = new_report(body, None);
    let before = Stored::Before {
        report_id: first.id,
        answer: first.answer.clone(),
    };
    assert_eq!(
        writer.report_insert_batch(&[second, third.clone()]).await.unwrap(),
        [before, Stored::Now]
    );
    // A keyless report finds itself too; somebody else under the same id is told to take another.
    assert_eq!(
        writer.report_insert_batch(std::slice::from_ref(&third)).await.unwrap(),
        [Stored::Now]
    );
    let mut thief = new_report(body, None);
    thief.id = third.id;
    assert_eq!(writer.report_insert_batch(&[thief]).await.unwrap(), [Stored::IdTaken]);
    let counts: (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM report_facts), (SELECT count(*) FROM outbox), (SELECT count(*) FROM audit_leaves WHERE kind = 'report-received')",
    )
    .fetch_one(fixture.store.pool())
    .await
    .unwrap();
    assert_eq!(counts, (2, 2, 2, 2));
}

#[tokio::test]
async fn one_bad_row_fails_the_batch_and_only_itself_when_tried_singly() {
    let fixture = Fixture::new().await;
    let mut writer = fixture.writer();
    let good = new_report(Sample::BruisesAtSchool.body(), None);
    let mut bad = new_report(Sample::Pregnant13.body(), None);
    bad.facts = "{".into();
    let error = writer
        .report_insert_batch(&[good.clone(), bad.clone()])
        .await
        .expect_err("a bad row");
    assert!(!error.is_passing());
    assert_eq!(writer.report_insert_batch(&[good]).await.unwrap(), [Stored::Now]);
    writer.report_insert_batch(&[bad]).await.expect_err("still bad");
}

#[tokio::test]
async fn two_writers_with_the_same_keys_do_not_deadlock() {
    let fixture = Fixture::new().await;
    let body = Sample::BruisesAtSchool.body();
    for round in 0..20 {
        let keys: Vec<String> = (0..30).map(|n| format!("r{round}-{n}")).collect();
        let forward: Vec<_> = keys.iter().map(|k| new_report(body, Some(k))).collect();
        let backward: Vec<_> = keys.iter().rev().map(|k| new_report(body, Some(k))).collect();
        let (mut a, mut b) = (fixture.writer(), fixture.writer());
        let (a, b) = tokio::join!(a.report_insert_batch(&forward), b.report_insert_batch(&backward));
        let now = a
            .unwrap()
            .into_iter()
            .chain(b.unwrap())
            .filter(|s| *s == Stored::Now)
            .count();
        assert_eq!(now, 30, "each key stored one report");
    }
}

#[tokio::test]
async fn a_report_is_routed_once_however_often_its_message_arrives() {
    let fixture = Fixture::new().await;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    let now = clock::now();
    let all = futures::future::join_all((0..6).map(|_| fixture.route(&report, now))).await;
    let tickets: Vec<_> = all.iter().filter(|r| **r != Recorded::Before).collect();
    assert_eq!(tickets, [&Recorded::Now { tickets: 6 }]);
    let counts: (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM tickets), (SELECT count(*) FROM notices), (SELECT count(*) FROM outbox)",
    )
    .fetch_one(fixture.store.pool())
    .await
    .unwrap();
    // One notice a unit: two of the units hold two tickets each.
    assert_eq!(counts, (6, 4, 0));
}

#[tokio::test]
async fn a_lease_is_held_by_one_and_marked_only_by_its_owner() {
    let fixture = Fixture::new().await;
    let relay = fixture.store_as::<Relay>();
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    let now = clock::now();
    let rows = relay.outbox_lease(one, now, 10).await.unwrap();
    assert_eq!(
        rows.iter().map(|r| (r.report_id, r.urgent)).collect::<Vec<_>>(),
        [(report.id, true)]
    );
    assert!(
        relay.outbox_lease(two, now, 10).await.unwrap().is_empty(),
        "leased to another"
    );
    // The first owner dies; its lease runs out within half a minute.
    let later = now + TimeDelta::seconds(30);
    assert_eq!(relay.outbox_lease(two, later, 10).await.unwrap().len(), 1);
    assert_eq!(
        relay.outbox_mark_published(one, &[report.id], later).await.unwrap(),
        0,
        "no longer its own"
    );
    assert_eq!(relay.outbox_mark_published(two, &[report.id], later).await.unwrap(), 1);
    // Published but never routed: doubted after a minute, then after two.
    for (seconds, due) in [(59, 0), (60, 1)] {
        assert_eq!(
            relay
                .outbox_lease(one, later + TimeDelta::seconds(seconds), 10)
                .await
                .unwrap()
                .len(),
            due
        );
    }
    let third = later + TimeDelta::seconds(60);
    relay.outbox_mark_published(one, &[report.id], third).await.unwrap();
    for (seconds, due) in [(119, 0), (120, 1)] {
        assert_eq!(
            relay
                .outbox_lease(one, third + TimeDelta::seconds(seconds), 10)
                .await
                .unwrap()
                .len(),
            due
        );
    }
}

#[tokio::test]
async fn each_login_may_do_its_own_and_nothing_else() {
    let fixture = Fixture::new().await;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    fixture.route(&report, clock::now()).await;
    let refused = [
        ("intake", "SELECT child FROM reports"),
        ("intake", "SELECT facts FROM report_facts"),
        ("intake", "SELECT * FROM tickets"),
        ("intake", "DELETE FROM reports"),
        ("intake", "SELECT answer FROM idempotency_keys"),
        ("relay", "SELECT child FROM reports"),
        ("relay", "SELECT * FROM report_facts"),
        ("relay", "DELETE FROM outbox"),
        ("router", "SELECT child FROM reports"),
        ("router", "SELECT identity FROM reports"),
        ("router", "UPDATE reports SET county = 'x'"),
        ("router", "DELETE FROM decisions"),
        ("notifier", "SELECT child FROM reports"),
        ("notifier", "UPDATE tickets SET state = 'waived'"),
        ("desk", "SELECT place FROM reports"),
        ("office", "SELECT place FROM reports"),
        ("desk", "SELECT birth FROM reports"),
        ("office", "SELECT birth FROM reports"),
        ("desk", "SELECT school FROM reports"),
        ("office", "SELECT school FROM reports"),
        ("desk", "SELECT home FROM reports"),
        ("office", "SELECT home FROM reports"),
        ("desk", "SELECT narrative FROM reports"),
        ("office", "SELECT narrative FROM reports"),
        ("desk", "SELECT reporter FROM reports"),
        ("office", "SELECT reporter FROM reports"),
        ("desk", "SELECT identity FROM reports"),
        ("office", "SELECT identity FROM reports"),
        ("desk", "SELECT child FROM reports"),
        ("office", "SELECT child FROM reports"),
        ("desk", "SELECT * FROM report_facts"),
        ("desk", "SELECT * FROM reads"),
        (
            "desk",
            "INSERT INTO reads (at, report_id, account_id, role, parts, how) SELECT now(), 1, 1, 'member', '{}', 'page'",
        ),
        ("desk", "UPDATE tickets SET shows = '{place,child}'"),
        ("desk", "UPDATE tickets SET own = '{}'"),
        ("desk", "UPDATE tickets SET report_id = 1"),
        ("desk", "SELECT ticket_made(1)"),
        ("desk", "SELECT ticket_handed(1, 1, 'page', now())"),
        ("desk", "SELECT report_look(1, 1, 1, 'office', 'page', now())"),
        ("office", "SELECT ticket_handed(1, 1, 'page', now())"),
        ("office", "DELETE FROM reads"),
        ("board", "UPDATE reads SET parts = '{}'"),
        ("desk", "SELECT * FROM notices"),
        ("desk", "SELECT password_hash FROM accounts"),
        ("desk", "DELETE FROM tickets"),
        ("board", "SELECT child FROM reports"),
        ("board", "SELECT * FROM report_facts"),
        ("board", "UPDATE tickets SET state = 'waived'"),
        ("office", "DELETE FROM tickets"),
        ("people", "SELECT * FROM reports"),
        ("people", "SELECT * FROM tickets"),
        // What signs for a unit's own system: who sets it and who sends, and nobody else.
        ("router", "SELECT secret FROM outlets"),
        ("desk", "SELECT secret FROM outlets"),
        ("desk", "SELECT url FROM outlets"),
        ("board", "SELECT secret FROM outlets"),
        ("office", "SELECT secret FROM outlets"),
        ("notifier", "UPDATE outlets SET url = 'https://elsewhere.example/'"),
        ("people", "SELECT ticket_id FROM posts"),
        ("desk", "UPDATE posts SET state = 'sent'"),
    ];
    for (task, sql) in refused {
        let mut connection = PgConnection::connect(&fixture.login(task)).await.expect("a login");
        let error = connection
            .execute(sql)
            .await
            .expect_err(&format!("{task} must not: {sql}"));
        assert_eq!(
            error
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code)
                .as_deref(),
            Some("42501"),
            "{task}: {sql}: {error}"
        );
    }
    for task in platform::store::TASKS {
        let mut connection = PgConnection::connect(&fixture.login(task)).await.expect("a login");
        let owned: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        assert_eq!(owned, 0, "{task} owns nothing");
    }
}

#[tokio::test]
async fn the_desk_sees_only_its_units_in_sql() {
    let fixture = Fixture::new().await;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    fixture.route(&report, clock::now()).await;
    let mut desk = PgConnection::connect(&fixture.login("desk"))
        .await
        .expect("the desk's login");
    for (units, tickets, reports) in [
        ("", 0, 0),
        ("pol-341222101", 1, 1),
        ("ca", 2, 1),
        ("edu", 0, 0),
        ("ca,health", 4, 1),
    ] {
        let mut tx = desk.begin().await.unwrap();
        sqlx::query("SELECT set_config('shouwang.units', $1, true)")
            .bind(units)
            .execute(&mut *tx)
            .await
            .unwrap();
        for (table, want) in [("tickets", tickets), ("reports", reports)] {
            let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(id) FROM {table}")))
                .fetch_one(&mut *tx)
                .await
                .unwrap();
            assert_eq!(count, want, "{units:?} in {table}");
        }
        let stages: i64 = sqlx::query_scalar("SELECT count(DISTINCT ticket_id) FROM stages")
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        assert_eq!(stages, tickets);
        tx.rollback().await.unwrap();
    }
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM tickets")
        .fetch_one(&mut desk)
        .await
        .unwrap();
    assert_eq!(count, 0, "the setting ends with its transaction");
}

#[tokio::test]
async fn a_dropped_begin_leaves_no_stale_transaction() {
    let fixture = Fixture::new().await;
    let store = Store::<Owner>::open(&fixture.url, "test", 1).expect("a store");
    store.ping().await.unwrap();
    for n in 0..200_u64 {
        let begin = store.pool().begin();
        let _ = tokio::time::timeout(Duration::from_micros(n * 5), begin).await;
        let id = i64::try_from(n).unwrap();
        // Each write must be seen by another connection at once; inside a stale transaction it would not be.
        let written = store
            .lend::<Router>()
            .parked_insert("q", &format!("reason {id}"), b"", clock::now())
            .await;
        written.expect("a write");
        let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM parked_messages")
            .fetch_one(fixture.store.pool())
            .await
            .unwrap();
        assert_eq!(seen, id + 1, "write {id} was swallowed by a stale transaction");
    }
}

/// Each turn of each queue gives a connection back: a warning for each would fill the disk with the server's log.
#[tokio::test]
async fn a_connection_given_back_is_clean_and_says_nothing_in_the_servers_log() {
    let fixture = Fixture::new().await;
    let store = Store::<Owner>::open(&fixture.url, "test", 1).expect("a store");
    let backend = async || -> i32 {
        sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(store.pool())
            .await
            .unwrap()
    };
    let first = backend().await;
    for _ in 0..10 {
        store.ping().await.unwrap();
    }
    let servers = std::path::PathBuf::from(std::env::var("SHOUWANG_TEST_SERVERS").expect("the servers' folder"));
    let log = std::fs::read_to_string(servers.join("log/postgres.log")).expect("the server's log");
    let said: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(&format!("[{first}]")))
        .collect();
    assert!(said.is_empty(), "{said:?}");

    let mut open = store.pool().acquire().await.unwrap();
    open.execute("BEGIN").await.unwrap();
    drop(open);
    store
        .lend::<Router>()
        .parked_insert("q", "after an open transaction", b"", clock::now())
        .await
        .unwrap();
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM parked_messages")
        .fetch_one(fixture.store.pool())
        .await
        .unwrap();
    assert_eq!((seen, backend().await), (1, first), "it was ended, the connection kept");

    let mut failed = store.pool().acquire().await.unwrap();
    failed.execute("BEGIN").await.unwrap();
    failed.execute("SELECT 1 / 0").await.expect_err("a failed transaction");
    drop(failed);
    assert_ne!(backend().await, first, "the connection was dropped");
}

/// The newest are found by the day in their ids and the time within it; drills are left out, what can't be read is named.
#[tokio::test]
async fn a_replay_takes_the_newest_reports_and_no_drill() {
    let fixture = Fixture::new().await;
    let sample = Sample::BruisesAtSchool.body();
    let day = |n: i64| clock::now() - TimeDelta::days(3 - n);
    let mut reports = Vec::new();
    for n in 0..4 {
        for minute in 0..3 {
            let mut report = new_report(sample, None);
            report.received_at = day(n) - TimeDelta::minutes(minute);
            report.id = ReportId::new(report.received_at, &mut rand::rng());
            report.drill = (n, minute) == (3, 0);
            reports.push(report);
        }
    }
    reports[10].facts = r#"{"situations": ["abandoned"], "place": "moon"}"#.into();
    fixture.writer().report_insert_batch(&reports).await.expect("stored");

    let office = fixture.store_as::<Office>();
    let mut wanted: Vec<_> = reports
        .iter()
        .filter(|report| !report.drill)
        .map(|r| (r.received_at, r.id))
        .collect();
    wanted.sort_unstable_by(|a, b| b.cmp(a));
    for count in [1, 2, 4, 7, 11, 50] {
        let keys = office.replay_keys("taihe", count).await.expect("keys");
        let found: Vec<ReportId> = keys.iter().map(|(id, _)| *id).collect();
        let newest: Vec<ReportId> = wanted.iter().take(count as usize).map(|(_, id)| *id).collect();
        assert_eq!(found, newest, "the newest {count}");
    }
    assert!(office.replay_keys("elsewhere", 5).await.expect("keys").is_empty());

    let pack = Arc::new(fixture.pack.clone());
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let progress = {
        let told = Arc::clone(&told);
        move |done, of| told.lock().unwrap().push((done, of))
    };
    let outcome = platform::office::replay::run(&office, "taihe", [Arc::clone(&pack), pack], 50, progress)
        .await
        .expect("an outcome");
    assert_eq!((outcome.reports, outcome.changed), (10, 0));
    assert_eq!(outcome.units["pol-341222101"].after, 10);
    assert_eq!(outcome.unreadable.named[0].report, reports[10].id.to_string());
    assert_eq!(*told.lock().unwrap(), [(0, 11), (11, 11)]);
}
