//! Acts are only added to, by each login and by the owner of the tables, and each has its audit leaf.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use platform::{
    clock,
    store::{AccountActKind, People, Role, TASKS},
};
use sqlx::{AssertSqlSafe, Executor, PgPool};
use tests::{Fixture, Sample, System, officers::Accounts};

use super::person;

/// Tables of acts, and the kind and subject of their leaves.
const ACTS: [(&str, &str, &str); 4] = [
    ("events", "event", "report_id"),
    ("account_acts", "account-act", "id"),
    ("rule_set_acts", "rule-set-act", "id"),
    ("act_steps", "act-step", "id"),
];

/// A fixture in which each table of acts has a row, and its leaf.
async fn with_acts() -> Fixture {
    let fixture = Fixture::new().await;
    let admin = person(&fixture, "admin", "office", Role::Admin).await;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    let other = person(&fixture, "other", "office", Role::Admin).await;
    let invited = super::act(other, AccountActKind::Invited, admin);
    fixture
        .store
        .lend::<People>()
        .invitation_make(admin, b"code", &invited)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO events (at, report_id, kind, actor, account_id, detail, sealed)
         VALUES ($1, $2, 'noted', '谁', $3, '{\"b\": 1, \"a\": null}', '\\x0102')",
    )
    .bind(clock::now())
    .bind(report.id)
    .bind(admin)
    .execute(fixture.store.pool())
    .await
    .unwrap();
    fixture
}

#[tokio::test]
async fn nobody_changes_an_act() {
    let fixture = with_acts().await;
    let mut logins = vec![("the owner", fixture.db.clone())];
    logins.extend(TASKS.map(|task| (task, PgPool::connect_lazy(&fixture.login(task)).unwrap())));
    let partitions: Vec<String> = sqlx::query_scalar(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent IN ('events'::regclass, 'audit_leaves'::regclass)",
    )
    .fetch_all(fixture.store.pool())
    .await
    .unwrap();
    assert!(partitions.len() >= 8, "{partitions:?}");
    let mut tables: Vec<&str> = ACTS.iter().map(|(table, ..)| *table).collect();
    tables.push("audit_leaves");
    tables.extend(partitions.iter().map(String::as_str));
    for (who, db) in &logins {
        for table in &tables {
            for sql in [
                format!("UPDATE {table} SET at = at + interval '1 hour'"),
                format!("DELETE FROM {table}"),
                format!("TRUNCATE {table}"),
            ] {
                let before = rows(&fixture, table).await;
                let done = db.execute(AssertSqlSafe(sql.clone())).await;
                // An empty partition has nothing to refuse row by row.
                let refused = done.is_err() || before == 0 && !sql.starts_with("TRUNCATE");
                assert!(refused, "{who}: {sql}");
                assert_eq!(rows(&fixture, table).await, before, "{who}: {sql}");
            }
        }
    }
}

async fn rows(fixture: &Fixture, table: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
        .fetch_one(fixture.store.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_erasure_takes_the_sealed_text_and_nothing_else() {
    let fixture = with_acts().await;
    let erase = async |sql: &'static str| {
        let mut tx = fixture.store.pool().begin().await.unwrap();
        tx.execute("SET LOCAL shouwang.erasure = 'on'").await.unwrap();
        let done = tx.execute(sql).await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done.is_ok()
    };
    assert!(!erase("UPDATE events SET actor = 'x'").await);
    assert!(!erase("UPDATE events SET sealed = NULL, actor = 'x'").await);
    assert!(!erase("UPDATE events SET sealed = '\\x00'").await);
    assert!(!erase("DELETE FROM events").await);
    assert!(!erase("UPDATE account_acts SET detail = '{}'").await);
    assert!(!erase("DELETE FROM audit_leaves").await);
    assert!(erase("UPDATE events SET sealed = NULL").await);
}

#[tokio::test]
async fn each_act_has_its_leaf() {
    let fixture = with_acts().await;
    for (table, kind, subject) in ACTS {
        assert!(rows(&fixture, table).await > 0, "{table}");
        let (without, leaves): (i64, i64) = sqlx::query_as(AssertSqlSafe(format!(
            "SELECT count(*) FILTER (WHERE n <> 1), (SELECT count(*) FROM audit_leaves WHERE kind = '{kind}') FROM (
                SELECT (SELECT count(*) FROM audit_leaves l WHERE l.kind = '{kind}' AND l.subject = a.{subject} AND l.at = a.at
                            AND l.leaf = act_digest(l.salt, l.kind, to_jsonb(a))) AS n FROM {table} a) s"
        )))
        .fetch_one(&mut *utc(&fixture).await)
        .await
        .unwrap();
        assert_eq!(without, 0, "{table}: rows without exactly one leaf");
        assert_eq!(leaves, rows(&fixture, table).await, "{table}: a leaf for each");
    }
    // A leaf is not the hash of the row alone: whoever has it can't try out what the row may have been.
    let salts: i64 = sqlx::query_scalar("SELECT count(DISTINCT salt) - count(*) FROM audit_leaves")
        .fetch_one(fixture.store.pool())
        .await
        .unwrap();
    assert_eq!(salts, 0);
    // An act that is rolled back leaves none.
    let before = rows(&fixture, "audit_leaves").await;
    let mut tx = fixture.store.pool().begin().await.unwrap();
    tx.execute(
        "INSERT INTO account_acts (county, at, actor_name, act) SELECT 'taihe', at, 'x', 'x' FROM account_acts LIMIT 1",
    )
    .await
    .unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(rows(&fixture, "audit_leaves").await, before);
}

