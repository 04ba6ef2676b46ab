//! The leading group: its own page and nothing else, what is overdue at its level, whom to phone.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use tests::{Api, Filed, Options, STATION, Sample, Scene, Servers, System, officers::Accounts};

/// A report whose police and procuratorate have let everything pass, and the routers' clock stopped.
async fn supervised(sample: &Value) -> (System, Filed) {
    let mut system = System::start_on(&Servers::shared(), Options::default()).await;
    let filed = system.file(&sample.to_string()).await;
    system.routed(&filed).await;
    system.quiet(Duration::from_secs(20)).await;
    system.router.stop().await;
    let dispatched: DateTime<Utc> = sqlx::query_scalar("SELECT max(dispatched_at) FROM tickets WHERE report_id = $1")
        .bind(filed.id())
        .fetch_one(&system.db)
        .await
        .unwrap();
    // Each level is sent at its time, so that none is an outage's; long after, every sign stage has reached the last.
    for hour in [1, 2, 4, 8, 24, 48, 96, 192, 400, 800, 1600] {
        let at = (dispatched + TimeDelta::hours(hour)).to_rfc3339();
        let out = system.router_cli(&["tick", "--at", &at]).await;
        assert_eq!(out.code, 0, "{}", out.stderr);
    }
    (system, filed)
}

fn sample() -> Value {
    let mut sample: Value = Sample::BruisesAtSchool.json();
    sample["where_now"] = json!("某村卫生室里间");
    sample["children"][0]["name"] = json!("化名孩子甲");
    sample["reporter"]["name"] = json!("化名报告人庚");
    sample
}

/// What the leading group's page is made of.
#[derive(Deserialize)]
struct Leading {
    overdue: Vec<Value>,
    office: Value,
}

#[tokio::test]
async fn what_is_overdue_at_its_level_and_whom_to_phone() {
    let (system, filed) = supervised(&sample()).await;
    let accounts = Accounts::make(&system).await;
    sqlx::query("UPDATE accounts SET name = '值班 2', phone = '0558-8612345转8012' WHERE login = 'demo-leader'")
        .execute(&system.db)
        .await
        .unwrap();
    let api = Api::of(&system, &accounts, "leading").await;
    let found: Leading = api.get("/leading").await;
    let lines = found.overdue;
    assert!(!lines.is_empty());
    let since: Vec<&str> = lines.iter().map(|line| line["since"].as_str().unwrap()).collect();
    assert!(since.is_sorted(), "the longest first: {since:?}");
    let letters = ["court", "proc"];
    for line in &lines {
        let letter = letters.contains(&line["unit"].as_str().unwrap());
        assert_eq!(line["letter"] == true, letter, "{line}");
        assert!(
            !line["township"].as_str().unwrap().contains('村'),
            "a township, no village: {line}"
        );
        let facts = ["situations", "receipt", "report_id", "children", "area", "drill_of"];
        assert!(facts.iter().all(|key| line.get(key).is_none()), "{line}");
    }
    let police = lines.iter().find(|line| line["unit"] == "pol-341222101").unwrap();
    assert_eq!(police["call"]["people"][0]["name"], "值班 2");
    assert_eq!(police["call"]["example"], true);
    assert_eq!(found.office["duty_phone"], "0558-8600000");

    let leading = accounts.browser(&system, "leading").await;
    let page = leading.get("/leading").await;
    assert_eq!(page.status, 200);
    for part in [
        "旧县派出所",
        "值班 2 <a href=\"tel:05588612345,8012\">0558-8612345转8012</a>",
        "tel:05588600000",
        "旧县镇",
        "示例",
        "提请督办",
    ] {
        assert!(page.text.contains(part), "{part}");
    }
    for secret in ["化名", "卫生室", &filed.receipt, "虐待", "tel:2\""] {
        assert!(!page.text.contains(secret), "{secret}");
    }
    let (supervised, rest) = page.text.split_once("id=\"letters\"").expect("letters stand apart");
    assert!(
        !supervised.contains("人民检察院"),
        "the procuratorate is not supervised"
    );
    assert!(rest.contains("人民检察院") && rest.contains("发出提示函"));

    // What is signed is not overdue any more.
    sqlx::query(
        "UPDATE stages SET ended_at = due_at, next_at = NULL, ended_how = 'act' WHERE stage = 'sign' AND ticket_id IN
         (SELECT id FROM tickets WHERE unit = 'pol-341222101')",
    )
    .execute(&system.db)
    .await
    .unwrap();
    let after: Leading = api.get("/leading").await;
    let still = |line: &Value| line["unit"] == STATION && line["stage"] == "sign";
    assert!(!after.overdue.iter().any(still));
}

