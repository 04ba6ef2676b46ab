//! A status, by receipt and follow-up code as people type and paste them.

use serde_json::{Value, json};
use tests::{Filed, Known, Sample, System};

use super::{post, problem, report};

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
    // An orphan asks no police; a beaten child does, of a teacher and of a neighbour.
    let orphan = file("teacher", Sample::OrphanNew).await;
    let known: Known = system.known(&orphan).await;
    assert!(!known.names().contains(&"police-signed"), "{known:?}");
    assert!(!page(&orphan).await.contains("公安已接报"));
    let beaten = file("teacher", Sample::BruisesAtSchool).await;
    let known: Known = system.known(&beaten).await;
    for name in ["police-signed", "child-seen"] {
        let step = known.steps.iter().find(|step| step.step == name).expect("a step");
        assert!(step.due_at.is_some() && step.at.is_none(), "{step:?}");
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
    assert!(!system.known::<Value>(&neighbours).await.to_string().contains("police"));

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
    let known: Known = system.known(&beaten).await;
    assert!(known.child_seen_at.is_none(), "a time without an act: {known:?}");
    run("INSERT INTO events (at, report_id, ticket_id, kind, actor) SELECT now(), $1, min(id), 'contacted', '系统' FROM tickets WHERE report_id = $1").await;
    assert!(
        system.known::<Known>(&beaten).await.child_seen_at.is_none(),
        "an act of no named person"
    );
    run(
        "INSERT INTO accounts (county, login, name, password_hash, created_at, created_by) VALUES ('taihe', 'li', '李警官', 'x', now(), 'test')",
    )
    .await;
    run("INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id)
         SELECT now(), $1, min(t.id), 'contacted', '李警官', (SELECT min(id) FROM accounts) FROM tickets t WHERE report_id = $1").await;
    let known: Known = system.known(&beaten).await;
    assert!(known.child_seen_at.is_some(), "{known:?}");
    assert!(page(&beaten).await.contains("已见到孩子"));
}
