//! `tests/bench drain`: how fast backlogs of 1,000, 30,000 and 200,000 are worked off, and whether the speed depends on their
//! length: notices into a mail server that accepts at once, and reports past a broker that is away. About five minutes.
//!
//! A backlog appears in one commit, as after an outage, and each is measured from that commit until it is worked off, or for
//! a window of time, in which case what came off in the window counts; `--whole` waits for the end of all of them.

use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use sqlx::Executor;
use tests::{Filed, Options, Sample, Servers, System, backlog};
use tokio::time::sleep;

const NOTICES: [(&str, i64, u32); 3] = [("1k", 1_000, 5), ("30k", 30_000, 1), ("200k", 200_000, 1)];
const REPORTS: [(&str, i64, u32); 2] = [("1k", 1_000, 3), ("200k", 200_000, 1)];
const TICKETS: i64 = 25_000;
const WINDOW: Duration = Duration::from_secs(40);
const LEASES: &str = "shouwang_notice_lease_seconds";
const WHOLE: Duration = Duration::from_secs(3600);
/// The broker is known to be away by then.
const KNOWN: Duration = Duration::from_secs(3);
const URGENT: usize = 25;
const BETWEEN_URGENT: Duration = Duration::from_millis(600);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let window = if std::env::args().any(|word| word == "--whole") {
        WHOLE
    } else {
        WINDOW
    };
    let no_broker = (
        "AMQP_URL".to_owned(),
        "amqp://nobody:nothing@127.0.0.1:1/%2f".to_owned(),
    );
    let mut system = System::start_on(
        &Servers::shared(),
        Options {
            env: vec![no_broker],
            start: vec!["notifier"],
            ..Options::default()
        },
    )
    .await;
    system.mail.only_count();
    let urgent = Sample::BruisesAtSchool.body();
    let ordinary = Sample::DropoutTwoWeeks.body();
    // Before the generated reports: intake-api starts on no database whose newest report another key sealed.
    system.intake.spawn();
    accepted(&system, ordinary).await;
    let mut words = vec!["drain".to_owned()];

    system
        .db
        .execute("SET synchronous_commit = off")
        .await
        .expect("a setting");
    sqlx::query(include_str!("bench-desk.sql"))
        .bind(TICKETS)
        .execute(&system.db)
        .await
        .expect("tickets");
    tidied(&system).await;
    let mut leases = Vec::new();
    for (name, size, times) in NOTICES {
        let mut speeds = Vec::new();
        for _ in 0..times {
            let before = system.mail.count();
            backlog::notices(&system.db, size, &["P1", "P2", "P3", "P3"]).await;
            system
                .db
                .execute("SELECT pg_notify('shouwang_notices', '')")
                .await
                .expect("a bell");
            let wanted = usize::try_from(size).expect("a size");
            let leased = buckets(&system.notifier.metrics().await, LEASES);
            speeds.push(
                speed(&format!("{name} notices"), wanted, window, async || {
                    system.mail.count() - before
                })
                .await,
            );
            add(&mut leases, &leased, &buckets(&system.notifier.metrics().await, LEASES));
            clear(&system, "UPDATE notices SET state = 'suppressed', finished_at = now(), lease_owner = NULL WHERE state = 'queued'").await;
            tidied(&system).await;
        }
        words.push(format!("n{name}_per_s={:.0}", median(speeds)));
    }
    words.push(format!("lease_p99_ms={:.1}", quantile_ms(&leases, 0.99)));
    system.notifier.stop().await;

    system.router.spawn();
    let mut p1_ms = 0.0_f64;
    // The facts of the backlog are those of the report filed last.
    for body in [urgent, ordinary] {
        let filed = accepted(&system, body).await;
        system.routed(&filed).await;
    }
    sleep(KNOWN).await;
    for (name, size, times) in REPORTS {
        let mut speeds = Vec::new();
        for _ in 0..times {
            let before = decisions(&system).await;
            backlog::reports(&system.db, size).await;
            let wanted = usize::try_from(size).expect("a size");
            let what = format!("{name} reports");
            let worked_off = speed(&what, wanted, window, async || {
                usize::try_from(decisions(&system).await - before).expect("a count")
            });
            if size > 10_000 {
                let (measured, longest) = tokio::join!(worked_off, urgent_ones(&system, urgent));
                speeds.push(measured);
                p1_ms = longest;
            } else {
                speeds.push(worked_off.await);
            }
            clear(&system, "DELETE FROM outbox").await;
        }
        words.push(format!("outbox_{name}_per_s={:.0}", median(speeds)));
    }
    words.push(format!("p1_direct_ms={p1_ms:.0}"));
    println!("{}", words.join(" "));
}