#[tokio::test]
async fn everybody_lands_on_their_own_first_page_and_every_ticket_address_opens() {
    let scene = Scene::of(Sample::BruisesAtSchool).await;
    let Scene { system, accounts, .. } = &scene;
    let ticket = scene.ticket_of(STATION).await;
    for (who, first) in [
        ("member", "/desk"),
        ("leader", "/desk"),
        ("office", "/board"),
        ("leading", "/leading"),
        ("admin", "/people"),
    ] {
        // The harness logs in with next=/desk, which is nobody's first page but the units'.
        let browser = scene.browser(who).await;
        assert_eq!(browser.get("/").await.location.as_deref(), Some(first), "{who}");
        assert_eq!(browser.get(first).await.status, 200, "{who}");
        let (login, password) = accounts.of(who);
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let answer = http
            .post(format!("{}/login", system.internal_url))
            .form(&[("login", login), ("password", password), ("next", "/desk")])
            .send()
            .await
            .unwrap();
        let location = answer.headers()["location"].to_str().unwrap();
        assert_eq!(location, if first == "/desk" { "/desk" } else { "/" }, "{who}");
    }
    let path = format!("/tickets/{ticket}");
    assert_eq!(scene.browser("member").await.get(&path).await.status, 200);
    let office = scene.browser("office").await;
    let led = office.get(&path).await;
    let to = format!("/board/tickets/{ticket}");
    assert_eq!((led.status.as_u16(), led.location.as_deref()), (303, Some(to.as_str())));
    assert_eq!(office.get(&to).await.status, 200);
    let leading = scene.browser("leading").await;
    assert_eq!(leading.get(&path).await.location.as_deref(), Some("/leading"));
    assert_eq!(leading.get(&to).await.status, 404);
    // Whether there is such a ticket, nobody learns from how the answer looks.
    for who in ["office", "leading", "admin"] {
        let browser = scene.browser(who).await;
        let (there, nowhere) = (browser.get(&path).await, browser.get("/tickets/999999999").await);
        assert_eq!(there.status, nowhere.status, "{who}");
        let same =
            |location: Option<String>| location.map(|l| l.replace(&ticket.to_string(), "N").replace("999999999", "N"));
        assert_eq!(same(there.location), same(nowhere.location), "{who}");
    }
    assert_eq!(office.get("/tickets/abc").await.status, 404);
}

