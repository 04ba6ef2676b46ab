//! Acts are only added to, by each login and by the owner of the tables, and each has its audit leaf.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use platform::{clock, store::TASKS};
use sqlx::{AssertSqlSafe, Executor};
use tests::Fixture;

use super::person;

/// Tables of acts, and the kind and subject of their leaves.
const ACTS: [(&str, &str, &str); 3] = [
    ("events", "event", "report_id"),
    ("account_acts", "account-act", "id"),
    ("rule_set_acts", "rule-set-act", "id"),
];

/// A fixture in which each table of acts has a row, and its leaf.
async fn with_acts() -> Fixture {
    let fixture = Fixture::new().await;
    let admin = person(&fixture, "admin", "office", "admin").await;
    let report = fixture.stored(0).await;
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
    let mut stores = vec![("the owner".to_owned(), fixture.store.clone())];
    stores.extend(TASKS.map(|task| (task.to_owned(), fixture.store_as(task))));
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
    for (who, store) in &stores {
        for table in &tables {
            for sql in [
                format!("UPDATE {table} SET at = at + interval '1 hour'"),
                format!("DELETE FROM {table}"),
                format!("TRUNCATE {table}"),
            ] {
                let before = rows(&fixture, table).await;
                let done = store.pool().execute(AssertSqlSafe(sql.clone())).await;
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
