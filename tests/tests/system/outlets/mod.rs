//! A unit's own system, from the page that sets it to what it is told; and the robot of its group beside the calls.

mod folder;
mod gate;

use std::time::Duration;

use platform::{
    clock,
    seal::{Cipher, ContactKey},
    store::EventKind,
    webhook::Secret,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tests::{
    Api, Asked, FakeGateway, Fixture, NewPerson, Options, Problem, Sample, Servers, System, calls::phone, eventually,
    officers::Accounts, person,
};

const UNIT: &str = "pol-341222101";

#[derive(Deserialize)]
struct Outlet {
    id: String,
    kind: String,
    unit: String,
    waiting: i64,
    last_sent_at: Option<String>,
}

#[derive(Deserialize)]
struct Done {
    id: String,
    secret: Option<String>,
}

#[derive(Deserialize)]
struct Post {
    kind: String,
    event: String,
    state: String,
}

async fn system(gateway: &FakeGateway, dir: &std::path::Path) -> System {
    std::fs::create_dir_all(dir).expect("a folder");
    let file = dir.join("robots.toml");
    gateway.describe_robot(&file, ("robot", Some(UNIT)));
    let options = Options {
        env: vec![
            ("SHOUWANG_GATEWAYS".into(), file.display().to_string()),
            ("SHOUWANG_WEBHOOK_NETWORKS".into(), "127.0.0.0/8".into()),
        ],
        ..Options::default()
    };
    System::start_on(&Servers::shared(), options).await
}

#[tokio::test]
async fn an_administrator_connects_a_units_system_and_it_is_told_of_its_tickets() {
    let gateway = FakeGateway::start();
    let dir = std::env::temp_dir().join(format!("sw-outlets-{}", uuid::Uuid::new_v4().simple()));
    let system = system(&gateway, &dir).await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let page = admin.get("/outlets").await;
    let csrf = page.hidden("csrf");
    let wrong = admin
        .post(
            "/outlets",
            &[("csrf", &csrf), ("unit", UNIT), ("url", "http://10.0.0.1/hook")],
        )
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("http://10.0.0.1/hook"), "what was typed comes back");
    let set = admin
        .post("/outlets", &[("csrf", &csrf), ("unit", UNIT), ("url", &gateway.hook())])
        .await;
    assert_eq!(set.status, 201, "{}", set.text);
    let start = set.text.find("whsec_").expect("the secret is shown");
    let shown: String = set.text[start..].chars().take_while(|c| !"<\"".contains(*c)).collect();
    let secret = Secret::read(&shown).expect("a secret");
    assert!(!admin.get("/outlets").await.text.contains("whsec_"), "it is shown once");

    // Somebody of the unit who can be rung: a hole would ring the office, and its group is another.
    let line = std::fs::read_to_string(system.dir().join("contact.key")).expect("the contact key");
    let key = ContactKey::parse(&line, Cipher::Aes256Gcm).expect("the contact key");
    let leader = NewPerson {
        login: "zhang.wei",
        name: "张伟",
        phone: None,
        unit: UNIT,
        role: "leader",
        since: clock::now(),
    };
    let leader = person(&system.db, leader).await;
    phone(&system.db, &key, leader, 1, "13812345671").await;

    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    let ticket = system.ticket_of(&filed, UNIT).await;
    let told = async |by: &str, kind: &str| -> Asked {
        eventually(
            &format!("{by} is told of {kind}"),
            Duration::from_secs(30),
            async || {
                let asked = gateway.asked();
                let fits = |asked: &Asked| asked.by == by && (kind.is_empty() || asked.text("type") == kind);
                asked.into_iter().find(fits)
            },
        )
        .await
    };
    let dispatched = told("hook", "ticket.dispatched").await;
    assert!(dispatched.is_signed_by(&secret));
    assert_eq!(dispatched.body["data"]["receipt"], filed.receipt);
    assert_eq!(
        dispatched.body["data"]["url"],
        format!("{}/tickets/{ticket}", system.internal_url)
    );
    let sent: serde_json::Value = serde_json::from_str(Sample::BruisesAtSchool.body()).expect("a sample");
    for of_child in [
        &sent["children"][0]["name"],
        &sent["narrative"],
        &sent["reporter"]["name"],
    ] {
        if let Some(text) = of_child.as_str() {
            assert!(!dispatched.raw.contains(text), "{text}");
        }
    }
    assert!(told("hook", "ticket.rung").await.is_signed_by(&secret));
    let group = told("robot", "").await;
    assert!(
        !group.raw.contains(&filed.receipt) && !group.raw.contains("http"),
        "{}",
        group.raw
    );

    // It stands on the ticket as what it is, by page and by API.
    let board = Api::of(&system, &accounts, "office").await;
    let posts: Vec<Post> = eventually("both were taken", Duration::from_secs(20), async || {
        let posts: Vec<Post> = board.get(&format!("/board/tickets/{ticket}/posts")).await;
        let sent = |kind: &str| posts.iter().any(|post| post.kind == kind && post.state == "sent");
        (sent("robot") && sent("webhook")).then_some(posts)
    })
    .await;
    assert!(posts.iter().any(|post| post.event == "dispatched"));
    let office = accounts.browser(&system, "office").await;
    let page = office.get(&format!("/board/tickets/{ticket}")).await;
    assert!(
        page.text.contains("群消息") && page.text.contains("不算呼叫到人"),
        "{}",
        page.text
    );
    let log = system.count("SELECT count(*) FROM account_acts WHERE act = 'webhook-set' AND unit = 'pol-341222101'");
    assert_eq!(log.await, 1);
    std::fs::remove_dir_all(&dir).expect("the folder goes");
}

