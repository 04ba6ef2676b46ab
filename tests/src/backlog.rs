//! Backlogs made in SQL: what would take hours to come in by itself.

use sqlx::{Executor, PgPool, postgres::PgQueryResult};

/// Foreign keys of a table are dropped: two hundred thousand rows are checked against them for longer than they are written.
async fn unbound(db: &PgPool, table: &str) {
    let keys: Vec<String> = sqlx::query_scalar(
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
         WHERE contype = 'f' AND conrelid = $1::regclass",
    )
    .bind(table)
    .fetch_all(db)
    .await
    .expect("foreign keys");
    for drop in keys {
        sqlx::query(sqlx::AssertSqlSafe(drop))
            .execute(db)
            .await
            .expect("a key dropped");
    }
    let alone = format!("ALTER TABLE {table} SET (autovacuum_enabled = off)");
    sqlx::query(sqlx::AssertSqlSafe(alone))
        .execute(db)
        .await
        .expect("no vacuum");
}

async fn run(db: &PgPool, sql: &'static str, rows: i64) -> PgQueryResult {
    let mut tx = db.begin().await.expect("a transaction");
    tx.execute("SET LOCAL synchronous_commit = off")
        .await
        .expect("a setting");
    let done = sqlx::query(sql).bind(rows).execute(&mut *tx).await.expect("a backlog");
    tx.commit().await.expect("a commit");
    done
}

/// So many notices, queued over the last while, of these urgencies in equal parts, on the tickets that there are.
pub async fn notices(db: &PgPool, rows: i64, urgencies: &[&str]) {
    notices_held(db, rows, urgencies, "").await;
}

/// The same, after an outage of the mail server: those of the urgency `held` wait for their next try, in an hour.
pub async fn notices_held(db: &PgPool, rows: i64, urgencies: &[&str], held: &str) {
    let mut tx = db.begin().await.expect("a transaction");
    tx.execute("SET LOCAL synchronous_commit = off")
        .await
        .expect("a setting");
    // Ids that rise: an index that is filled at random places takes twice as long, and is read no other way.
    sqlx::query(
        "WITH t AS (SELECT id, unit, (row_number() OVER (ORDER BY id)) - 1 AS n FROM tickets),
              b AS (SELECT count(*) AS before FROM notices)
         INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state, due_at)
         SELECT ('ffffffff-ffff-4fff-8fff-' || lpad(to_hex(b.before + g), 12, '0'))::uuid, 'backlog:' || b.before + g, 'taihe', 'dispatch',
                t.id, t.unit, u.urgency, false, now() - ($1 - g) * interval '10 ms', 'queued',
                CASE WHEN u.urgency = $3 THEN now() + interval '1 hour' ELSE '-infinity' END
         FROM generate_series(1, $1) g JOIN t ON t.n = g % (SELECT count(*) FROM tickets), b,
              LATERAL (SELECT $2[1 + g % array_length($2, 1)] AS urgency) u",
    )
    .bind(rows)
    .bind(urgencies)
    .bind(held)
    .execute(&mut *tx)
    .await
    .expect("a backlog of notices");
    tx.commit().await.expect("a commit");
}

/// So many reports in the outbox alone, while the router is away: all urgent ones and half of the others are published and not yet
/// doubted. For tests of the queue only: the reports are not there.
pub async fn outbox(db: &PgPool, rows: i64) {
    unbound(db, "outbox").await;
    let sql = "INSERT INTO outbox (report_id, county, urgent, received_at, due_at)
               SELECT g, 'taihe', g % 4 = 0, now() - ($1 - g) * interval '10 ms',
                      CASE WHEN g % 2 = 0 THEN now() + interval '1 hour' ELSE now() - ($1 - g) * interval '10 ms' END
               FROM generate_series(1, $1) g";
    run(db, sql, rows).await;
}

/// So many ordinary reports that wait to be routed, with the facts of a report that there is; sealed columns are not real.
pub async fn reports(db: &PgPool, rows: i64) {
    let sql = "WITH n AS (SELECT (SELECT coalesce(max(id), 0) FROM reports WHERE id < 1::bigint << 40) + g AS id,
                                 now() - ($1 - g) * interval '10 ms' AS at FROM generate_series(1, $1) g),
               r AS (INSERT INTO reports (id, county, received_at, channel, drill, follow_up_mac, key_id, data_key, child)
                     SELECT id, 'taihe', at, 'api', false, 'x', 'generated', 'x', 'x' FROM n),
               f AS (INSERT INTO report_facts (report_id, facts)
                     SELECT n.id, (SELECT facts FROM report_facts ORDER BY report_id DESC LIMIT 1) FROM n)
               INSERT INTO outbox (report_id, county, urgent, received_at, due_at) SELECT id, 'taihe', false, at, at FROM n";
    run(db, sql, rows).await;
}

