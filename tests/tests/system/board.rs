//! What the office sees and does: figures against a naive computation, the ledger, triage by hand, one call-back.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use platform::store::{Board, Listed};
use std::cmp::Reverse;

use chrono::{DateTime, TimeDelta, Utc};
use platform::{clock, receipt::ReportId};
use serde::Deserialize;
use serde_json::Value;
use sqlx::Row;
use tests::{Sample, System, fixture::Fixture, officers::Accounts};

/// Linear between the two neighbours, as `percentile_cont` says it does.
fn percentile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let low = (0..sorted.len())
        .rfind(|&index| index as f64 <= place)
        .expect("an observation");
    let high = sorted.len().min(low + 2) - 1;
    sorted[low] + (sorted[high] - sorted[low]) * (place - low as f64)
}

/// How quickly a unit signed, as the board has it.
#[derive(Deserialize)]
struct Times {
    unit: String,
    tickets: usize,
    signed: usize,
    signed_in_time: i32,
    /// Signed, or due by now.
    sign_judged: i32,
    /// Seconds; `None` where nothing was signed.
    sign_p50_s: Option<f64>,
    sign_p90_s: Option<f64>,
}

#[tokio::test]
async fn figures_are_those_of_a_naive_computation() {
    let fixture = Fixture::new().await;
    let begun = clock::now() - TimeDelta::days(2);
    for round in 0..3 {
        for sample in &Sample::ALL[..6] {
            let report = fixture.stored(*sample).await;
            fixture.route(&report, begun + TimeDelta::minutes(round * 7)).await;
        }
    }
    // One report is a drill with an absurd time: it must not count.
    let drill = fixture.stored(Sample::BruisesAtSchool).await;
    fixture.route(&drill, begun).await;
    sqlx::query("UPDATE reports SET drill = true WHERE id = $1")
        .bind(drill.id)
        .execute(fixture.store.pool())
        .await
        .unwrap();
    // Every other ticket is signed after 5, 12, 19 … minutes.
    let ids: Vec<(i64, DateTime<Utc>)> = sqlx::query_as("SELECT id, dispatched_at FROM tickets ORDER BY id")
        .fetch_all(fixture.store.pool())
        .await
        .unwrap();
    for (place, (id, dispatched)) in (0_i64..).zip(&ids).filter(|(place, _)| place % 2 == 0) {
        let at = *dispatched + TimeDelta::minutes(5 + 7 * place);
        sqlx::query("UPDATE tickets SET state = 'signed', signed_at = $2, signed_by = 'x' WHERE id = $1")
            .bind(id)
            .bind(at)
            .execute(fixture.store.pool())
            .await
            .unwrap();
        sqlx::query("UPDATE stages SET ended_at = $2, next_at = NULL, ended_how = 'act' WHERE ticket_id = $1 AND stage = 'sign'")
            .bind(id)
            .bind(at)
            .execute(fixture.store.pool())
            .await
            .unwrap();
    }
    let now = clock::now();
    let board = fixture.store_as::<Board>();
    assert!(board.board_snapshot_make("taihe", now, 90).await.unwrap());
    let (_, _, data) = board.board_snapshot("taihe").await.unwrap().unwrap();

    let rows = sqlx::query(
        "SELECT t.unit, extract(epoch FROM t.signed_at - t.dispatched_at)::float8 AS took, s.ended_at, s.due_at
         FROM tickets t JOIN stages s ON s.ticket_id = t.id AND s.stage = 'sign' WHERE t.report_id <> $1",
    )
    .bind(drill.id)
    .fetch_all(fixture.store.pool())
    .await
    .unwrap();
    let units: Vec<Times> = serde_json::from_value(data["times"].clone()).unwrap();
    assert!(units.len() > 3, "{data}");
    for unit in &units {
        let code = unit.unit.as_str();
        let mine: Vec<_> = rows.iter().filter(|r| r.get::<String, _>("unit") == code).collect();
        assert_eq!(unit.tickets, mine.len(), "{code}");
        let mut took: Vec<f64> = mine.iter().filter_map(|r| r.get::<Option<f64>, _>("took")).collect();
        took.sort_by(f64::total_cmp);
        assert_eq!(unit.signed, took.len(), "{code}");
        let (mut in_time, mut judged) = (0, 0);
        for row in &mine {
            let (ended, due): (Option<DateTime<Utc>>, DateTime<Utc>) = (row.get("ended_at"), row.get("due_at"));
            judged += i32::from(ended.is_some() || due < now);
            in_time += i32::from(ended.is_some_and(|ended| ended <= due));
        }
        assert_eq!((unit.signed_in_time, unit.sign_judged), (in_time, judged), "{code}");
        for (given, p) in [(unit.sign_p50_s, 0.5), (unit.sign_p90_s, 0.9)] {
            let naive = (!took.is_empty()).then(|| percentile(&took, p));
            let near = given
                .zip(naive)
                .is_none_or(|(given, naive)| (given - naive).abs() < 0.01);
            assert!(
                given.is_some() == naive.is_some() && near,
                "{code} {p}: {given:?} {naive:?}"
            );
        }
    }
    let sum: usize = units.iter().map(|unit| unit.tickets).sum();
    assert_eq!(sum, rows.len(), "every ticket but the drill's counts once");
}

