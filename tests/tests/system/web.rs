//! The API as a school's system meets it: every refusal has its status, its words and its pointer, and stores nothing.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tests::{Filed, Options, Sample, Servers, System, eventually};

fn report() -> Value {
    Sample::OrphanNew.json() // an orphan: no present danger
}

async fn post(system: &System, body: impl Into<reqwest::Body>, headers: &[(&str, &str)]) -> Response {
    let mut request = system.http.post(format!("{}/api/v1/reports", system.public_url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body).send().await.expect("an answer")
}

async fn problem(response: Response) -> Value {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    response.json().await.expect("JSON")
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
        let problem = problem(response).await;
        let pointers: Vec<_> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(pointers, [pointer], "{problem}");
        assert!(
            problem["errors"][0]["detail"].as_str().unwrap().chars().count() > 1,
            "{problem}"
        );
    }
    // All mistakes at once.
    let both = post(
        &system,
        json!({"situations": 1, "children": [{"sex": "x"}]}).to_string(),
        &[],
    )
    .await;
    assert!(problem(both).await["errors"].as_array().unwrap().len() >= 5);
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

#[tokio::test]
async fn status_takes_receipt_and_code_together() {
    let system = System::start().await;
    let filed: Filed = post(&system, report().to_string(), &[])
        .await
        .json()
        .await
        .expect("a receipt");
    system.routed(&filed).await;
    let ask = async |receipt: &str, code: &str| {
        let body = json!({"receipt": receipt, "follow_up_code": code}).to_string();
        system
            .http
            .post(format!("{}/api/v1/status", system.public_url))
            .body(body)
            .send()
            .await
            .expect("an answer")
    };
    let known: Value = ask(&filed.receipt, &filed.follow_up_code)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(known["state"], "dispatched");
    assert!(known["dispatched_at"].is_string());
    let wrong = problem(ask(&filed.receipt, "0000000000000000").await).await;
    let unknown = problem(ask("20261124-0000-00000", &filed.follow_up_code).await).await;
    assert_eq!(
        (wrong["status"].as_u64(), &wrong),
        (Some(404), &unknown),
        "neither says which of the two is wrong"
    );
    let mut busy = Value::Null;
    for _ in 0..40 {
        let answer = ask(&filed.receipt, "0000000000000000").await;
        if answer.status() == 429 {
            busy = problem(answer).await;
            break;
        }
    }
    let detail = busy["detail"].as_str().expect("forty at once are too many");
    assert!(
        detail.contains("查询太频繁") && !detail.contains("保存"),
        "nothing was to be stored: {detail}"
    );
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

#[tokio::test]
async fn what_people_paste_is_understood_and_rubble_is_refused() {
    let system = System::start().await;
    let kind = |charset: &'static str| [("content-type", charset)];
    let marked = format!("\u{feff}{}", report());
    assert_eq!(post(&system, marked, &[]).await.status(), 201);
    // "瘀伤" as GBK.
    let (before, after) = {
        let mut body = report();
        body["narrative"] = json!("MARK");
        let body = body.to_string();
        let (before, after) = body.split_once("MARK").expect("a mark");
        // The rest of the body is ASCII but for texts that GBK would write otherwise.
        assert!(!before.is_empty());
        (before.to_owned(), after.to_owned())
    };
    let ascii = |text: &str| {
        text.chars()
            .map(|c| {
                if c.is_ascii() {
                    c.to_string()
                } else {
                    format!("\\u{:04x}", u32::from(c))
                }
            })
            .collect::<String>()
    };
    let gbk = [
        ascii(&before).as_bytes(),
        &[0xf0, 0xf6, 0xc9, 0xcb],
        ascii(&after).as_bytes(),
    ]
    .concat();
    assert_eq!(
        post(&system, gbk.clone(), &kind("application/json; charset=GBK"))
            .await
            .status(),
        201
    );
    let refused = post(&system, gbk, &[]).await;
    assert_eq!(refused.status(), 400);
    assert!(problem(refused).await["detail"].as_str().unwrap().contains("UTF-8"));
    let mut nul = report();
    nul["children"][0]["name"] = json!("a\0");
    let refused = post(&system, nul.to_string(), &[]).await;
    assert_eq!(refused.status(), 422);
    assert_eq!(problem(refused).await["errors"][0]["pointer"], "/children/0/name");
    let half = report()
        .to_string()
        .replacen("\"narrative\":\"", "\"narrative\":\"\\ud800", 1);
    let refused = post(&system, half, &[]).await;
    assert_eq!(refused.status(), 422);
    assert_eq!(problem(refused).await["errors"][0]["pointer"], "/narrative");
    assert_eq!(system.count("SELECT count(*) FROM reports").await, 2);

    let mut anonymous = report();
    anonymous["reporter"] = json!({"kind": "public", "identity": "anonymous", "name": "某", "phone": "13800000000"});
    let filed: Filed = post(&system, anonymous.to_string(), &[])
        .await
        .json()
        .await
        .expect("a receipt");
    system.routed(&filed).await;
    let ask = async |receipt: String, code: String| {
        let body = json!({"receipt": receipt, "follow_up_code": code}).to_string();
        let url = format!("{}/api/v1/status", system.public_url);
        system.http.post(url).body(body).send().await.expect("an answer")
    };
    let pasted = format!(
        "「查询码：{}」回执编号 {}",
        filed.follow_up_code,
        filed.receipt.replace('-', "—")
    );
    assert_eq!(ask(pasted, String::new()).await.status(), 200);
    let short = ask(filed.receipt.clone(), "12".into()).await;
    assert_eq!(short.status(), 422);
    let short = problem(short).await;
    let error = &short["errors"][0];
    assert_eq!(error["pointer"], "/follow_up_code");
    let detail = error["detail"].as_str().unwrap();
    assert!(
        detail.contains("2位") && detail.contains("16位") && detail.contains("14位"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_status_says_what_happened_and_nothing_else() {
    let system = System::start().await;
    let file = async |kind: &str, sample: Sample| -> Filed {
        let mut body: Value = sample.json();
        body["reporter"]["kind"] = json!(kind);
        let filed: Filed = post(&system, body.to_string(), &[])
            .await
            .json()
            .await
            .expect("a receipt");
        system.routed(&filed).await;
        filed
    };
    let status = async |filed: &Filed| -> Value {
        let body = json!({"receipt": filed.receipt, "follow_up_code": filed.follow_up_code}).to_string();
        let url = format!("{}/api/v1/status", system.public_url);
        system
            .http
            .post(url)
            .body(body)
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON")
    };
    let page = async |filed: &Filed| -> String {
        let form = [("receipt", &filed.receipt), ("code", &filed.follow_up_code)];
        let url = format!("{}/status", system.public_url);
        system
            .http
            .post(url)
            .form(&form)
            .send()
            .await
            .expect("an answer")
            .text()
            .await
            .expect("a page")
    };
    let names = |status: &Value| -> Vec<String> {
        let steps = status["steps"].as_array().unwrap();
        steps
            .iter()
            .map(|step| step["step"].as_str().unwrap().to_owned())
            .collect()
    };
    // An orphan asks no police; a beaten child does, of a teacher and of a neighbour.
    let orphan = file("teacher", Sample::OrphanNew).await;
    let known = status(&orphan).await;
    assert!(!names(&known).iter().any(|name| name == "police-signed"), "{known}");
    assert!(!page(&orphan).await.contains("公安已接报"));
    let beaten = file("teacher", Sample::BruisesAtSchool).await;
    let known = status(&beaten).await;
    for name in ["police-signed", "child-seen"] {
        let step = known["steps"]
            .as_array()
            .unwrap()
            .iter()
            .find(|step| step["step"] == name)
            .expect("a step");
        assert!(step["due_at"].is_string() && step["at"].is_null(), "{step}");
    }
    let told = page(&beaten).await;
    assert!(told.contains("应在") && told.contains("见到孩子"));
    assert!(
        !told.contains("已见到孩子") && !told.contains("已签收"),
        "what has not happened is not named as if it had"
    );
    let neighbours = file("public", Sample::BruisesAtSchool).await;
    let told = page(&neighbours).await;
    assert!(
        !told.contains("公安已接报") && !told.contains("见到孩子"),
        "a suspect may be reading"
    );
    assert!(!status(&neighbours).await.to_string().contains("police"));

    // Every clock stands, no contact was recorded: nobody saw the child.
    let id: i64 = beaten
        .receipt
        .parse::<platform::receipt::ReportId>()
        .expect("a receipt")
        .get();
    let run = async |sql: &str| {
        sqlx::query(sqlx::AssertSqlSafe(sql.replace("$1", &id.to_string())))
            .execute(&system.db)
            .await
            .expect("a change");
    };
    run("UPDATE tickets SET contacted_at = now(), seen_at = now(), contacted_by = '李警官' WHERE report_id = $1").await;
    let known = status(&beaten).await;
    assert!(known["child_seen_at"].is_null(), "a time without an act: {known}");
    run("INSERT INTO events (at, report_id, ticket_id, kind, actor) SELECT now(), $1, min(id), 'contacted', '系统' FROM tickets WHERE report_id = $1").await;
    assert!(
        status(&beaten).await["child_seen_at"].is_null(),
        "an act of no named person"
    );
    run(
        "INSERT INTO accounts (county, login, name, password_hash, created_at, created_by) VALUES ('taihe', 'li', '李警官', 'x', now(), 'test')",
    )
    .await;
    run("INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id)
         SELECT now(), $1, min(t.id), 'contacted', '李警官', (SELECT min(id) FROM accounts) FROM tickets t WHERE report_id = $1").await;
    let known = status(&beaten).await;
    assert!(known["child_seen_at"].is_string(), "{known}");
    assert!(page(&beaten).await.contains("已见到孩子"));
}