/// So many running stages, half of them due and all overdue, a few of them drills. For tests of reading only: what ties them to
/// tickets of their own is removed. Nothing is analyzed: the planner believes that there are as few as there were.
pub async fn stages(db: &PgPool, rows: i64) {
    unbound(db, "stages").await;
    db.execute("ALTER TABLE stages DROP CONSTRAINT stages_ticket_id_stage_key")
        .await
        .expect("stages without their key");
    let sql = "INSERT INTO stages (ticket_id, stage, time_limit, start_event, started_at, due_at, provisional, basis, grade,
                                   calendar_version, derivation, plan, next_step, next_at, county, drill)
               SELECT (SELECT min(id) FROM tickets), 'sign', '1wd', 'dispatch', now(), now(), false, 'county policy', 'P',
                      'generated', '[]', '[]', 2 + g % 3, now() + (g - $1 / 2) * interval '1 s', 'taihe', g % 20000 = 0
               FROM generate_series(1, $1) g";
    run(db, sql, rows).await;
}

/// So many tickets, half of them open triage, half resolved, the newest of them drills; each resolved one is of a report that has
/// an open one. For tests of reading only: they have no reports, and nothing is analyzed.
pub async fn tickets(db: &PgPool, rows: i64) {
    unbound(db, "tickets").await;
    // None of these reports waits for a call-back, so there is nothing to take away for each row.
    db.execute("ALTER TABLE tickets DISABLE TRIGGER callback_waits_no_more")
        .await
        .expect("tickets without their trigger");
    let sql = "INSERT INTO tickets (county, case_id, report_id, obligation, unit, unit_kind, lead, urgency, basis, rule_set,
                                    dispatched_at, next_due_at, drill, state, signed_at, signed_by, resolved_at, resolved_by)
               SELECT 'taihe', (SELECT min(id) FROM cases), (g + 1) / 2, CASE WHEN done THEN 'x' ELSE 'triage' END, 'office', 'office', true,
                      'P' || 1 + g / 2 % 3, '[]', 1, now() - g * interval '1 s', now(), g <= 40, CASE WHEN done THEN 'resolved' ELSE 'dispatched' END,
                      CASE WHEN done THEN now() END, CASE WHEN done THEN '生成' END,
                      CASE WHEN done THEN now() - g * interval '1 s' END, CASE WHEN done THEN '生成' END
               FROM (SELECT g, g % 2 = 0 AS done FROM generate_series(1, $1) g) g";
    run(db, sql, rows).await;
}

/// A line for every ticket that has none: reports of the last days, a second between two, in 30 townships; one of a thousand is of an
/// illness.
pub async fn listings(db: &PgPool) {
    unbound(db, "listings").await;
    db.execute(
        "INSERT INTO listings (ticket_id, county, drill, report_id, unit, obligation, urgency, state, received_at, due_at, township, situations)
         SELECT t.id, t.county, t.drill, (t.id % 30) << 40 | (t.id * 7919 & 1099511627775), t.unit, t.obligation, t.urgency, t.state,
                now() - t.id * interval '10 s', now() - t.id * interval '1 s', '3412221' || lpad((1 + t.id % 30)::text, 2, '0'),
                ARRAY[CASE WHEN t.id % 1000 = 0 THEN 'illness' ELSE 'dropout' END]
         FROM tickets t ON CONFLICT DO NOTHING",
    )
    .await
    .expect("lines of lists");
}

/// So many reports that wait for a call-back, which somebody put off to another day, and as many more that wait since today; none of
/// them is there, and nothing is analyzed.
pub async fn callbacks(db: &PgPool, rows: i64) {
    unbound(db, "callbacks_waiting").await;
    let sql = "INSERT INTO callbacks_waiting (report_id, county, due_at)
               SELECT -g, 'taihe', CASE WHEN g % 2 = 0 THEN now() + interval '1 day' ELSE now() END - g * interval '10 ms'
               FROM generate_series(1, 2 * $1) g";
    run(db, sql, rows).await;
}

/// So many looks at reports and tickets by accounts that are not there (their ids begin at 1,000,000), over the last days.
pub async fn reads(db: &PgPool, rows: i64) {
    unbound(db, "reads").await;
    run(
        db,
        "INSERT INTO reads (at, report_id, ticket_id, account_id, role, parts, how)
         SELECT now() - ($1 - g) * interval '1 second', 1000000 + g % 20000, 1000000 + g % 50000, a.id,
                'member', '{place,own,child}', 'page'
         FROM generate_series(1, $1) g JOIN (SELECT min(id) AS id FROM accounts) a ON true",
        rows,
    )
    .await;
}

/// So many askings that wait, each due a minute after the one before, from an hour ago on; after the shape of one that there is.
pub async fn openings(db: &PgPool, rows: i64) {
    unbound(db, "openings").await;
    db.execute("ALTER TABLE openings DISABLE TRIGGER USER")
        .await
        .expect("no triggers");
    run(
        db,
        "INSERT INTO openings (county, report_id, unit, side, way, parts, urgency, drill, state, asked_at, asked_by, asked_account, reason,
                               due_at, plan, next_at)
         SELECT o.county, o.report_id, o.unit, 'office', 'approval', o.parts, o.urgency, o.drill, 'asked', o.asked_at, o.asked_by,
                o.asked_account, o.reason, d.due,
                jsonb_build_array(jsonb_build_object('level', 2, 'to', 'office', 'action', 'urge', 'at', d.due)), d.due
         FROM generate_series(1, $1) g, LATERAL (SELECT now() + (g - 60) * interval '1 minute' AS due) d,
              (SELECT * FROM openings ORDER BY id LIMIT 1) o",
        rows,
    )
    .await;
    db.execute("ALTER TABLE openings ENABLE TRIGGER USER")
        .await
        .expect("triggers");
}
