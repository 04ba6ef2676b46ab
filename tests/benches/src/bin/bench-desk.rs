//! `tests/bench desk`: p95 of the queue, ticket, board and call-back pages, of every list, the search for a child and the sheet of a month, at 1,000 and at 1,000,000 tickets.
//!
//! The tickets are generated in SQL, with stages, events and a spread of states over 90 days, on top of real reports filed
//! through the API, whose ticket pages (with sealed text to open) are the ones measured. Of the lists every filter and order is
//! measured by itself and some together, at both sizes; the slowest is what the last line says.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use serde_json::Value;
use tests::{Options, Sample, Servers, System, load::Measured};

const SMALL: i64 = 1_000;
const LARGE: i64 = 1_000_000;
const CHUNK: i64 = 25_000;
const REAL: usize = 40;
const REQUESTS: usize = 200;
/// Of the child that is searched for.
const NUMBER: &str = "341222201703020219";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let servers = Servers::shared();
    let demo = std::env::temp_dir().join(format!("shouwang-demo-{}.json", std::process::id()));
    let env = vec![("SHOUWANG_DEMO_FILE".to_owned(), demo.to_string_lossy().into_owned())];
    let mut system = System::start_on(
        &servers,
        Options {
            env,
            start: vec!["router"],
            ..Options::default()
        },
    )
    .await;
    let made = system
        .intake_cli(&["people", "demo", "--out", &demo.to_string_lossy()])
        .await;
    assert_eq!(made.code, 0, "{}", made.stderr);
    system.intake.spawn();
    system.intake.ready().await;
    let accounts: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(&demo).expect("accounts")).expect("JSON");
    let body = Sample::BruisesAtSchool.body();
    let mut real = String::new();
    for _ in 0..REAL {
        let filed = system.file(body).await;
        system.routed(&filed).await;
        real = filed.receipt[9..].to_owned();
    }
    let mut known: Value = serde_json::from_str(body).expect("a sample");
    known["children"][0]["id_number"] = NUMBER.into();
    system.routed(&system.file(&known.to_string()).await).await;
    system.router.stop().await;

    let member = sign_in(&system, &accounts, "member").await;
    let office = sign_in(&system, &accounts, "office").await;
    let tickets: Vec<i64> = sqlx::query_scalar("SELECT id FROM tickets WHERE unit = 'pol-341222101' ORDER BY id")
        .fetch_all(&system.db)
        .await
        .expect("tickets");
    let mut words = vec!["desk".to_owned()];
    for (name, size) in [("1k", SMALL), ("1m", LARGE)] {
        grow(&system, size).await;
        let pages = [
            ("queue", &member, vec!["/desk".to_owned()]),
            (
                "ticket",
                &member,
                tickets.iter().map(|id| format!("/tickets/{id}")).collect(),
            ),
            ("board", &office, vec!["/board".to_owned()]),
            ("callbacks", &office, vec!["/callbacks".to_owned()]),
        ];
        for (page, cookie, paths) in pages {
            let measured = measure(&system, cookie, &paths).await;
            let p95 = measured.quantile(0.95).as_secs_f64() * 1e3;
            println!(
                "{page} at {name}: p50 {:.1} ms, p95 {p95:.1} ms",
                measured.quantile(0.5).as_secs_f64() * 1e3
            );
            words.push(format!("{page}_{name}_p95_ms={p95:.1}"));
        }
        let piece = real.as_str();
        let mut slowest: f64 = 0.0;
        for (who, base, filters) in [
            ("county", "/reports", lists(piece, true)),
            ("unit", "/tickets", lists(piece, false)),
        ] {
            let cookie = if who == "county" { &office } else { &member };
            for filter in filters {
                let measured = measure(&system, cookie, &[format!("{base}?{filter}")]).await;
                let p95 = measured.quantile(0.95).as_secs_f64() * 1e3;
                println!("list {who} {filter} at {name}: p95 {p95:.1} ms");
                slowest = slowest.max(p95);
            }
        }
        words.push(format!("list_{name}_p95_ms={slowest:.1}"));
        let (first, measured) = sheet(&system, &office).await;
        let p95 = measured.quantile(0.95).as_secs_f64() * 1e3;
        println!("sheet at {name}: first {first:.1} ms, p95 {p95:.1} ms");
        words.push(format!("sheet_{name}_first_ms={first:.1}"));
        words.push(format!("sheet_{name}_p95_ms={p95:.1}"));
        let mut slowest: f64 = 0.0;
        for (cookie, path) in [(&office, "/reports/child"), (&member, "/tickets/child")] {
            let measured = searches(&system, cookie, path).await;
            let p95 = measured.quantile(0.95).as_secs_f64() * 1e3;
            println!("search {path} at {name}: p95 {p95:.1} ms");
            slowest = slowest.max(p95);
        }
        words.push(format!("search_{name}_p95_ms={slowest:.1}"));
    }
    let _ = std::fs::remove_file(&demo);
    println!("{}", words.join(" "));
}

