//! Listeners under attack: whoever holds connections without using them takes nothing from anybody.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::Value;
use tests::{Left, Options, Sample, Servers, System};
use tokio::{io::AsyncWriteExt, net::TcpStream};

async fn half_open(url: &str, many: usize) -> Vec<TcpStream> {
    let address = url.trim_start_matches("http://");
    let mut held = Vec::new();
    for _ in 0..many {
        let mut stream = TcpStream::connect(address)
            .await
            .expect("the listener takes connections");
        // One that gave way already is no fault.
        let _ = stream.write_all(b"POST / HTTP/1.1\r\nhost: a\r\nx-slow: ").await;
        held.push(stream);
    }
    held
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_half_open_connections_freeze_nothing() {
    let options = Options {
        start: Vec::new(),
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    system.intake.limit_descriptors(400);
    system.intake.spawn();
    system.intake.ready().await;
    let public = half_open(&system.public_url, 1000).await;
    let internal = half_open(&system.internal_url, 300).await;
    let begun = Instant::now();
    let fresh = || {
        reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .build()
            .expect("a client")
    };
    let form = fresh().get(&system.public_url).send().await.expect("the form");
    assert_eq!(form.status(), StatusCode::OK);
    let report: Value = Sample::BruisesAtSchool.json();
    let filed = fresh()
        .post(format!("{}/api/v1/reports", system.public_url))
        .json(&report)
        .send()
        .await
        .expect("a receipt");
    assert_eq!(filed.status(), StatusCode::CREATED);
    let login = fresh().get(format!("{}/login", system.internal_url)).send().await;
    assert_eq!(login.expect("the login page").status(), StatusCode::OK);
    assert_eq!(system.intake.readiness().await.expect("/ready").0, 200);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let metrics = system.intake.metrics().await;
    assert!(
        metrics.contains("shouwang_connections_displaced_total{listener=\"public\"}"),
        "{metrics}"
    );
    drop((public, internal));
    assert_eq!(system.intake.stop().await, Some(0), "it drains well");
}

#[tokio::test]
async fn too_few_descriptors_are_said_at_the_start() {
    let options = Options {
        start: Vec::new(),
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    // The service refuses to run.
    system.leaves(&[Left::Errors]);
    system.intake.limit_descriptors(128);
    system.intake.spawn();
    assert_ne!(system.intake.ended(Duration::from_secs(20)).await, Some(0));
    let said = system.intake.log_text();
    assert!(said.contains("ulimit -n") && said.contains("128"), "{said}");
}

#[tokio::test]
async fn what_another_site_sends_is_refused_and_a_form_comes_back() {
    let options = Options {
        start: vec!["intake-api"],
        ..Options::default()
    };
    let system = System::start_on(&Servers::shared(), options).await;
    let api = format!("{}/api/v1/reports", system.public_url);
    let body = Sample::BruisesAtSchool.body();
    let send = async |headers: &[(&str, &str)]| {
        let mut request = system.http.post(&api).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(send(&[("content-type", "text/plain")]).await, 415);
    assert_eq!(
        send(&[("content-type", "text/plain;charset=UTF-8"), ("origin", "null")]).await,
        415
    );
    assert_eq!(send(&[("sec-fetch-site", "cross-site")]).await, 403);
    assert_eq!(
        send(&[("content-type", "application/json"), ("origin", "https://evil.example")]).await,
        403
    );
    assert_eq!(system.count("SELECT count(*) FROM reports").await, 0);
    assert_eq!(send(&[]).await, 201);
    assert_eq!(
        send(&[("content-type", "application/json"), ("sec-fetch-site", "same-origin")]).await,
        201
    );

    let form = [("narrative", "手臂有瘀伤"), ("present_danger", "no"), ("key", "theirs")];
    let sent = system
        .http
        .post(format!("{}/report", system.public_url))
        .header("sec-fetch-site", "cross-site")
        .form(&form)
        .send()
        .await
        .expect("the form again");
    assert_eq!(sent.status(), StatusCode::FORBIDDEN);
    let page = sent.text().await.expect("a page");
    assert!(
        page.contains("手臂有瘀伤") && page.contains("其他网站") && !page.contains("theirs"),
        "{page}"
    );
    assert_eq!(system.count("SELECT count(*) FROM reports").await, 2);
}

#[test]
fn the_bounds_of_the_document_are_those_of_the_code() {
    let document = std::fs::read_to_string(tests::root().join("docs/operations.md")).expect("the document");
    let (_, table) = document.split_once("## Bounds\n").expect("its section");
    let (table, _) = table.split_once("\n## ").expect("the next section");
    let mut rows = 0;
    for row in table
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('`'))
    {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [_, _, code, file, _] = cells[..] else {
            panic!("five cells: {row}");
        };
        let source = std::fs::read_to_string(tests::root().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert!(source.contains(code.trim_matches('`')), "{code} is not in {file}");
        rows += 1;
    }
    assert!(rows > 30, "{rows} rows");
}
