//! Whether acts are as they were written: each row against its audit leaf, and what changes step by step against its last step.
//!
//! A leaf is `sha256(salt, kind, row)`. Who changes a row past the triggers leaves a row that no leaf of its time agrees with; who
//! deletes one, a leaf without a row. Whoever can write leaves too can do both unseen: the leaves must be kept elsewhere for that.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgTransaction};

use crate::store::{Owner, Store, StoreError};

/// What doesn't agree is listed as far as this; the numbers say all of it.
const LISTED: i64 = 200;

/// Tables of acts: name, kind of their leaves, the column of the leaf's subject, and what names a row in words.
const ACTS: [(&str, &str, &str, &str); 4] = [
    (
        "account_acts",
        "account-act",
        "id",
        "concat_ws(' ', 'act', a.id, a.act, 'account ' || a.account_id)",
    ),
    (
        "events",
        "event",
        "report_id",
        "concat_ws(' ', a.kind, 'report ' || a.report_id, 'ticket ' || a.ticket_id)",
    ),
    (
        "rule_set_acts",
        "rule-set-act",
        "id",
        "concat_ws(' ', 'act', a.id, a.act, 'version ' || a.version)",
    ),
    (
        "act_steps",
        "act-step",
        "id",
        "concat_ws(' ', 'step', a.id, 'of', a.of_table, a.of_id)",
    ),
];

/// Tables whose rows change: each stands as its last step says.
const STEPPED: [&str; 6] = [
    "openings",
    "motions",
    "grant_requests",
    "factor_resets",
    "flood_closings",
    "invitations",
];

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditFault {
    /// Its leaf doesn't agree with it: it was changed, or written past the trigger.
    Differs,
    /// There are more leaves of this subject and time than rows: a row is gone.
    Missing,
    /// It doesn't stand as its last step says.
    Stands,
}

/// A row that doesn't agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditWrong {
    /// What is wrong.
    pub fault: AuditFault,
    /// When the act was, as the row or the leaf says.
    pub at: Option<DateTime<Utc>>,
    /// Which row, in words: no name and nothing of a report but its number.
    pub row: String,
}

/// What was checked of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditChecked {
    /// The table.
    pub table: &'static str,
    /// Rows that have leaves or steps to be compared with.
    pub rows: i64,
    /// Rows from before leaves were kept: nothing can be said of them.
    pub before: i64,
    /// How many don't agree.
    pub wrong: i64,
    /// The first of them.
    pub listed: Vec<AuditWrong>,
}

impl Store<Owner> {
    /// Checks every act of the database. It reads all of them once.
    pub async fn audit_verify(&self) -> Result<Vec<AuditChecked>, StoreError> {
        let mut tx = self.pool.begin().await?;
        // A row's text has its times in it; the leaves were made with this zone.
        sqlx::query("SELECT set_config('TimeZone', 'UTC', true)")
            .execute(&mut *tx)
            .await?;
        let mut checked = Vec::new();
        for (table, kind, subject, words) in ACTS {
            checked.push(acts(&mut tx, table, (kind, subject), words).await?);
        }
        for table in STEPPED {
            checked.push(stepped(&mut tx, table).await?);
        }
        tx.rollback().await?;
        Ok(checked)
    }
}

