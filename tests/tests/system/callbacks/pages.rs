//! Through pages and API, with two people of one name.

use std::process::Command;

use platform::clock;
use serde_json::{Value, json};
use tests::{
    Sample, System,
    officers::{Accounts, Browser},
};

use super::store::close;
use platform::store::ReportId;

/// A closed report of somebody who can be called, and the office's browser.
async fn closed(system: &System) -> i64 {
    let mut body: Value = Sample::BruisesAtSchool.json();
    body["reporter"] =
        json!({"kind": "teacher", "identity": "confidential", "name": "化名回访甲", "phone": "13911112222"});
    let filed = system.file(&body.to_string()).await;
    system.routed(&filed).await;
    close(&system.db, ReportId::from_db(filed.id()), clock::now()).await;
    filed.id()
}

/// A second person of the office with the name of the first.
async fn namesake(system: &System, accounts: &mut Accounts) {
    let name: String = sqlx::query_scalar("SELECT name FROM accounts WHERE login = 'demo-office'")
        .fetch_one(&system.db)
        .await
        .unwrap();
    accounts.join(system, "office2", &name, ("office", "office")).await;
}

struct Desk<'a> {
    browser: &'a Browser,
    id: i64,
}

impl Desk<'_> {
    async fn post(&self, act: &str, fields: &[(&str, &str)]) -> tests::officers::Page {
        let page = self.browser.get("/password").await;
        let csrf = page.hidden("csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.browser.post(&format!("/callbacks/{}{act}", self.id), &all).await
    }
}

#[tokio::test]
async fn a_reporter_is_called_back_once() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    namesake(&system, &mut accounts).await;
    let (one, two) = (
        accounts.browser(&system, "office").await,
        accounts.browser(&system, "office2").await,
    );
    let mut body: Value = Sample::BruisesAtSchool.json();
    body["reporter"] = json!({"kind": "teacher", "identity": "confidential"});
    let open = system.file(&body.to_string()).await;
    system.routed(&open).await;
    assert_eq!(
        one.get(&format!("/callbacks/{}", open.id())).await.status,
        404,
        "not before every ticket is closed"
    );

    let id = closed(&system).await;
    let (a, b) = (Desk { browser: &one, id }, Desk { browser: &two, id });
    let page = one.get(&format!("/callbacks/{id}")).await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("13911112222"), "sealed until opened");
    assert_eq!(a.post("/open", &[("reason", "")]).await.status, 422);
    let asked = a.post("/open", &[("reason", "绝密回访理由Zx9")]).await;
    assert!(asked.status == 200 && asked.text.contains("等待另一人批准") && !asked.text.contains("13911112222"));
    let opening: i64 = sqlx::query_scalar("SELECT id FROM openings")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let read = format!("/openings/{opening}/read");
    assert_eq!(
        one.get(&read).await.status,
        410,
        "not before somebody else has approved"
    );
    // Another person approves; a namesake without a phone of their own counts as the same one.
    let approve = async |browser: &Browser| {
        let csrf = browser.get("/password").await.hidden("csrf");
        let fields = [("csrf", csrf.as_str()), ("version", "1")];
        browser.post(&format!("/openings/{opening}/approve"), &fields).await
    };
    assert_eq!(approve(&one).await.status, 409);
    assert_eq!(approve(&two).await.status, 409);
    sqlx::query("UPDATE accounts SET phone = CASE login WHEN 'office2' THEN '13700000002' ELSE '13700000001' END")
        .execute(&system.db)
        .await
        .unwrap();
    assert_eq!(approve(&two).await.status, 303);
    let opened = one.get(&read).await;
    assert!(opened.text.contains("化名回访甲") && opened.text.contains("13911112222"));
    assert_eq!(two.get(&read).await.status, 404, "to who asked alone");
    let page = one.get(&format!("/callbacks/{id}")).await.text;
    assert!(!page.contains("13911112222"), "on the page of the opening alone");
    assert!(page.contains(&read) && page.contains(&format!("/openings/{opening}")));
    assert!(
        one.get(&format!("/openings/{opening}"))
            .await
            .text
            .contains("绝密回访理由Zx9"),
        "the trail says who, and why"
    );
    assert_eq!(system.count("SELECT count(*) FROM events WHERE kind IN ('opening-asked', 'opening-approved') AND account_id IS NOT NULL").await, 2);

    let content = [("attempt", "1"), ("result", "satisfied"), ("note", "绝密回访备注Zx9")];
    assert!(a.post("", &content).await.text.contains("回访已登记"));
    assert_eq!(
        system
            .count("SELECT count(*) FROM tickets WHERE state = 'resolved'")
            .await,
        0,
        "they are confirmed"
    );
    assert!(
        a.post("", &content).await.text.contains("没有再次登记"),
        "a double click"
    );
    // The namesake had the same page open. Nothing of hers is dropped in silence.
    let tickets: Vec<i64> = sqlx::query_scalar("SELECT id FROM tickets WHERE report_id = $1 ORDER BY id")
        .bind(id)
        .fetch_all(&system.db)
        .await
        .unwrap();
    let tick = format!("ticket-{}", tickets[0]);
    let unhappy = |attempt: &'static str| {
        vec![
            ("attempt", attempt),
            ("result", "dissatisfied"),
            ("note", "她说没人来过"),
            ("follow_up", "reopen"),
            (tick.as_str(), "on"),
        ]
    };
    let refused = b.post("", &unhappy("1")).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.text.contains("您的登记没有保存") && refused.text.contains("demo-office"),
        "which of the two was faster"
    );
    assert!(refused.text.contains("她说没人来过"), "what was typed is kept");
    assert_eq!(refused.hidden("attempt"), "2");
    assert_eq!(system.count("SELECT count(*) FROM callbacks").await, 1);
    assert!(b.post("", &unhappy("2")).await.text.contains("已重新办理"));
    assert_eq!(
        system
            .count("SELECT count(*) FROM tickets WHERE state = 'reopened'")
            .await,
        1
    );
    let ticket = one.get(&format!("/board/tickets/{}", tickets[0])).await.text;
    assert!(ticket.contains("重新办理前："), "the first end stays in the record");

    let dump = Command::new("pg_dump")
        .args(["--enable-row-security", "--dbname"])
        .arg(&system.database_url)
        .output()
        .unwrap();
    let dump = String::from_utf8_lossy(&dump.stdout).into_owned();
    assert!(
        dump.contains("called-back") && !dump.contains("Zx9") && !dump.contains("没人来过"),
        "reasons and notes are sealed"
    );
    assert!(!dump.contains(&hex::encode("绝密回访理由")) && !dump.contains(&hex::encode("绝密回访备注")));
}