#[tokio::test]
async fn it_is_told_of_what_changes_a_ticket_and_of_its_end_once_each() {
    let gateway = FakeGateway::start();
    let dir = std::env::temp_dir().join(format!("sw-outlets-{}", uuid::Uuid::new_v4().simple()));
    let system = system(&gateway, &dir).await;
    let accounts = Accounts::make(&system).await;
    let admin = Api::of(&system, &accounts, "admin").await;
    let (status, _): (u16, Done) = admin
        .post("/outlets", &json!({"unit": UNIT, "url": gateway.hook()}))
        .await;
    assert_eq!(status, 201);
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    let ticket = system.ticket_of(&filed, UNIT).await;
    let member = Api::of(&system, &accounts, "member").await;
    let path = format!("/tickets/{ticket}");
    let act = async |what: &str, mut body: Value| {
        let shown: Value = member.get(&path).await;
        body["version"] = shown["version"].clone();
        let (status, answer): (u16, Value) = member.post(&format!("{path}/{what}"), &body).await;
        assert_eq!(status, 200, "{answer}");
    };
    act("sign", json!({})).await;
    act(
        "progress",
        json!({"at": clock::now().to_rfc3339(), "note": "电话联系了学校"}),
    )
    .await;
    let acts = eventually("each act is told", Duration::from_secs(30), async || {
        let told: Vec<String> = gateway
            .asked()
            .iter()
            .filter(|asked| asked.by == "hook" && asked.text("type") == "ticket.changed")
            .map(|asked| asked.body["data"]["act"].as_str().unwrap_or_default().to_owned())
            .collect();
        (told.len() >= 2).then_some(told)
    })
    .await;
    assert_eq!(acts, ["signed", "progress"]);
    let said = gateway
        .asked()
        .iter()
        .all(|asked| !asked.raw.contains("电话联系了学校"));
    assert!(said, "what was written stays in the report");
    std::fs::remove_dir_all(&dir).expect("the folder goes");
}

#[tokio::test]
async fn the_schema_takes_the_same_acts_for_news_as_the_code() {
    let fixture = Fixture::new().await;
    for kind in EventKind::ALL {
        let stored: bool = sqlx::query_scalar("SELECT event_is_news($1)")
            .bind(kind.as_str())
            .fetch_one(&fixture.db)
            .await
            .expect("the schema");
        assert_eq!(stored, kind.is_news(), "{kind}");
    }
}

#[tokio::test]
async fn by_api_a_secret_turns_and_an_end_ends_it() {
    let gateway = FakeGateway::start();
    let dir = std::env::temp_dir().join(format!("sw-outlets-{}", uuid::Uuid::new_v4().simple()));
    let system = system(&gateway, &dir).await;
    let accounts = Accounts::make(&system).await;
    let admin = Api::of(&system, &accounts, "admin").await;
    let new = json!({"unit": UNIT, "url": gateway.hook()});
    let (status, made): (u16, Done) = admin.post("/outlets", &new).await;
    assert_eq!(status, 201);
    let old = Secret::read(made.secret.as_deref().expect("a secret")).expect("a secret");
    let (status, _): (u16, Problem) = admin.post("/outlets", &new).await;
    assert_eq!(status, 409, "the unit has one there");
    let private = json!({"unit": UNIT, "url": "https://169.254.169.254/"});
    let (status, _): (u16, Problem) = admin.post("/outlets", &private).await;
    assert_eq!(status, 422);

    let (status, turned): (u16, Done) = admin.post(&format!("/outlets/{}/rotate", made.id), &json!({})).await;
    assert_eq!(status, 200);
    let new = Secret::read(turned.secret.as_deref().expect("a secret")).expect("a secret");
    system.file(Sample::BruisesAtSchool.body()).await;
    let asked = eventually("a delivery", Duration::from_secs(30), async || {
        gateway.asked().into_iter().find(|asked| asked.by == "hook")
    })
    .await;
    assert!(asked.is_signed_by(&old) && asked.is_signed_by(&new), "both for a day");
    let lines: Vec<Outlet> = eventually("it is seen that it was taken", Duration::from_secs(20), async || {
        let lines: Vec<Outlet> = admin.get("/outlets").await;
        let own = lines.iter().find(|line| line.id == made.id)?;
        (own.last_sent_at.is_some() && own.waiting == 0).then_some(lines)
    })
    .await;
    let kinds: Vec<_> = lines
        .iter()
        .map(|line| (line.kind.as_str(), line.unit.as_str()))
        .collect();
    assert_eq!(kinds, [("robot", UNIT), ("webhook", UNIT)]);
    let (status, _): (u16, Done) = admin.post(&format!("/outlets/{}/end", made.id), &json!({})).await;
    assert_eq!(status, 200);
    let (status, _): (u16, Problem) = admin.post(&format!("/outlets/{}/rotate", made.id), &json!({})).await;
    assert_eq!(status, 409);
    let robot = lines.iter().find(|line| line.kind == "robot").expect("the robot");
    let (status, _): (u16, Problem) = admin.post(&format!("/outlets/{}/end", robot.id), &json!({})).await;
    assert_eq!(status, 409, "a robot is the file's");
    std::fs::remove_dir_all(&dir).expect("the folder goes");
}