#[tokio::test]
async fn what_it_writes_stands_on_the_ticket_is_told_and_changes_no_clock() {
    let (system, _) = supervised(&sample()).await;
    let accounts = Accounts::make(&system).await;
    // Somebody of the leading group was rung.
    let leading = accounts.browser(&system, "leading").await;
    let api = Api::of(&system, &accounts, "leading").await;
    let found: Leading = api.get("/leading").await;
    let line = found.overdue.iter().find(|line| line["unit"] == STATION).unwrap();
    let id = line["ticket_id"].as_i64().unwrap();
    assert_eq!(line["instructions"], json!([]));
    let clocks = "SELECT md5(string_agg(s::text, ' ' ORDER BY s.id)) FROM stages s";
    let version = async || -> i32 {
        sqlx::query_scalar("SELECT version FROM tickets WHERE id = $1")
            .bind(id)
            .fetch_one(&system.db)
            .await
            .unwrap()
    };
    let before: (String, i32) = (
        sqlx::query_scalar(clocks).fetch_one(&system.db).await.unwrap(),
        version().await,
    );

    let page = leading.get("/leading").await;
    assert!(page.text.contains(&format!("/leading/tickets/{id}/instruct")) && page.text.contains("写入批示"));
    let csrf = page.hidden("csrf");
    let path = format!("/leading/tickets/{id}/instruct");
    let send = async |text: &str| leading.post(&path, &[("csrf", csrf.as_str()), ("text", text)]).await;
    let empty = send("  ").await;
    assert!(empty.status == 422 && empty.text.contains("请写批示。"));
    let written = send("请分管局长今晚到场，<b>明早八点</b>前报结果。").await;
    assert_eq!(written.location.as_deref(), Some("/leading?done=instruct"));
    let page = leading.get("/leading?done=instruct").await;
    for word in ["批示已写入", "演示·领导小组", "请分管局长今晚到场，&#60;b&#62;明早八点"] {
        assert!(page.text.contains(word), "the page says {word}: {}", page.text);
    }
    let found: Leading = api.get("/leading").await;
    let line = found.overdue.iter().find(|line| line["ticket_id"] == id).unwrap();
    assert_eq!(line["instructions"].as_array().unwrap().len(), 1);
    assert!(
        line["instructions"][0]["text"]
            .as_str()
            .unwrap()
            .starts_with("请分管局长今晚到场")
    );
    // Nothing of it is stored as typed: it is sealed with the report's key, like all that people write about a ticket.
    let stored: (Option<String>, String, bool) = sqlx::query_as(
        "SELECT reason, detail::text, sealed IS NOT NULL FROM events WHERE kind = 'instructed' AND ticket_id = $1",
    )
    .bind(id)
    .fetch_one(&system.db)
    .await
    .unwrap();
    assert!(
        stored.0.is_none() && !stored.1.contains("局长") && stored.2,
        "{stored:?}"
    );

    // Unit and office read it on the ticket, and are told by mail.
    let desk = accounts
        .browser(&system, "member")
        .await
        .get(&format!("/tickets/{id}"))
        .await;
    let board = accounts
        .browser(&system, "office")
        .await
        .get(&format!("/board/tickets/{id}"))
        .await;
    for page in [&desk, &board] {
        assert!(
            page.text.contains("领导小组") && page.text.contains("请分管局长今晚到场"),
            "{}",
            page.text
        );
    }
    let told: Vec<String> =
        sqlx::query_scalar("SELECT unit FROM notices WHERE kind = 'instruction' AND ticket_id = $1 ORDER BY unit")
            .bind(id)
            .fetch_all(&system.db)
            .await
            .unwrap();
    assert_eq!(told, ["office", STATION]);
    let after: (String, i32) = (
        sqlx::query_scalar(clocks).fetch_one(&system.db).await.unwrap(),
        version().await,
    );
    assert_eq!(before, after, "no clock and no version changed");

    let ticket: Value = Api::of(&system, &accounts, "member")
        .await
        .get(&format!("/tickets/{id}"))
        .await;
    let events = ticket["events"].as_array().unwrap();
    let written = events.iter().find(|event| event["kind"] == "instructed").unwrap();
    assert!(
        written["instruction"]
            .as_str()
            .unwrap()
            .starts_with("请分管局长今晚到场")
            && written["note"].is_null()
    );

    // One from before they were sealed is read as it stands.
    sqlx::query(
        "INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, reason)
         SELECT at - interval '1 second', report_id, ticket_id, kind, actor, account_id, '先电话联系' FROM events
         WHERE kind = 'instructed' AND ticket_id = $1",
    )
    .bind(id)
    .execute(&system.db)
    .await
    .unwrap();
    for (who, path) in [
        ("member", format!("/tickets/{id}")),
        ("office", format!("/board/tickets/{id}")),
        ("leading", "/leading".to_owned()),
    ] {
        let page = accounts.browser(&system, who).await.get(&path).await;
        assert!(
            page.text.contains("先电话联系") && page.text.contains("请分管局长今晚到场"),
            "{who}"
        );
    }

    // By a program; and not where nothing is overdue at that level.
    let url = |id: i64| format!("{}/api/v1/leading/tickets/{id}/instruct", system.internal_url);
    let token = accounts.token(&system, "leading").await;
    let post = async |id: i64| {
        let body = json!({"text": "再次批示"});
        let request = system.http.post(url(id)).bearer_auth(&token).json(&body);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(id).await, 204);
    sqlx::query("UPDATE stages SET ended_at = due_at, next_at = NULL, ended_how = 'act' WHERE ticket_id = $1")
        .bind(id)
        .execute(&system.db)
        .await
        .unwrap();
    assert_eq!((post(id).await, post(999_999_999).await), (409, 409));
}