#[tokio::test]
async fn a_second_person_decides_by_page_and_by_api() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    namesake(&system, &mut accounts).await;
    let (one, two) = (
        accounts.browser(&system, "office").await,
        accounts.browser(&system, "office2").await,
    );
    let (first, second) = (closed(&system).await, closed(&system).await);
    let a = Desk {
        browser: &one,
        id: first,
    };
    assert_eq!(
        a.post("", &[("attempt", "1"), ("result", "dissatisfied")]).await.status,
        422,
        "something must follow"
    );
    let missing = a
        .post(
            "",
            &[
                ("attempt", "1"),
                ("result", "dissatisfied"),
                ("follow_up", "keep"),
                ("note", "一句说明"),
            ],
        )
        .await;
    assert!(missing.status == 422 && missing.text.contains("一句说明"));
    let keep = [
        ("attempt", "1"),
        ("result", "dissatisfied"),
        ("follow_up", "keep"),
        ("reason", "与办理无关的邻里纠纷"),
    ];
    assert!(a.post("", &keep).await.text.contains("等待办公室的另一人复核"));
    assert!(one.get("/board").await.text.contains("1 次回访不满意"));
    let list = one.get("/callbacks").await.text;
    assert!(list.contains("待复核") && list.contains(&format!("/callbacks/{first}")));
    assert!(
        list.contains("男 9岁") && list.contains("旧县镇"),
        "what the case is: {list}"
    );
    let decide = [("attempt", "1"), ("follow_up", "keep")];
    assert_eq!(a.post("/decide", &decide).await.status, 403, "not who called");
    let b = Desk {
        browser: &two,
        id: first,
    };
    assert!(
        two.get(&format!("/callbacks/{first}"))
            .await
            .text
            .contains("与办理无关的邻里纠纷"),
        "who decides reads why"
    );
    assert_eq!(b.post("/decide", &decide).await.status, 200);
    assert!(!one.get("/board").await.text.contains("次回访不满意"));

    let (mine, other) = (
        accounts.token(&system, "office").await,
        accounts.token(&system, "office2").await,
    );
    let ask = async |token: &str, path: String, body: Value| {
        let answer = system
            .http
            .post(format!("{}/api/v1/callbacks/{path}", system.internal_url))
            .bearer_auth(token)
            .json(&body);
        let answer = answer.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let read = async |path: &str| -> Value {
        let answer = system
            .http
            .get(format!("{}/api/v1/callbacks{path}", system.internal_url))
            .bearer_auth(&mine);
        answer.send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(read("").await[0]["report_id"], second);
    let sent = json!({"result": "dissatisfied", "follow_up": "keep", "reason": "r"});
    assert_eq!(
        ask(&mine, second.to_string(), json!({"result": "dissatisfied"}))
            .await
            .0,
        422
    );
    assert_eq!(ask(&mine, second.to_string(), sent).await.0, 200);
    assert_eq!(
        ask(&other, second.to_string(), json!({"result": "satisfied"})).await.0,
        409
    );
    assert_eq!(read("/undecided").await[0]["report_id"], second);
    assert_eq!(
        ask(
            &mine,
            format!("{second}/decide"),
            json!({"attempt": 1, "follow_up": "keep"})
        )
        .await
        .0,
        403
    );
    let state = read(&format!("/{second}")).await;
    let ticket = state["tickets"][0]["id"].clone();
    assert_eq!(
        ask(
            &other,
            format!("{second}/decide"),
            json!({"attempt": 1, "follow_up": "reopen", "tickets": [ticket]})
        )
        .await
        .0,
        200
    );
    assert_eq!(
        system
            .count("SELECT count(*) FROM tickets WHERE state = 'reopened'")
            .await,
        1
    );
    assert_eq!(read(&format!("/{second}")).await["calls"][0]["decision"], "reopen");
}
