//! `tests/bench flood`: the public door while the internal one is attacked.
//!
//! First 1,000 connections that send their heads slowly, then 500 parallel logins with made-up names, each time with reports
//! coming in at 10 a second. The last line is `flood rss_mb=… report_p99_ms=… logins_per_s=…`: the highest memory of intake-api
//! during the logins, how long a report waited for its receipt, and how many logins were answered, refusals included.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tests::{Left, Sample, Servers, System};
use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinSet, time::sleep};

const LOGINS: usize = 500;
const SLOW: usize = 1000;
const REPORTS_PER_S: u64 = 10;
const ROUND: Duration = Duration::from_secs(20);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let system = Arc::new(System::start_on(&Servers::shared(), tests::Options::default()).await);
    // A login that found no free connection in time is an error in the log, and refused.
    system.leaves(&[Left::Errors]);
    let mut body: Value = Sample::BruisesAtSchool.json();
    body["present_danger"] = json!(true);
    let body = body.to_string();
    reports(&system, &body, Duration::from_secs(2)).await;

    let stop = Arc::new(AtomicBool::new(false));
    let mut slow = JoinSet::new();
    for n in 0..SLOW {
        let address = if n % 2 == 0 {
            &system.public_url
        } else {
            &system.internal_url
        };
        slow.spawn(drip(address.trim_start_matches("http://").to_owned(), stop.clone()));
    }
    let (p99, refused) = reports(&system, &body, ROUND).await;
    stop.store(true, Ordering::Relaxed);
    slow.shutdown().await;
    println!(
        "{SLOW} slow heads: public p99 {:.0} ms, {refused} reports not taken",
        p99.as_secs_f64() * 1e3
    );

    let stop = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicU64::new(0));
    let rss = tokio::spawn(highest_rss(system.intake.pid().expect("intake-api runs"), stop.clone()));
    let mut logins = JoinSet::new();
    for n in 0..LOGINS {
        logins.spawn(login(n, system.internal_url.clone(), answered.clone(), stop.clone()));
    }
    let begun = Instant::now();
    let (p99, refused) = reports(&system, &body, ROUND).await;
    let per_s = answered.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    logins.shutdown().await;
    let rss_mb = rss.await.expect("the memory");
    assert_eq!(refused, 0, "danger is never refused");
    println!(
        "flood rss_mb={rss_mb:.0} report_p99_ms={:.0} logins_per_s={per_s:.1}",
        p99.as_secs_f64() * 1e3
    );
}

/// Reports at a steady rate, each on a connection of its own as phones come: the 99th percentile, and how many were not taken.
async fn reports(system: &Arc<System>, body: &str, time: Duration) -> (Duration, usize) {
    let mut under_way = JoinSet::new();
    let total = time.as_secs() * REPORTS_PER_S;
    for _ in 0..total {
        let (url, body) = (format!("{}/api/v1/reports", system.public_url), body.to_owned());
        under_way.spawn(async move {
            let http = reqwest::Client::builder()
                .timeout(Duration::from_secs(30))
                .build()
                .expect("a client");
            let begun = Instant::now();
            let sent = http
                .post(url)
                .header("content-type", "application/json")
                .body(body)
                .send()
                .await;
            (begun.elapsed(), sent.is_ok_and(|answer| answer.status() == 201))
        });
        sleep(Duration::from_secs(1) / u32::try_from(REPORTS_PER_S).expect("a rate")).await;
    }
    let mut taken = Vec::new();
    let mut refused = 0;
    while let Some(ended) = under_way.join_next().await {
        let (took, stored) = ended.expect("a report");
        taken.push(took);
        refused += usize::from(!stored);
    }
    taken.sort_unstable();
    let last = taken.len().saturating_sub(1);
    (taken.get(last * 99 / 100).copied().unwrap_or_default(), refused)
}

/// A head that never ends, again and again.
async fn drip(address: String, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(&address).await else {
            sleep(Duration::from_millis(200)).await;
            continue;
        };
        let mut sent = stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n").await;
        while sent.is_ok() && !stop.load(Ordering::Relaxed) {
            sleep(Duration::from_secs(2)).await;
            sent = stream.write_all(b"x-a: b\r\n").await;
        }
    }
}

/// One after the other, as fast as they are answered.
async fn login(n: usize, url: String, answered: Arc<AtomicU64>, stop: Arc<AtomicBool>) {
    let http = reqwest::Client::builder()
        .timeout(Duration::from_secs(60))
        .build()
        .expect("a client");
    let mut round = 0;
    while !stop.load(Ordering::Relaxed) {
        let name = format!("nobody-{n}-{round}");
        let form = json!({"login": name, "password": "a made-up password"});
        let sent = http.post(format!("{url}/api/v1/session")).json(&form).send().await;
        match sent {
            Ok(answer) if answer.status() != 503 => _ = answered.fetch_add(1, Ordering::Relaxed),
            _ => {}
        }
        round += 1;
    }
}

/// The most memory that the process held, in megabytes, looked at every 100 ms.
async fn highest_rss(pid: u32, stop: Arc<AtomicBool>) -> f64 {
    let mut highest = 0.0_f64;
    while !stop.load(Ordering::Relaxed) {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let kb = status.lines().find_map(|line| {
            let rest = line.strip_prefix("VmRSS:")?;
            rest.split_whitespace().next()?.parse::<f64>().ok()
        });
        highest = highest.max(kb.unwrap_or_default() / 1024.0);
        sleep(Duration::from_millis(100)).await;
    }
    highest
}