#[tokio::test]
async fn the_ledger_names_what_is_missing() {
    let fixture = Fixture::new().await;
    let (kept, lost) = (
        fixture.stored(Sample::BruisesAtSchool).await,
        fixture.stored(Sample::OrphanNew).await,
    );
    for report in [&kept, &lost] {
        fixture.route(report, clock::now()).await;
    }
    fixture.stored(Sample::Pregnant13).await; // waits
    let board = fixture.store_as::<Board>();
    let ledger = async || {
        board.board_snapshot_make("taihe", clock::now(), 90).await.unwrap();
        board.board_snapshot("taihe").await.unwrap().unwrap().2["ledger"].clone()
    };
    let sound = ledger().await;
    let n = |key: &str| sound[key].as_i64().unwrap();
    assert_eq!((n("accepted"), n("routed"), n("waiting")), (3, 2, 1), "{sound}");
    assert_eq!(n("dispatched"), n("open") + n("discharged") + n("waived"), "{sound}");
    assert_eq!(sound["missing"], serde_json::json!([]));
    sqlx::query("DELETE FROM decisions WHERE report_id = $1")
        .bind(lost.id)
        .execute(fixture.store.pool())
        .await
        .unwrap();
    let broken = ledger().await;
    assert_eq!(broken["missing"], serde_json::json!([lost.id]));
    assert_ne!(
        broken["accepted"].as_i64().unwrap(),
        broken["routed"].as_i64().unwrap() + broken["waiting"].as_i64().unwrap()
    );
}

#[tokio::test]
async fn calls_are_listed_highest_level_first() {
    let fixture = Fixture::new().await;
    for sample in &Sample::ALL[..6] {
        let report = fixture.stored(*sample).await;
        fixture.route(&report, clock::now() - TimeDelta::days(40)).await;
    }
    sqlx::query("UPDATE stages SET next_step = 1 + id % 4, next_at = NULL WHERE due_at IS NOT NULL")
        .execute(fixture.store.pool())
        .await
        .unwrap();
    let mut naive: Vec<(i16, DateTime<Utc>)> =
        sqlx::query_as("SELECT next_step, due_at FROM stages WHERE next_step >= 2")
            .fetch_all(fixture.store.pool())
            .await
            .unwrap();
    naive.sort_by_key(|(level, due)| (Reverse(*level), *due));
    assert!(naive.len() > 20, "more than the list shows: {}", naive.len());
    let board = fixture.store_as::<Board>();
    let now = board.board_now("taihe", clock::now()).await.unwrap();
    let listed: Vec<_> = now
        .overdue
        .iter()
        .filter_map(Listed::read)
        .map(|l| (l.level.unwrap(), l.since))
        .collect();
    assert_eq!(listed, naive[..20]);
    for (level, count) in now.overdue_by_level {
        let of_level = naive.iter().filter(|(l, _)| *l == level).count();
        assert_eq!(count, i64::try_from(of_level).unwrap(), "level {level}");
    }
    let elsewhere = board.board_now("elsewhere", clock::now()).await.unwrap();
    assert!(elsewhere.overdue.is_empty() && elsewhere.overdue_by_level.iter().all(|(_, count)| *count == 0));
}