/// A connection whose rows read as they were hashed, whatever the server's time zone.
async fn utc(fixture: &Fixture) -> sqlx::pool::PoolConnection<sqlx::Postgres> {
    let mut connection = fixture.store.pool().acquire().await.unwrap();
    connection.execute("SET TimeZone = 'UTC'").await.unwrap();
    connection
}

/// Everything that leaves acts: a report on its way, an opening, a grant, an invitation, rules.
async fn busy(system: &System) -> Accounts {
    let accounts = Accounts::make(system).await;
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    let ticket: i64 = sqlx::query_scalar(
        "SELECT id FROM tickets WHERE report_id = $1 AND unit = 'pol-341222101' AND obligation = 'police-accept'",
    )
    .bind(filed.id())
    .fetch_one(&system.db)
    .await
    .unwrap();
    let member = accounts.browser(system, "member").await;
    let page = member.get(&format!("/tickets/{ticket}")).await;
    assert_eq!(member.act(&page, ticket, "sign", &[]).await.status, 303);
    let admin = accounts.browser(system, "admin").await;
    let csrf = admin.get("/people").await.hidden("csrf");
    let new = crate::people::person(&csrf, "zhang.san", "张三", "", "ca");
    assert_eq!(admin.post("/people", &new).await.status, 201);
    let whom: i64 = sqlx::query_scalar("SELECT id FROM accounts WHERE login = 'zhang.san'")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let asked = [("csrf", csrf.as_str()), ("unit", "office"), ("role", "oversight")];
    assert_eq!(admin.post(&format!("/people/{whom}/grant"), &asked).await.status, 200);
    let office = accounts.browser(system, "office").await;
    let csrf = office.get("/grants").await.hidden("csrf");
    let request: i64 = system.count("SELECT id FROM grant_requests").await;
    let confirm = format!("/grants/{request}/confirm");
    assert_eq!(office.post(&confirm, &[("csrf", &csrf)]).await.status, 200);
    // An opening, asked and approved: the row goes on, its steps stay.
    for (at, sql) in [
        (0, "INSERT INTO openings (county, report_id, ticket_id, unit, side, way, parts, urgency, drill, state, asked_at, asked_by, asked_account, reason, due_at)
             SELECT t.county, t.report_id, t.id, t.unit, 'unit', 'approval', '{school}', t.urgency, false, 'asked', $1, '甲', a.id, '\\x01', $1 + interval '1 hour'
             FROM tickets t, accounts a WHERE t.id = $2 AND a.login = 'demo-member'"),
        (1, "UPDATE openings SET state = 'open', version = 2, opened_at = $1, ends_at = $1 + interval '72 hours', decided_at = $1, decided_by = '乙',
             decided_account = (SELECT id FROM accounts WHERE login = 'demo-office') WHERE ticket_id = $2"),
    ] {
        sqlx::query(sql)
            .bind(clock::now() + chrono::TimeDelta::minutes(at))
            .bind(ticket)
            .execute(&system.db)
            .await
            .unwrap();
    }
    accounts
}

/// Changes a row past the triggers, as whoever owns the database can.
async fn tamper(system: &System, table: &str, sql: &str) {
    let mut connection = system.db.acquire().await.unwrap();
    for sql in [
        format!("ALTER TABLE {table} DISABLE TRIGGER USER"),
        sql.to_owned(),
        format!("ALTER TABLE {table} ENABLE TRIGGER USER"),
    ] {
        connection.execute(AssertSqlSafe(sql)).await.unwrap();
    }
}

#[tokio::test]
async fn a_tampered_row_is_named_and_nothing_else_is() {
    let system = System::start().await;
    busy(&system).await;
    let verify = async || system.intake_cli(&["audit", "verify"]).await;
    let out = verify().await;
    assert_eq!(out.code, 0, "{}{}", out.stdout, out.stderr);
    for table in [
        "account_acts",
        "events",
        "rule_set_acts",
        "act_steps",
        "openings",
        "grant_requests",
        "invitations",
    ] {
        let line = out
            .stdout
            .lines()
            .find(|line| line.starts_with(&format!("{table}: ")))
            .unwrap();
        let rows: i64 = line.split(' ').nth(1).unwrap().parse().unwrap();
        assert!(
            (rows > 0 || table == "rule_set_acts") && line.contains(", 0 don't agree"),
            "{line}"
        );
    }
    let first = "SELECT id FROM account_acts WHERE act = 'created' ORDER BY id LIMIT 1";
    let id = system.count(first).await;
    // Each is put right again before the next: what agrees is what was written.
    for (table, wrong, right, named) in [
        (
            "account_acts",
            format!("UPDATE account_acts SET actor_name = actor_name || 'x' WHERE id = {id}"),
            format!("UPDATE account_acts SET actor_name = left(actor_name, -1) WHERE id = {id}"),
            format!("account_acts act {id} created"),
        ),
        (
            "account_acts",
            format!("UPDATE account_acts SET detail = detail || '{{\"x\": 1}}' WHERE id = {id}"),
            format!("UPDATE account_acts SET detail = detail - 'x' WHERE id = {id}"),
            format!("account_acts act {id} created"),
        ),
        (
            "events",
            "UPDATE events SET account_id = (SELECT id FROM accounts WHERE login = 'demo-leader') WHERE kind = 'signed'".to_owned(),
            "UPDATE events SET account_id = (SELECT id FROM accounts WHERE login = 'demo-member') WHERE kind = 'signed'".to_owned(),
            "events signed report ".to_owned(),
        ),
        (
            "events",
            "UPDATE events SET at = at + interval '1 hour' WHERE kind = 'signed'".to_owned(),
            "UPDATE events SET at = at - interval '1 hour' WHERE kind = 'signed'".to_owned(),
            "is missing".to_owned(),
        ),
        (
            "openings",
            "UPDATE openings SET decided_by = '丙'".to_owned(),
            "UPDATE openings SET decided_by = '乙'".to_owned(),
            "openings row ".to_owned(),
        ),
        (
            "openings",
            "UPDATE openings SET reason = '\\x02'".to_owned(),
            "UPDATE openings SET reason = '\\x01'".to_owned(),
            "openings row ".to_owned(),
        ),
        (
            "act_steps",
            "UPDATE act_steps SET of_id = of_id + 1000 WHERE of_table = 'grant_requests'".to_owned(),
            "UPDATE act_steps SET of_id = of_id - 1000 WHERE of_table = 'grant_requests'".to_owned(),
            "act_steps step ".to_owned(),
        ),
        (
            "invitations",
            "UPDATE invitations SET made_by = NULL".to_owned(),
            "UPDATE invitations SET made_by = (SELECT id FROM accounts WHERE login = 'demo-admin')".to_owned(),
            "invitations row ".to_owned(),
        ),
    ] {
        tamper(&system, table, &wrong).await;
        let out = verify().await;
        assert_eq!(out.code, 1, "{wrong}: {}", out.stdout);
        assert!(out.stdout.contains(&named), "{named}: {}", out.stdout);
        let wronged: Vec<&str> = out.stdout.lines().filter(|l| l.contains(" don't agree") && !l.contains(", 0 ")).collect();
        assert!(wronged.iter().any(|line| line.starts_with(&format!("{table}: "))), "{wronged:?}");
        tamper(&system, table, &right).await;
        assert_eq!(verify().await.code, 0, "{right}");
    }
    // A row that is gone, and one that nobody wrote by an act.
    tamper(
        &system,
        "account_acts",
        &format!("DELETE FROM account_acts WHERE id = {id}"),
    )
    .await;
    let out = verify().await;
    assert!(
        out.code == 1 && out.stdout.contains(&format!("1 of id {id} ")),
        "{}",
        out.stdout
    );
    tamper(
        &system,
        "account_acts",
        "INSERT INTO account_acts (county, at, actor_name, act) SELECT county, at, 'x', 'granted' FROM account_acts LIMIT 1",
    )
    .await;
    let out = verify().await;
    assert!(
        out.stdout.contains("granted")
            && out.stdout.contains("account_acts: ")
            && out.stdout.contains(" 2 don't agree"),
        "{}",
        out.stdout
    );
}