async fn acts(
    tx: &mut PgTransaction<'_>,
    table: &'static str,
    (kind, subject): (&str, &str),
    words: &str,
) -> Result<AuditChecked, StoreError> {
    // Each row once, with whether a leaf of its subject and time agrees. Before the first leaf of the kind there were none.
    let judged = format!(
        "WITH began AS (SELECT min(l.at) AS at FROM audit_leaves l WHERE l.kind = '{kind}'),
              judged AS (
                  SELECT a.at, {words} AS words, a.at < began.at OR began.at IS NULL AS before,
                         EXISTS (SELECT FROM audit_leaves l WHERE l.kind = '{kind}' AND l.subject = coalesce(a.{subject}, 0) AND l.at = a.at
                                   AND l.leaf = act_digest(l.salt, l.kind, to_jsonb(a))) AS agrees
                  FROM {table} a CROSS JOIN began)"
    );
    let (rows, before, differs): (i64, i64, i64) = sqlx::query_as(AssertSqlSafe(format!(
        "{judged} SELECT count(*) FILTER (WHERE agrees OR NOT before), count(*) FILTER (WHERE before AND NOT agrees),
                count(*) FILTER (WHERE NOT agrees AND NOT before) FROM judged"
    )))
    .fetch_one(&mut **tx)
    .await?;
    let mut listed = Vec::new();
    if differs > 0 {
        let found: Vec<(DateTime<Utc>, String)> = sqlx::query_as(AssertSqlSafe(format!(
            "{judged} SELECT at, words FROM judged WHERE NOT agrees AND NOT before ORDER BY at, words LIMIT {LISTED}"
        )))
        .fetch_all(&mut **tx)
        .await?;
        listed.extend(found.into_iter().map(|(at, row)| AuditWrong {
            fault: AuditFault::Differs,
            at: Some(at),
            row,
        }));
    }
    let missing: Vec<(DateTime<Utc>, i64, i64)> = sqlx::query_as(AssertSqlSafe(format!(
        "WITH leaves AS (SELECT l.at, l.subject, count(*) AS n FROM audit_leaves l WHERE l.kind = '{kind}' GROUP BY 1, 2),
              rows AS (SELECT a.at, coalesce(a.{subject}, 0) AS subject, count(*) AS n FROM {table} a GROUP BY 1, 2)
         SELECT l.at, l.subject, l.n - coalesce(r.n, 0) FROM leaves l LEFT JOIN rows r ON r.at = l.at AND r.subject = l.subject
         WHERE l.n > coalesce(r.n, 0) ORDER BY l.at, l.subject"
    )))
    .fetch_all(&mut **tx)
    .await?;
    let gone: i64 = missing.iter().map(|(.., n)| n).sum();
    let room = usize::try_from(LISTED).unwrap_or_default();
    listed.extend(missing.into_iter().take(room).map(|(at, of, n)| AuditWrong {
        fault: AuditFault::Missing,
        at: Some(at),
        row: format!("{n} of {subject} {of}"),
    }));
    Ok(AuditChecked {
        table,
        rows,
        before,
        wrong: differs + gone,
        listed,
    })
}

async fn stepped(tx: &mut PgTransaction<'_>, table: &'static str) -> Result<AuditChecked, StoreError> {
    let judged = format!(
        "WITH last AS (SELECT DISTINCT ON (of_id) of_id, stands FROM act_steps WHERE of_table = '{table}' ORDER BY of_id, id DESC),
              judged AS (SELECT coalesce(t.id, l.of_id) AS id, t.id IS NOT NULL AS there,
                                coalesce(step_stands(to_jsonb(t)) = l.stands, false) AS agrees
                         FROM {table} t FULL JOIN last l ON l.of_id = t.id)"
    );
    let (rows, wrong): (i64, i64) = sqlx::query_as(AssertSqlSafe(format!(
        "{judged} SELECT count(*), count(*) FILTER (WHERE NOT agrees) FROM judged"
    )))
    .fetch_one(&mut **tx)
    .await?;
    let found: Vec<(i64, bool)> = sqlx::query_as(AssertSqlSafe(format!(
        "{judged} SELECT id, there FROM judged WHERE NOT agrees ORDER BY id LIMIT {LISTED}"
    )))
    .fetch_all(&mut **tx)
    .await?;
    let listed = found.into_iter().map(|(id, there)| AuditWrong {
        fault: if there { AuditFault::Stands } else { AuditFault::Missing },
        at: None,
        row: format!("row {id}"),
    });
    Ok(AuditChecked {
        table,
        rows,
        before: 0,
        wrong,
        listed: listed.collect(),
    })
}
