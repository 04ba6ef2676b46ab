//! An idempotency key is one client's and gets its first answer; a drill is another body.

use serde_json::{Value, json};
use tests::{Options, Servers, System};

use super::{post, report};

#[tokio::test]
async fn a_key_gets_its_first_answer_however_often_and_however_fast() {
    let system = System::start().await;
    let body = report().to_string();
    let key = [("idempotency-key", "Aa~!\"school-7")];
    let racing = futures::future::join_all((0..12).map(|_| post(&system, body.clone(), &key))).await;
    let mut answers = Vec::new();
    for response in racing {
        assert_eq!(response.status(), 201);
        answers.push(response.text().await.expect("a body"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "one receipt, one code");
    // The same report spelt otherwise is the same parsed body; another one is not.
    let mut spelt: Value = report();
    spelt["where_now"] = json!("");
    assert_eq!(
        post(&system, serde_json::to_string_pretty(&spelt).unwrap(), &key)
            .await
            .text()
            .await
            .unwrap(),
        answers[0]
    );
    let mut other = report();
    other["narrative"] = json!("另一件事");
    let refused = post(&system, other.to_string(), &key).await;
    assert_eq!(refused.status(), 422);
    assert_eq!(system.count("SELECT count(*) FROM reports").await, 1);
}

#[tokio::test]
async fn a_key_is_one_clients_and_a_drill_is_another_body() {
    let env = vec![
        ("SHOUWANG_TRUST_FORWARDED".to_owned(), "true".to_owned()),
        ("SHOUWANG_RATE_PER_MINUTE".to_owned(), "1000".to_owned()),
    ];
    let options = Options {
        env,
        start: vec!["intake-api"],
        ..Options::default()
    };
    let system = System::start_on(&Servers::shared(), options).await;
    let bodies: Vec<String> = ["甲", "乙", "丙"]
        .map(|told| {
            let mut body = report();
            body["narrative"] = json!(told);
            body.to_string()
        })
        .to_vec();
    let send = async |from: &str, key: &str, body: &str| {
        let response = post(
            &system,
            body.to_owned(),
            &[("idempotency-key", key), ("x-forwarded-for", from)],
        )
        .await;
        let status = response.status().as_u16();
        let answer: Value = response.json().await.expect("JSON");
        (status, answer["receipt"].as_str().unwrap_or_default().to_owned())
    };
    let (school, hospital, clinic) = ("10.1.0.1", "10.2.0.1", "2001:db8:0:1::1");
    let (status, first) = send(school, "0001", &bodies[0]).await;
    assert_eq!(status, 201);
    assert_eq!(
        send(school, "0001", &bodies[0]).await,
        (201, first.clone()),
        "the first answer"
    );
    assert_eq!(
        send(hospital, "0001", &bodies[0]).await,
        (201, first.clone()),
        "from any address"
    );
    assert_eq!(
        send(school, "0001", &bodies[1]).await.0,
        422,
        "another body of the same client"
    );
    assert_eq!(
        send(hospital, "0001", &bodies[1]).await.0,
        422,
        "whoever got the answer used the key"
    );
    let (status, other) = send(clinic, "0001", &bodies[1]).await;
    assert!(
        status == 201 && other != first,
        "another client's report under the same key is a report"
    );
    assert_eq!(
        send("2001:db8:0:1::99", "0001", &bodies[2]).await.0,
        422,
        "the same line by IPv6"
    );
    assert_eq!(
        send(school, "0001", &bodies[1]).await,
        (201, other.clone()),
        "the same report as the clinic's"
    );
    assert_eq!(send(clinic, "0002", &bodies[2]).await.0, 201, "keys are taken verbatim");
    assert_eq!(system.count("SELECT count(*) FROM reports").await, 3);

    // Many at once: of each institution one report, whatever the order.
    let racing = (0..40).map(|n| {
        let from = if n % 2 == 0 { school } else { hospital };
        send(from, "race", &bodies[n % 2])
    });
    let mut answers = futures::future::join_all(racing).await;
    answers.sort();
    answers.dedup();
    assert_eq!(
        answers.iter().map(|(status, _)| *status).collect::<Vec<_>>(),
        [201, 201],
        "{answers:?}"
    );
    assert_eq!(system.count("SELECT count(*) FROM reports").await, 5);

    // A drill is another body, whichever of the two comes first: neither is answered with the other's receipt.
    let sent = async |from: &str, key: &str, drill: bool| {
        let secret = system.drill_secret.clone();
        let mut headers = vec![("idempotency-key", key), ("x-forwarded-for", from)];
        if drill {
            headers.push(("x-shouwang-drill", secret.as_str()));
        }
        let response = post(&system, bodies[0].clone(), &headers).await;
        let status = response.status().as_u16();
        let answer: Value = response.json().await.expect("JSON");
        (status, answer["receipt"].as_str().unwrap_or_default().to_owned())
    };
    for (n, first_is_drill) in [(0, true), (1, false)] {
        let (same, other) = (format!("10.9.{n}.1"), format!("10.9.{n}.2"));
        let key = format!("drill-{n}");
        let (status, first) = sent(&same, &key, first_is_drill).await;
        assert_eq!(status, 201);
        assert_eq!(sent(&same, &key, first_is_drill).await, (201, first.clone()));
        assert_eq!(
            sent(&same, &key, !first_is_drill).await.0,
            422,
            "another body of the same client is refused, and says so"
        );
        let (status, second) = sent(&other, &key, !first_is_drill).await;
        assert!(
            status == 201 && second != first,
            "from elsewhere it is a report of its own"
        );
    }
    assert_eq!(system.count("SELECT count(*) FROM reports WHERE drill").await, 2);
    assert_eq!(system.count("SELECT count(*) FROM reports WHERE NOT drill").await, 7);

    // Nothing of an address is kept, and what is kept is short.
    let kept = "SELECT count(*) FROM idempotency_keys WHERE length(key_mac) = 16 AND length(client_mac) = 16";
    assert_eq!(system.count(kept).await, 9);
}