/// Filed as soon as the door is open.
async fn accepted(system: &System, body: &str) -> Filed {
    tests::eventually("a report accepted", Duration::from_secs(30), async || {
        system.try_file(body, None).await
    })
    .await
}

/// What the server does by itself within minutes, so that it does not do it within a window.
async fn tidied(system: &System) {
    system.db.execute("VACUUM ANALYZE").await.expect("a vacuum");
    system.db.execute("CHECKPOINT").await.ok();
}

/// Takes away what the window left over. The service goes on meanwhile, so the two may deadlock, and PostgreSQL ends either.
async fn clear(system: &System, sql: &'static str) {
    tests::eventually("the rest cleared", Duration::from_secs(60), async || {
        system.db.execute(sql).await.ok()
    })
    .await;
}

/// What came off in a second, with a progress bar.
async fn speed(what: &str, wanted: usize, window: Duration, done: impl AsyncFn() -> usize) -> f64 {
    let begun = Instant::now();
    loop {
        let have = done().await.min(wanted);
        let took = begun.elapsed();
        if std::io::stderr().is_terminal() {
            eprint!("\r{what}: {have} of {wanted}, {:.1} s ", took.as_secs_f64());
            let _ = std::io::stderr().flush();
        }
        if have == wanted || took > window {
            let speed = have as f64 / took.as_secs_f64();
            println!("\r{what}: {have} in {:.1} s, {speed:.0}/s", took.as_secs_f64());
            return speed;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

fn median(mut speeds: Vec<f64>) -> f64 {
    speeds.sort_by(f64::total_cmp);
    speeds[speeds.len() / 2]
}

/// Rows, not a count over a growing table: the sequence of cases is one query of one row.
async fn decisions(system: &System) -> i64 {
    system
        .count("SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('cases', 'id')::regclass), 0)")
        .await
}

/// Files reports with a child in danger while the backlog is worked off: the longest way from acceptance to dispatch.
async fn urgent_ones(system: &System, body: &str) -> f64 {
    let mut filed = Vec::new();
    for _ in 0..URGENT {
        sleep(BETWEEN_URGENT).await;
        filed.push(system.file(body).await.id());
    }
    for id in &filed {
        tests::eventually("a P1 routed", Duration::from_secs(60), async || {
            let routed: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM decisions WHERE report_id = $1)")
                .bind(id)
                .fetch_one(&system.db)
                .await
                .ok()?;
            routed.then_some(())
        })
        .await;
    }
    let ways: Vec<f64> = sqlx::query_scalar(
        "SELECT (extract(epoch FROM d.decided_at - r.received_at) * 1000)::float8 FROM decisions d JOIN reports r ON r.id = d.report_id
         WHERE r.id = ANY($1) ORDER BY 1",
    )
    .bind(&filed)
    .fetch_all(&system.db)
    .await
    .expect("ways");
    println!(
        "P1 past the broker: median {:.0} ms, longest {:.0} ms of {}",
        ways[ways.len() / 2],
        ways[ways.len() - 1],
        ways.len()
    );
    ways[ways.len() - 1]
}

/// The buckets of a Prometheus histogram: upper end in seconds, how many are below it.
fn buckets(metrics: &str, name: &str) -> Vec<(f64, f64)> {
    let prefix = format!("{name}_bucket{{le=\"");
    metrics
        .lines()
        .filter_map(|line| {
            let (le, n) = line.strip_prefix(&prefix)?.split_once("\"} ")?;
            Some((le.parse().ok()?, n.parse().ok()?))
        })
        .collect()
}

/// Adds what came between two readings: while a backlog of 200,000 is written in one transaction, a look walks over what is not
/// committed yet, which no outage makes.
fn add(sum: &mut Vec<(f64, f64)>, before: &[(f64, f64)], after: &[(f64, f64)]) {
    if sum.is_empty() {
        sum.extend(after.iter().map(|(le, _)| (*le, 0.0)));
    }
    for (at, (_, n)) in sum.iter_mut().enumerate() {
        *n += after[at].1 - before.get(at).map_or(0.0, |(_, n)| *n);
    }
}

/// A quantile in milliseconds, within its bucket by a straight line.
fn quantile_ms(buckets: &[(f64, f64)], quantile: f64) -> f64 {
    let wanted = buckets.last().expect("a histogram").1 * quantile;
    let mut lower = (0.0, 0.0);
    for bucket in buckets {
        if bucket.1 >= wanted {
            let share = (wanted - lower.1) / (bucket.1 - lower.1).max(1.0);
            let upper = if bucket.0.is_finite() { bucket.0 } else { 60.0 };
            return (lower.0 + (upper - lower.0) * share) * 1e3;
        }
        lower = *bucket;
    }
    f64::NAN
}