/// Each filter and order of a list, and some together.
fn lists(piece: &str, county: bool) -> Vec<String> {
    let today = platform::clock::now().date_naive();
    let [week, month] = [7, 45].map(|days| today - chrono::TimeDelta::days(days));
    let mut all: Vec<String> = [
        "tab=all",
        "tab=open",
        "tab=unassigned",
        "tab=waiting",
        "tab=closed",
        "tab=all&sort=old",
        "tab=open&sort=new",
        "tab=open&sort=old",
        "tab=open&sort=urgency",
        "tab=all&area=341222105000",
        "tab=all&situation=dropout",
        "tab=all&situation=orphan",
        "tab=all&situation=illness",
        "tab=all&obligation=benefit-review",
        "tab=all&obligation=police-accept",
        "tab=all&urgency=P1",
        "tab=all&state=signed",
        "tab=all&state=waived",
        "tab=all&overdue=on",
        "tab=open&overdue=on&sort=new",
        "tab=all&officer=1",
        "tab=all&drill=on",
        "tab=all&area=341222105000&situation=illness",
        "tab=closed&area=341222105000&urgency=P1&obligation=benefit-review",
        "tab=open&urgency=P1&area=341222105000",
    ]
    .map(ToOwned::to_owned)
    .to_vec();
    all.push(format!("tab=all&from={month}&to={week}"));
    all.push(format!("tab=all&situation=illness&to={month}"));
    for length in [4, 5, 9] {
        let piece: String = piece.replace('-', "").chars().take(length).collect();
        all.push(format!("tab=all&receipt={piece}"));
    }
    if county {
        all.push("unit=edu".into());
        all.push("unit=edu&tab=open".into());
        all.push("unit=edu&situation=illness&sort=old".into());
        for kept in ["yes", "no"] {
            all.push(format!(
                "unit=edu&clock=resolve&kept={kept}&due_from={month}&due_to={week}"
            ));
        }
    } else {
        all.push("tab=mine".into());
    }
    all
}

/// The sheet of the whole month before this one: the first time, when its figures are read, and then.
async fn sheet(system: &System, cookie: &str) -> (f64, Measured) {
    let today = platform::clock::now().date_naive();
    let month = today - chrono::Months::new(1);
    let path = format!("/sheet?month={}", month.format("%Y-%m"));
    let begun = Instant::now();
    let url = format!("{}{path}", system.internal_url);
    let sent = system.http.get(&url).header("cookie", cookie).send().await;
    assert_eq!(sent.expect("an answer").status(), 200);
    let first = begun.elapsed().as_secs_f64() * 1e3;
    (first, measure(system, cookie, &[path]).await)
}

async fn searches(system: &System, cookie: &str, path: &str) -> Measured {
    let url = format!("{}{path}", system.internal_url);
    let page = system.http.get(&url).header("cookie", cookie).send().await;
    let page = page.expect("an answer").text().await.expect("a page");
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
    let csrf = rest.split('"').next().expect("a token");
    let form = [("csrf", csrf), ("number", NUMBER), ("reason", "repeat")];
    timed(async || {
        let sent = system.http.post(&url).header("cookie", cookie).form(&form).send();
        (url.clone(), sent.await.expect("an answer"))
    })
    .await
}

/// Logs in by the form; gives the session cookie.
async fn sign_in(system: &System, accounts: &[Value], who: &str) -> String {
    let account = accounts.iter().find(|a| a["who"] == who).expect("a demo account");
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let form = [
        ("login", account["login"].as_str().expect("login")),
        ("password", account["password"].as_str().expect("password")),
    ];
    let response = http
        .post(format!("{}/login", system.internal_url))
        .form(&form)
        .send()
        .await
        .expect("an answer");
    let cookie = response
        .headers()
        .get("set-cookie")
        .expect("a session")
        .to_str()
        .expect("text");
    cookie.split(';').next().expect("a pair").to_owned()
}

async fn measure(system: &System, cookie: &str, paths: &[String]) -> Measured {
    let mut paths = paths.iter().cycle();
    timed(async || {
        let url = format!("{}{}", system.internal_url, paths.next().expect("a path"));
        let sent = system.http.get(&url).header("cookie", cookie).send();
        (url.clone(), sent.await.expect("an answer"))
    })
    .await
}

async fn timed(mut ask: impl AsyncFnMut() -> (String, reqwest::Response)) -> Measured {
    let mut latencies = Vec::with_capacity(REQUESTS);
    let begun = Instant::now();
    for n in 0..REQUESTS + 20 {
        let sent = Instant::now();
        let (url, response) = ask().await;
        assert_eq!(response.status(), 200, "{url}");
        let text = response.text().await.expect("a page");
        assert!(text.len() > 1000, "{url} is a page");
        if n >= 20 {
            latencies.push(sent.elapsed());
        }
    }
    latencies.sort_unstable();
    Measured {
        accepted: latencies.len(),
        refused: 0,
        took: begun.elapsed(),
        latencies,
    }
}

/// Adds generated tickets until there are `size`, with a progress bar.
async fn grow(system: &System, size: i64) {
    let begun = Instant::now();
    loop {
        let have = system.count("SELECT count(*) FROM tickets").await;
        bar(have, size, begun.elapsed());
        if have >= size {
            break;
        }
        let mut tx = system.db.begin().await.expect("a transaction");
        sqlx::query(include_str!("bench-desk.sql"))
            .bind((size - have).min(CHUNK))
            .execute(&mut *tx)
            .await
            .expect("tickets");
        tx.commit().await.expect("a commit");
    }
    eprintln!();
    sqlx::query("VACUUM ANALYZE")
        .execute(&system.db)
        .await
        .expect("statistics");
}

fn bar(have: i64, size: i64, took: Duration) {
    let done = usize::try_from(have * 40 / size.max(1)).unwrap_or(40).min(40);
    eprint!(
        "\r[{}{}] {have} of {size} tickets, {} s ",
        "#".repeat(done),
        ".".repeat(40 - done),
        took.as_secs()
    );
    let _ = std::io::stderr().flush();
}