#[tokio::test]
async fn call_backs_wait_from_the_last_ticket_on() {
    let fixture = Fixture::new().await;
    let mut ids = Vec::new();
    for days in [3, 1, 2] {
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, clock::now() - TimeDelta::days(9)).await;
        for step in [
            "UPDATE tickets SET state = 'signed', signed_at = $2, signed_by = 'x' WHERE report_id = $1",
            "UPDATE tickets SET state = 'resolved', resolved_at = $2 - id % 5 * interval '1 hour', resolved_by = 'x' WHERE report_id = $1",
        ] {
            sqlx::query(step)
                .bind(report.id)
                .bind(clock::now() - TimeDelta::days(days))
                .execute(fixture.store.pool())
                .await
                .unwrap();
        }
        ids.push(report.id);
    }
    let board = fixture.store_as::<Board>();
    let waiting = async || -> Vec<ReportId> {
        let due = board.callbacks_due("taihe", clock::now()).await.unwrap();
        due.iter().filter_map(Listed::read).map(|d| d.report_id).collect()
    };
    assert_eq!(waiting().await, [ids[0], ids[2], ids[1]]);
    let alone = board
        .callback_due("taihe", ids[1], clock::now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(alone.report_id, ids[1]);
    sqlx::query("UPDATE tickets SET state = 'reopened', resolved_at = NULL, resolved_by = NULL WHERE id = (SELECT min(id) FROM tickets WHERE report_id = $1)")
        .bind(ids[0])
        .execute(fixture.store.pool())
        .await
        .unwrap();
    assert_eq!(
        waiting().await,
        [ids[2], ids[1]],
        "one open ticket is enough to wait for"
    );
    assert!(
        board
            .callback_due("taihe", ids[0], clock::now())
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        board
            .callback_due("elsewhere", ids[1], clock::now())
            .await
            .unwrap()
            .is_none()
    );
}

/// A report that no rule settles: nobody knows its situation.
pub(super) async fn unsettled(system: &System) -> i64 {
    let mut body: Value = Sample::OrphanNew.json();
    body["situations"] = serde_json::json!(["orphan"]);
    let filed = system.file(&body.to_string()).await;
    system.routed(&filed).await;
    let id = filed.id();
    // As `router` does when it can't decide: the unit's ticket becomes the office's triage.
    sqlx::query("UPDATE tickets SET obligation = 'triage', unit = 'office', unit_kind = 'office' WHERE id = (SELECT min(id) FROM tickets WHERE report_id = $1)")
        .bind(id)
        .execute(&system.db)
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn the_office_looks_and_settles() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let office = accounts.browser(&system, "office").await;

    let calm = office.get("/board").await;
    assert_eq!(calm.status, 200);
    assert!(calm.text.contains("目前没有超期"), "zero states are calm");

    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    let board = office.get("/board").await;
    assert!(
        board.text.contains("尚未签收") && board.text.contains("0558-8600000"),
        "whom to call about an unsigned P1"
    );
    let ticket: i64 = sqlx::query_scalar("SELECT min(id) FROM tickets WHERE report_id = $1")
        .bind(filed.id())
        .fetch_one(&system.db)
        .await
        .unwrap();
    let page = office.get(&format!("/board/tickets/{ticket}")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(&filed.receipt));
    assert_eq!(office.get("/board/tickets/999999").await.status, 404);

    let id = unsettled(&system).await;
    assert!(
        office
            .get("/triage")
            .await
            .text
            .contains(&ReportId::from_db(id).to_string())
    );
    let page = office.get(&format!("/triage/{id}")).await;
    let csrf = page.hidden("csrf");
    let post = async |act: &str, fields: &[(&str, &str)]| {
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        office.post(&format!("/triage/{id}/{act}"), &all).await
    };
    assert_eq!(post("take", &[]).await.status, 200);
    assert!(
        post("take", &[]).await.text.contains("没有再次登记"),
        "a double click says so"
    );
    assert_eq!(
        system
            .count("SELECT count(*) FROM events WHERE kind = 'triage-taken'")
            .await,
        1
    );
    assert_eq!(
        post(
            "assign",
            &[("obligation", "benefit-review"), ("unit", "ca"), ("reason", " ")]
        )
        .await
        .status,
        422,
        "a reason is asked"
    );
    assert_eq!(
        post(
            "assign",
            &[("obligation", "benefit-review"), ("unit", "nobody"), ("reason", "孤儿")]
        )
        .await
        .status,
        422
    );
    let done = post(
        "assign",
        &[
            ("obligation", "benefit-review"),
            ("unit", "ca"),
            ("reason", "孤儿,转民政认定"),
        ],
    )
    .await;
    assert_eq!(done.status, 200);
    assert!(done.text.contains("研判已了结"));
    let before = system.count("SELECT count(*) FROM tickets").await;
    let again = post(
        "assign",
        &[("obligation", "benefit-review"), ("unit", "ca"), ("reason", "孤儿")],
    )
    .await;
    assert!(again.text.contains("没有再次派单"), "twice is once, and says so");
    assert_eq!(system.count("SELECT count(*) FROM tickets").await, before);
    let member = accounts.browser(&system, "member").await;
    assert_eq!(member.get("/board").await.status, 404);
}
