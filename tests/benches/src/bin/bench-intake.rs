//! `tests/bench intake`: durable reports a second over HTTP beside pgbench's single-row inserts of the same body on the same
//! server, alternating, so that a machine whose speed drifts treats both alike.
//!
//! Ours: 64 connections, everything on: JSON parsing, rate limit, sealing, idempotency keys, five rows a report, relay to
//! RabbitMQ with confirms. Router and notifier run too with `--all`.

use std::{process::Command, time::Duration};

use sqlx::Executor;
use tests::{Options, Sample, Servers, System, load};

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(8);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let all = std::env::args().any(|word| word == "--all");
    let servers = Servers::shared();
    let start = if all {
        vec!["intake-api", "router", "notifier"]
    } else {
        vec!["intake-api"]
    };
    let system = System::start_on(
        &servers,
        Options {
            start,
            ..Options::default()
        },
    )
    .await;
    let body = Sample::BruisesAtSchool.body();
    let body: serde_json::Value = serde_json::from_str(body).expect("a sample");
    let body = body.to_string();
    system
        .db
        .execute("CREATE TABLE bench_baseline (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)")
        .await
        .expect("a table");
    let script = system.dir().join("baseline.sql");
    // pgbench would take a colon for a variable, so it is written as an escape, which the server reads once.
    let literal = body.replace('\\', "\\\\").replace('\'', "''").replace(':', "\\x3a");
    std::fs::write(
        &script,
        format!("INSERT INTO bench_baseline (body) VALUES (E'{literal}');\n"),
    )
    .expect("a script");
    let address = system.public_url.trim_start_matches("http://").to_owned();

    load::post_reports(&address, &body, CONNECTIONS, Duration::from_secs(2)).await;
    let mut rounds = Vec::new();
    for round in 1..=ROUNDS {
        let baseline = pgbench(&system.database_url, &script);
        let ours = load::post_reports(&address, &body, CONNECTIONS, ROUND).await;
        assert_eq!(ours.refused, 0, "every request must be a durable report");
        let ratio = ours.per_second() / baseline;
        println!(
            "round {round}: ours {:.0}/s (p50 {:.1} ms, p99 {:.1} ms), pgbench {baseline:.0}/s, ratio {ratio:.2}",
            ours.per_second(),
            ours.quantile(0.5).as_secs_f64() * 1e3,
            ours.quantile(0.99).as_secs_f64() * 1e3
        );
        rounds.push((ratio, ours.per_second(), baseline));
    }
    let stored = system.count("SELECT count(*) FROM reports").await;
    let metrics = system.intake.metrics().await;
    let value = |name: &str| {
        metrics
            .lines()
            .find_map(|l| l.strip_prefix(name)?.trim().parse::<f64>().ok())
            .unwrap_or(f64::NAN)
    };
    let mean = |name: &str| value(&format!("{name}_sum")) / value(&format!("{name}_count"));
    println!(
        "{stored} reports stored; mean batch {:.1} reports, mean commit {:.2} ms, published {:.0}",
        mean("shouwang_intake_batch_size"),
        mean("shouwang_intake_commit_seconds") * 1e3,
        value("shouwang_relay_published_total")
    );
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, ours, baseline) = rounds[ROUNDS / 2];
    println!("intake ratio {ratio:.2} (ours {ours:.0}, baseline {baseline:.0})");
}

/// Transactions a second of `pgbench -M prepared -c 32 -j 2`.
fn pgbench(url: &str, script: &std::path::Path) -> f64 {
    let seconds = ROUND.as_secs().to_string();
    let out = Command::new("pgbench")
        .args(["-n", "-M", "prepared", "-c", "32", "-j", "2", "-T", &seconds, "-f"])
        .arg(script)
        .arg(url)
        .output()
        .expect("pgbench (package postgresql)");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let number = line
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|n| n.parse().ok());
    number.unwrap_or_else(|| panic!("pgbench said: {text}{}", String::from_utf8_lossy(&out.stderr)))
}
