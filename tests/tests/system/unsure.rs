//! A database that says nothing: what was sent may be stored, and whoever sent it is told just that. Pressing again gives the
//! one receipt.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use reqwest::{Client, Response, redirect::Policy};
use serde_json::Value;
use tests::{Filed, Options, Sample, Servers, System, eventually};

const TOLD: &str = "手臂有瘀伤\n不敢回家";

fn fields(key: &str) -> Vec<(&str, &str)> {
    vec![
        ("key", key),
        ("act", "file"),
        ("present_danger", "no"),
        ("township", "341222101000"),
        ("village", "341222101001"),
        ("situations", "abuse-injury"),
        ("narrative", TOLD),
        ("c0_sex", "male"),
        ("c0_age", "9"),
        ("reporter_kind", "teacher"),
    ]
}

async fn file(system: &System, key: &str) -> (u16, String) {
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    let sent = http.post(format!("{}/report", system.public_url)).form(&fields(key));
    let answer = sent.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn send(system: &System, key: Option<&str>) -> Response {
    let mut request = system.http.post(format!("{}/api/v1/reports", system.public_url));
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    request.body(Sample::OrphanNew.body()).send().await.unwrap()
}

async fn problem(answer: Response) -> (u16, String, String) {
    assert!(answer.headers().contains_key("retry-after"));
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (status, text("type"), text("detail"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_database_is_not_called_not_saved() {
    let servers = Servers::private("frozen");
    let options = Options {
        start: vec!["intake-api"],
        env: vec![("SHOUWANG_REQUEST_TIMEOUT_S".into(), "3".into())],
        ..Options::default()
    };
    let system = System::start_on(&servers, options).await;
    let frozen = servers.freeze_postgres(&system.db).await;
    let (form, keyed, bare) = tokio::join!(
        file(&system, "0123456789abcdef0123456789abcdef"),
        send(&system, Some("frozen-1")),
        send(&system, None)
    );

    let (status, page) = form;
    assert_eq!(status, 503);
    assert!(
        page.contains("不能确定报告是否已保存") && page.contains("再按一次不会重复"),
        "{page}"
    );
    assert!(!page.contains("没有存下") && !page.contains("没有保存"), "{page}");
    assert!(
        page.contains("不敢回家") && page.contains("value=\"0123456789abcdef0123456789abcdef\""),
        "{page}"
    );
    assert!(page.contains("110"));
    let (status, kind, said) = problem(keyed).await;
    assert_eq!((status, kind.as_str()), (503, "urn:shouwang:problem:unsure"));
    assert!(
        said.contains("同一个 Idempotency-Key") && said.contains("110"),
        "{said}"
    );
    let (status, kind, said) = problem(bare).await;
    assert_eq!(
        (status, kind.as_str()),
        (503, "urn:shouwang:problem:unsure-without-key")
    );
    assert!(said.contains("可能成为另一份报告") && said.contains("110"), "{said}");

    drop(frozen);
    // What waited is stored now, and the second press finds it.
    let count = async || system.count("SELECT count(*) FROM reports").await;
    eventually("the three that waited", Duration::from_secs(30), async || {
        (count().await == 3).then_some(())
    })
    .await;
    let (status, page) = file(&system, "0123456789abcdef0123456789abcdef").await;
    assert!([201, 303].contains(&status), "{status} {page}");
    let first: Filed = send(&system, Some("frozen-1")).await.json().await.unwrap();
    let again: Filed = send(&system, Some("frozen-1")).await.json().await.unwrap();
    assert_eq!(first.receipt, again.receipt);
    assert_eq!(count().await, 3, "nothing twice");
}
