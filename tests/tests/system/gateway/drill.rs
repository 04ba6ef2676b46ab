//! 点验 by the real channels: whoever is on duty answers in each way that there is, and the drill's page says who did and how.

use std::time::Duration;

use platform::{
    seal::{Cipher, ContactKey},
    store::AccountId,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{
    Api, CALLBACK_SECRET, FakeGateway, Options, STATION, Servers, System, calls::phone, eventually, officers::Accounts,
    service::free_port,
};

/// Of the leader of the police station: nobody stands on its roster.
const LEADER: &str = "13812345671";
/// The station's own, which is nobody.
const SHARED: &str = "05588612345";

const SOON: Duration = Duration::from_secs(30);

struct Drilled {
    gateway: FakeGateway,
    system: System,
    listen: String,
}

impl Drilled {
    /// A drill of the station that begins now.
    async fn begin(&self) -> i64 {
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO drills (county, units, random, at, minutes, monthly, round, made_at, made_by)
             SELECT 'taihe', ARRAY[$1], false, now(), 30, false, 1, now(), id FROM accounts WHERE login = 'demo-office' RETURNING id",
        )
        .bind(STATION)
        .fetch_one(&self.system.db)
        .await
        .expect("a drill");
        eventually("the drill rings", SOON, async || {
            let rung: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM drill_rings r JOIN drill_units u ON u.id = r.drill_unit_id WHERE u.drill_id = $1",
            )
            .bind(id)
            .fetch_one(&self.system.db)
            .await
            .expect("a count");
            (rung > 0).then_some(())
        })
        .await;
        id
    }

    /// Who answered for the station, and how.
    async fn answered(&self, drill: i64) -> (String, String) {
        eventually("an answer", SOON, async || {
            sqlx::query_as(
                "SELECT a.login, u.answered_how FROM drill_units u JOIN accounts a ON a.id = u.answered_by WHERE u.drill_id = $1",
            )
            .bind(drill)
            .fetch_optional(&self.system.db)
            .await
            .expect("a row")
        })
        .await
    }

    /// What the gateway of a channel was asked last to send to a number for this drill.
    async fn sent(&self, drill: i64, channel: &str, number: &str) -> String {
        eventually("a call of the drill", SOON, async || {
            let calls: Vec<String> = sqlx::query_scalar(
                "SELECT r.call_id::text FROM drill_rings r JOIN drill_units u ON u.id = r.drill_unit_id WHERE u.drill_id = $1",
            )
            .bind(drill)
            .fetch_all(&self.system.db)
            .await
            .expect("calls");
            let asked = self.gateway.asked();
            let to = |name: &str, number: &str| {
                let mut asked = asked.iter().rev().filter(|asked| asked.by == name && asked.text("to") == number);
                asked
                    .find(|asked| calls.iter().any(|call| asked.text("id").starts_with(&call.replace('-', ""))))
                    .map(|asked| asked.text("id").to_owned())
            };
            to(channel, number)
        })
        .await
    }

    async fn tell(&self, gateway: &str, news: Value) {
        let url = format!("http://{}/gateways/{gateway}/{CALLBACK_SECRET}", self.listen);
        let answer = self.system.http.post(url).body(news.to_string()).send().await;
        assert_eq!(answer.expect("an answer").status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_drill_is_answered_in_every_way_and_its_page_says_how() {
    let gateway = FakeGateway::start();
    let dir = std::env::temp_dir().join(format!("sw-drill-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir_all(&dir).expect("a folder");
    let file = gateway.describe(&dir, &[("sms", "sms"), ("voice", "voice")], 600);
    let listen = format!("127.0.0.1:{}", free_port());
    let options = Options {
        env: vec![
            ("SHOUWANG_GATEWAYS".into(), file.display().to_string()),
            ("SHOUWANG_GATEWAY_LISTEN".into(), listen.clone()),
        ],
        ..Options::default()
    };
    let system = System::start_on(&Servers::shared(), options).await;
    let accounts = Accounts::make(&system).await;
    let line = std::fs::read_to_string(system.dir().join("contact.key")).expect("the contact key");
    let key = ContactKey::parse(&line, Cipher::Aes256Gcm).expect("the contact key");
    let leader: i64 = system
        .count("SELECT id FROM accounts WHERE login = 'demo-leader'")
        .await;
    let number = phone(&system.db, &key, AccountId(leader), 1, LEADER).await;
    sqlx::query("UPDATE accounts SET mail = 'leader@own.example' WHERE id = $1")
        .bind(leader)
        .execute(&system.db)
        .await
        .expect("an address");
    let county = Drilled {
        gateway,
        system,
        listen,
    };
    let system = &county.system;
    let by = |how: &str| ("demo-leader".to_owned(), how.to_owned());

    // A message from the own telephone.
    let drill = county.begin().await;
    county.sent(drill, "sms", LEADER).await;
    county.tell("sms", json!({"from": LEADER, "text": "收到"})).await;
    assert_eq!(county.answered(drill).await, by("message"));

    // A digit in the call to it.
    let drill = county.begin().await;
    let id = county.sent(drill, "voice", LEADER).await;
    county.tell("voice", json!({"id": id, "digits": "1"})).await;
    assert_eq!(county.answered(drill).await, by("digit"));

    // The button of a mail: opening answers nothing, the press does.
    let drill = county.begin().await;
    let seen = system.mail.mails().len();
    let link = eventually("the drill's mail", SOON, async || {
        let mails = system.mail.mails();
        let calls: Vec<String> = sqlx::query_scalar(
            "SELECT r.call_id::text FROM drill_rings r JOIN drill_units u ON u.id = r.drill_unit_id WHERE u.drill_id = $1",
        )
        .bind(drill)
        .fetch_all(&system.db)
        .await
        .expect("calls");
        mails.iter().find_map(|mail| {
            let text = mail.text();
            let link = text.split_whitespace().find(|word| calls.iter().any(|call| word.contains(call.as_str())));
            link.filter(|_| mail.to.contains("leader@own.example")).map(str::to_owned)
        })
    })
    .await;
    assert!(seen <= system.mail.mails().len());
    let page = system
        .http
        .get(&link)
        .send()
        .await
        .expect("the page")
        .text()
        .await
        .expect("its text");
    assert!(page.contains("演练"), "{page}");
    let nobody = "SELECT count(*) FROM drill_units WHERE answered_at IS NULL";
    assert_eq!(system.count(nobody).await, 1, "a program may have opened it");
    let pressed = system.http.post(&link).send().await.expect("the press");
    assert!(!pressed.status().is_server_error());
    assert_eq!(county.answered(drill).await, by("mail"));

    // On the duty page, after a login.
    let drill = county.begin().await;
    let browser = accounts.browser(system, "leader").await;
    let duty = browser.get("/on-duty").await;
    assert!(duty.text.contains("点验，已呼叫"), "{}", duty.text);
    let csrf = duty.hidden("csrf");
    browser
        .post("/on-duty/acknowledge", &[("csrf", csrf.as_str()), ("unit", STATION)])
        .await;
    assert_eq!(county.answered(drill).await, by("login"));

    // By telephone: the office writes it down.
    let drill = county.begin().await;
    let office = Api::of(system, &accounts, "office").await;
    let said = json!({"unit": STATION, "person": leader.to_string()});
    let (status, _): (u16, Value) = office.post(&format!("/drills/{drill}/answered"), &said).await;
    assert_eq!(status, 200);
    assert_eq!(county.answered(drill).await, by("telephone"));
    let one: Value = office.get(&format!("/drills/{drill}")).await;
    assert_eq!(one["units"][0]["recorded_by"], "演示·未保办值班员");
    let mail = one["units"][0]["calls"]
        .as_array()
        .expect("calls")
        .iter()
        .find(|call| call["channel"] == "mail");
    assert_eq!(
        mail.expect("a mail")["address_unverified"],
        true,
        "nobody verified the address"
    );

    // A number of one's own on the station's shared telephone, where the own one is dead.
    sqlx::query("UPDATE phones SET number = $2, number_mac = $3 WHERE id = $1")
        .bind(number)
        .bind(key.seal(AccountId(leader), "13912345672", &mut rand::rng()))
        .bind(key.mac("13912345672").to_vec())
        .execute(&system.db)
        .await
        .expect("another number");
    county.gateway.refuse("13912345672");
    sqlx::query("UPDATE units SET duty_phone = $2 WHERE code = $1")
        .bind(STATION)
        .bind(SHARED)
        .execute(&system.db)
        .await
        .expect("a shared telephone");
    let csrf = browser.get("/phones").await.hidden("csrf");
    let password = accounts.of("leader").1;
    let pin = [
        ("csrf", csrf.as_str()),
        ("password", password),
        ("new", "246813"),
        ("again", "246813"),
    ];
    let set = browser.post("/duty-pin", &pin).await;
    assert_eq!(set.status, 200, "{}", set.text);
    let drill = county.begin().await;
    let id = county.sent(drill, "voice", SHARED).await;
    county.tell("voice", json!({"id": id, "digits": "1"})).await;
    assert_eq!(system.count(nobody).await, 1, "picked up by nobody in particular");
    county.tell("voice", json!({"id": id, "digits": "246813#"})).await;
    assert_eq!(county.answered(drill).await, by("pin"));

    // The page has each with its way.
    let page = accounts
        .browser(system, "office")
        .await
        .get(&format!("/drills/{drill}"))
        .await;
    assert!(page.text.contains("演示·派出所所长"), "{}", page.text);
    assert_eq!(
        system.count("SELECT count(*) FROM tickets").await,
        0,
        "no drill is a case"
    );
    std::fs::remove_dir_all(&dir).expect("the folder goes");
}
