//! Filing: what is wrong is named, danger is never held up, and without a database nobody is told that it is stored.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Filed, Left, Options, Problem, Servers, System, eventually};

use super::{post, problem, report};

/// The wrong fields of a refusal.
async fn wrong(response: reqwest::Response) -> Problem {
    serde_json::from_value(problem(response).await).expect("a problem")
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_stored() {
    let system = System::start().await;
    let change = |change: fn(&mut Value)| {
        let mut body = report();
        change(&mut body);
        body
    };
    let cases: Vec<(Value, &str)> = vec![
        (
            change(|b| b["situations"] = json!(["not-a-situation"])),
            "/situations/0",
        ),
        (
            change(|b| b["situations"] = json!(["orphan", "orphan"])),
            "/situations/1",
        ),
        (change(|b| b["situations"] = json!([])), "/situations"),
        (change(|b| b["present_danger"] = json!("yes")), "/present_danger"),
        (change(|b| b["area"] = json!("3412221")), "/area"),
        (change(|b| b["children"][0]["age"] = json!(18)), "/children/0/age"),
        (change(|b| b["children"][0]["age"] = json!(-1)), "/children/0/age"),
        (
            change(|b| b["children"][0]["nickname"] = json!("x")),
            "/children/0/nickname",
        ),
        (change(|b| b["children"] = json!([])), "/children"),
        (change(|b| b["reporter"] = json!({})), "/reporter/kind"),
        (change(|b| b["narrative"] = json!("")), "/narrative"),
        (change(|b| b["narrative"] = json!("字".repeat(10_001))), "/narrative"),
        (change(|b| b["unknown"] = json!(1)), "/unknown"),
    ];
    for (body, pointer) in cases {
        let response = post(&system, body.to_string(), &[]).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY, "{pointer}");
        let problem = wrong(response).await;
        assert_eq!(problem.pointers(), [pointer], "{problem:?}");
        assert!(problem.errors[0].detail.chars().count() > 1, "{problem:?}");
    }
    // All mistakes at once.
    let both = post(
        &system,
        json!({"situations": 1, "children": [{"sex": "x"}]}).to_string(),
        &[],
    )
    .await;
    assert!(wrong(both).await.errors.len() >= 5);
    for (body, status) in [
        ("{".to_owned(), 400),
        (String::new(), 400),
        (format!("\"{}\"", "x".repeat(300_000)), 413),
    ] {
        assert_eq!(post(&system, body, &[]).await.status(), status);
    }
    for key in ["", "two words"] {
        assert_eq!(
            post(&system, report().to_string(), &[("idempotency-key", key)])
                .await
                .status(),
            422,
            "{key:?}"
        );
    }
    assert_eq!(
        post(&system, report().to_string(), &[("x-shouwang-drill", "guess")])
            .await
            .status(),
        403
    );
    assert_eq!(
        system.count("SELECT count(*) FROM reports").await,
        0,
        "nothing of all this was stored"
    );

    // What looks odd and is right: no content type, an Authorization header, nulls, a code that does not fit the child.
    let mut odd = report();
    odd["where_now"] = json!(null);
    odd["area"] = json!("999999999999");
    odd["children"][0]["sex"] = json!("male");
    odd["situations"] = json!(["sexual-14-plus"]);
    assert_eq!(
        post(&system, odd.to_string(), &[("authorization", "Bearer x")])
            .await
            .status(),
        201
    );
}

#[tokio::test]
async fn the_rate_limit_spares_present_danger() {
    let env = vec![("SHOUWANG_RATE_PER_MINUTE".to_owned(), "5".to_owned())];
    let system = System::start_on(
        &Servers::shared(),
        Options {
            env,
            start: vec!["intake-api"],
            ..Options::default()
        },
    )
    .await;
    for n in 0..5 {
        assert_eq!(
            post(&system, report().to_string(), &[]).await.status(),
            201,
            "report {n}"
        );
    }
    let limited = post(&system, report().to_string(), &[]).await;
    assert_eq!(limited.status(), 429);
    let wait: u64 = limited.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let mut danger = report();
    danger["present_danger"] = json!(true);
    for _ in 0..10 {
        assert_eq!(post(&system, danger.to_string(), &[]).await.status(), 201);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_database_the_answer_is_not_stored_and_110() {
    let servers = Servers::private("away");
    let system = System::start_on(
        &servers,
        Options {
            start: vec!["intake-api"],
            ..Options::default()
        },
    )
    .await;
    // The database refuses on purpose.
    system.leaves(&[Left::Errors]);
    servers.command("stop-postgres", None);
    let key = [("idempotency-key", "while-away")];
    let refused = post(&system, report().to_string(), &key).await;
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    let said = problem(refused).await["detail"].as_str().unwrap().to_owned();
    assert!(said.contains("110") && said.contains("没有保存"), "{said}");
    servers.command("start-postgres", None);
    // The same key once the database is back: accepted once.
    let filed = eventually("accepted again", Duration::from_secs(30), async || {
        let response = post(&system, report().to_string(), &key).await;
        if response.status() == 201 {
            response.json::<Filed>().await.ok()
        } else {
            None
        }
    })
    .await;
    assert_eq!(filed.follow_up_code.len(), 16);
    assert_eq!(system.count("SELECT count(*) FROM reports").await, 1);
}
