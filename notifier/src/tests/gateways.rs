//! What a description may ask of a gateway, against a provider that behaves badly: receipts that are asked for, signed callbacks, limits
//! by second and by number, codes, files; and who answers on a shared telephone.

use std::{path::PathBuf, time::Duration};

use argon2::{Argon2, PasswordHasher};
use casework::words::Channel;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use platform::{
    clock,
    store::{AccountId, CallId, PhoneId},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::Sha256;
use tests::{
    Asked, CALLBACK_SECRET, Deed, FakeGateway, NewPerson, Service,
    calls::{CONTACT_KEY, call, call_at, contact_key, ladder, phone, state},
    eventually, person,
    service::free_port,
};
use uuid::Uuid;

use super::service::World;

const FIRST: &str = "13812345671";
const SECOND: &str = "13912345672";
const SHARED: &str = "05588612345";
const UNIT: &str = "pol-341222101";
const SOON: Duration = Duration::from_secs(30);

/// A county with one report, a person with two telephones, and a provider described by the test.
struct Night {
    world: World,
    gateway: FakeGateway,
    person: AccountId,
    phones: [PhoneId; 2],
    notifier: Service,
    callbacks: String,
    dir: PathBuf,
}

impl Night {
    /// `more`: what the description of the gateway `g` says besides; `env`: what the notifier is told besides.
    async fn begin(channel: &str, more: &str, env: &[(&str, String)]) -> Self {
        let world = Box::pin(World::with(&[], false)).await;
        let gateway = FakeGateway::start();
        let db = &world.fixture.db;
        let new = NewPerson {
            login: "wang.fang",
            name: "王芳",
            phone: None,
            unit: UNIT,
            role: "member",
            since: clock::now(),
        };
        let person = person(db, new).await;
        let key = contact_key();
        let phones = [
            phone(db, &key, person, 1, FIRST).await,
            phone(db, &key, person, 2, SECOND).await,
        ];
        let dir = std::env::temp_dir().join(format!("sw-gateways-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&dir).unwrap();
        let listen = format!("127.0.0.1:{}", free_port());
        let file = gateway.describe_as(&dir, channel, more);
        let mut all = vec![
            ("SHOUWANG_GATEWAYS", file.display().to_string()),
            ("SHOUWANG_GATEWAY_LISTEN", listen.clone()),
        ];
        all.extend(env.iter().cloned());
        let notifier = world.notifier_with(&all);
        Self {
            world,
            gateway,
            person,
            phones,
            notifier,
            callbacks: format!("http://{listen}/gateways/g"),
            dir,
        }
    }

    async fn start(&mut self) {
        self.notifier.spawn();
        self.notifier.ready().await;
    }

    async fn call(&self, channel: Channel) -> CallId {
        let id = call(&self.world.fixture.db, Some(self.person), channel).await;
        self.world.fixture.store.notices_wake().await.unwrap();
        id
    }

    async fn until(&self, id: CallId, wanted: &str) {
        eventually(&format!("a call that is {wanted}"), SOON, async || {
            (state(&self.world.fixture.db, id).await == wanted).then_some(())
        })
        .await;
    }

    /// Requests that sent something.
    async fn sent(&self, count: usize) -> Vec<Asked> {
        eventually(&format!("{count} messages"), SOON, async || {
            let sent: Vec<Asked> = self
                .gateway
                .asked()
                .into_iter()
                .filter(|asked| asked.by == "g")
                .collect();
            (sent.len() >= count).then_some(sent)
        })
        .await
    }

    /// A callback, signed with a secret.
    async fn tell(&self, secret: &str, news: &Value) -> StatusCode {
        let body = news.to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        let asked = reqwest::Client::new()
            .post(&self.callbacks)
            .header("x-signature", signature)
            .body(body);
        asked.send().await.unwrap().status()
    }

    async fn steps(&self, id: CallId) -> Vec<String> {
        let ladder = ladder(&self.world.fixture.db, id).await;
        ladder.into_iter().map(|(step, _)| step).collect()
    }

    async fn end(mut self) {
        let log = self.notifier.log_text();
        for secret in [FIRST, SECOND, CALLBACK_SECRET] {
            assert!(!log.contains(secret), "{log}");
        }
        assert_eq!(self.notifier.stop().await, Some(0));
        std::fs::remove_dir_all(&self.dir).unwrap();
    }
}

/// Receipts by a signed callback.
const SIGNED: &str = r#"
[gateway.receipt]
within_s = 60
signature = { header = "x-signature", secret = "callback" }
[[gateway.receipt.forms]]
ours = "/id"
state = "/state"
arrived = ["arrived"]
failed = ["failed"]
why = "/why"
digits = "/digits"
"#;

#[tokio::test]
async fn receipts_that_are_asked_for_are_heard_as_those_that_are_brought() {
    let polled = r#"
[gateway.receipt]
within_s = 60
[[gateway.poll]]
every_s = 1
request = { url = "{polled}", method = "GET" }
[[gateway.poll.forms]]
items = "/receipts"
ours = "/id"
state = "/state"
arrived = ["arrived"]
failed = ["failed"]
why = "/why"
"#;
    let mut night = Night::begin("sms", polled, &[]).await;
    night.start().await;
    let id = night.call(Channel::Sms).await;
    let sent = night.sent(1).await;
    night.until(id, "handed-over").await;
    // Of another's message, and of ours: it did not arrive, so the next number is tried.
    let first = sent[0].text("id").to_owned();
    night.gateway.receipts(
        &json!([{"id": "00000000000000000000000000000007-1", "state": "arrived"},
                                   {"id": first, "state": "failed", "why": "UNDELIV"}]),
    );
    let sent = night.sent(2).await;
    assert_eq!(sent[1].text("to"), SECOND);
    night
        .gateway
        .receipts(&json!([{"id": sent[1].text("id"), "state": "arrived"}]));
    night.until(id, "delivered").await;
    let steps = night.steps(id).await;
    assert_eq!(steps, ["handed-over", "failed", "handed-over", "delivered"]);
    let polls = night
        .gateway
        .asked()
        .iter()
        .filter(|asked| asked.by == "polled")
        .count();
    assert!(polls >= 2, "{polls}");
    night.end().await;
}

#[tokio::test]
async fn a_signed_callback_is_heard_once_and_a_forged_one_never() {
    let mut night = Night::begin("sms", SIGNED, &[]).await;
    night.start().await;
    let id = night.call(Channel::Sms).await;
    let sent = night.sent(1).await;
    night.until(id, "handed-over").await;
    let ours = sent[0].text("id");
    let arrived = json!({"id": ours, "state": "arrived"});
    assert_eq!(
        night.tell("another secret of 24 letters", &arrived).await,
        StatusCode::FORBIDDEN
    );
    let unsigned = reqwest::Client::new().post(&night.callbacks).body(arrived.to_string());
    assert_eq!(unsigned.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(
        state(&night.world.fixture.db, id).await,
        "handed-over",
        "neither was heard"
    );
    assert_eq!(night.tell(CALLBACK_SECRET, &arrived).await, StatusCode::OK);
    night.until(id, "delivered").await;
    // Twice, and then late and contrary: what arrived has arrived.
    assert_eq!(night.tell(CALLBACK_SECRET, &arrived).await, StatusCode::OK);
    let late = json!({"id": ours, "state": "failed", "why": "EXPIRED"});
    assert_eq!(night.tell(CALLBACK_SECRET, &late).await, StatusCode::OK);
    assert_eq!(night.steps(id).await, ["handed-over", "delivered"]);
    let metrics = night.notifier.metrics().await;
    assert!(metrics.contains("shouwang_receipts_refused_total 2"), "{metrics}");
    night.end().await;
}

#[tokio::test]
async fn no_more_goes_out_in_a_second_than_the_provider_takes() {
    let mut night = Night::begin("sms", "per_second = 2\n", &[]).await;
    let mut calls = Vec::new();
    for _ in 0..5 {
        calls.push(night.call(Channel::Sms).await);
    }
    night.start().await;
    for id in calls {
        night.until(id, "handed-over").await;
    }
    let mut at: Vec<_> = night.sent(5).await.iter().map(|asked| asked.at).collect();
    at.sort_unstable();
    for pair in at.windows(2) {
        assert!(
            pair[1] - pair[0] >= Duration::from_millis(400),
            "{:?}",
            pair[1] - pair[0]
        );
    }
    night.end().await;
}

#[tokio::test]
async fn a_number_that_had_its_share_today_is_passed_over() {
    let mut night = Night::begin("sms", "per_number_per_day = 1\n", &[]).await;
    night.start().await;
    for number in [FIRST, SECOND] {
        let id = night.call(Channel::Sms).await;
        night.until(id, "handed-over").await;
        let sent = night.gateway.asked();
        assert_eq!(
            sent.last().map(|asked| asked.text("to").to_owned()).as_deref(),
            Some(number)
        );
    }
    let third = night.call(Channel::Sms).await;
    night.until(third, "failed").await;
    assert_eq!(night.gateway.count(), 2, "the provider was not asked a third time");
    let why = ladder(&night.world.fixture.db, third).await;
    assert!(
        why.iter()
            .all(|(_, detail)| detail.contains("no more to this number today")),
        "{why:?}"
    );
    night.end().await;
}

#[tokio::test]
async fn a_shared_telephone_is_nobody_until_somebody_says_their_number() {
    let mut night = Night::begin("voice", SIGNED, &[]).await;
    let db = night.world.fixture.db.clone();
    sqlx::query("UPDATE units SET duty_phone = $2 WHERE code = $1")
        .bind(UNIT)
        .bind(SHARED)
        .execute(&db)
        .await
        .unwrap();
    let hash = Argon2::default().hash_password(b"2468").unwrap().to_string();
    sqlx::query("INSERT INTO duty_pins (account_id, pin_hash, set_at) VALUES ($1, $2, $3)")
        .bind(night.person)
        .bind(hash)
        .bind(clock::now())
        .execute(&db)
        .await
        .unwrap();
    night.start().await;
    let id = night.call(Channel::Voice).await;
    for nth in 1..=2 {
        let sent = night.sent(nth).await;
        let failed = json!({"id": sent[nth - 1].text("id"), "state": "failed", "why": "200003"});
        night.until(id, "handed-over").await;
        assert_eq!(night.tell(CALLBACK_SECRET, &failed).await, StatusCode::OK);
    }
    let sent = night.sent(3).await;
    assert_eq!(sent[2].text("to"), SHARED, "the unit's own rings last");
    night.until(id, "handed-over").await;
    let pressed = |digits: &str| json!({"id": sent[2].text("id"), "digits": digits});
    let answered = "SELECT count(*) FROM bells WHERE answered_at IS NOT NULL";
    // Picked up, and the digit that a person's own telephone answers with: nobody.
    assert_eq!(night.tell(CALLBACK_SECRET, &pressed("1")).await, StatusCode::OK);
    assert_eq!(night.tell(CALLBACK_SECRET, &pressed("1357")).await, StatusCode::OK);
    assert_eq!(night.world.count(answered).await, 0);
    assert!(night.steps(id).await.contains(&"picked-up".to_owned()));
    assert_eq!(night.tell(CALLBACK_SECRET, &pressed("2468#")).await, StatusCode::OK);
    let by_pin = "SELECT count(*) FROM bells b JOIN accounts a ON a.id = b.answered_by WHERE b.answered_how = 'pin' AND a.login = 'wang.fang'";
    night.world.until("the person's answer", by_pin, 1, 10).await;
    night.end().await;
}

#[tokio::test]
async fn a_call_hears_three_wrong_numbers_and_then_no_right_one() {
    let mut night = Night::begin("voice", SIGNED, &[]).await;
    let db = night.world.fixture.db.clone();
    sqlx::query("UPDATE phones SET ended_at = $1")
        .bind(clock::now())
        .execute(&db)
        .await
        .unwrap();
    sqlx::query("UPDATE units SET duty_phone = $2 WHERE code = $1")
        .bind(UNIT)
        .bind(SHARED)
        .execute(&db)
        .await
        .unwrap();
    let hash = Argon2::default().hash_password(b"2468").unwrap().to_string();
    sqlx::query("INSERT INTO duty_pins (account_id, pin_hash, set_at) VALUES ($1, $2, $3)")
        .bind(night.person)
        .bind(hash)
        .bind(clock::now())
        .execute(&db)
        .await
        .unwrap();
    night.start().await;
    let id = night.call(Channel::Voice).await;
    let sent = night.sent(1).await;
    night.until(id, "handed-over").await;
    for digits in ["1111", "2222", "3333", "2468"] {
        let pressed = json!({"id": sent[0].text("id"), "digits": digits});
        assert_eq!(night.tell(CALLBACK_SECRET, &pressed).await, StatusCode::OK);
    }
    let answered = "SELECT count(*) FROM bells WHERE answered_at IS NOT NULL";
    assert_eq!(night.world.count(answered).await, 0, "the next ring is another call");
    night.end().await;
}

#[tokio::test]
async fn a_code_goes_to_its_one_telephone_verified_or_not_and_not_after_its_time() {
    let mut night = Night::begin("sms", "", &[]).await;
    let db = night.world.fixture.db.clone();
    sqlx::query("UPDATE phones SET verified_at = NULL WHERE id = $1")
        .bind(night.phones[1])
        .execute(&db)
        .await
        .unwrap();
    let asked = async |code: &str, expires: TimeDelta| -> CallId {
        let (id, key, now) = (CallId(Uuid::new_v4()), contact_key(), clock::now());
        sqlx::query(
            "WITH queued AS (INSERT INTO calls (id, kind, dedup, county, account_id, unit, channel, urgency, drill, system_late, night, created_at, state)
                             VALUES ($1, 'code', $1::text, 'taihe', $2, $3, 'sms', 'P1', false, false, false, $4, 'queued'))
             INSERT INTO phone_codes (phone_id, call_id, code, code_mac, sent_at, expires_at) VALUES ($5, $1, $6, $7, $8, $9)",
        )
        .bind(id)
        .bind(night.person)
        .bind(UNIT)
        .bind(now)
        .bind(night.phones[1])
        .bind(key.seal_code(night.person, code, &mut rand::rng()))
        .bind(key.code_mac(night.person, code).to_vec())
        .bind(now - TimeDelta::minutes(1))
        .bind(now + expires)
        .execute(&db)
        .await
        .unwrap();
        id
    };
    let good = asked("204613", TimeDelta::minutes(10)).await;
    let over = asked("999999", TimeDelta::seconds(-1)).await;
    night.start().await;
    night.until(good, "handed-over").await;
    night.until(over, "failed").await;
    let sent = night.sent(1).await;
    assert_eq!(sent.len(), 1, "an old code is not sent");
    assert_eq!((sent[0].text("to"), sent[0].text("code")), (SECOND, "204613"));
    let kept = "SELECT count(*) FROM phone_codes WHERE code IS NOT NULL";
    assert_eq!(
        night.world.count(kept).await,
        1,
        "the one whose call has ended is forgotten"
    );
    assert!(!night.notifier.log_text().contains("204613"));
    night.end().await;
}

#[tokio::test]
async fn a_code_goes_out_before_the_calls_that_wait() {
    let mut night = Night::begin("sms", "", &[]).await;
    let db = night.world.fixture.db.clone();
    let now = clock::now();
    for n in 0..150 {
        let before = now - TimeDelta::minutes(10) + TimeDelta::seconds(n);
        call_at(&db, Some(night.person), Channel::Sms, before).await;
    }
    let (id, key) = (CallId(Uuid::new_v4()), contact_key());
    sqlx::query(
        "WITH queued AS (INSERT INTO calls (id, kind, dedup, county, account_id, unit, channel, urgency, drill, system_late, night, created_at, state)
                         VALUES ($1, 'code', $1::text, 'taihe', $2, $3, 'sms', 'P1', false, false, false, $4, 'queued'))
         INSERT INTO phone_codes (phone_id, call_id, code, code_mac, sent_at, expires_at) VALUES ($5, $1, $6, $7, $4, $8)",
    )
    .bind(id)
    .bind(night.person)
    .bind(UNIT)
    .bind(now)
    .bind(night.phones[0])
    .bind(key.seal_code(night.person, "204613", &mut rand::rng()))
    .bind(key.code_mac(night.person, "204613").to_vec())
    .bind(now + TimeDelta::minutes(10))
    .execute(&db)
    .await
    .unwrap();
    night.gateway.now(Some(Deed::Slow(300)));
    night.start().await;
    night.until(id, "handed-over").await;
    let sent = night.sent(1).await;
    let place = sent.iter().position(|asked| asked.text("code") == "204613");
    // It was the first of those that went out at once.
    assert!(
        place.is_some_and(|place| place < crate::caller::PLACES),
        "{place:?} of {}",
        sent.len()
    );
    let waiting = "SELECT count(*) FROM calls WHERE kind = 'ring' AND state = 'queued'";
    assert!(night.world.count(waiting).await > 80, "the others wait their turn");
    night.gateway.now(None);
    sqlx::query("UPDATE calls SET state = 'silenced', finished_at = now(), lease_owner = NULL, leased_until = NULL WHERE state = 'queued'")
        .execute(&db)
        .await
        .unwrap();
    night.end().await;
}

#[tokio::test]
async fn another_contact_key_than_the_telephones_is_refused_at_the_start() {
    let mut night = Night::begin("sms", "", &[]).await;
    night.notifier.set(
        "SHOUWANG_CONTACT_KEY",
        &CONTACT_KEY.replace("ck-test:00", "ck-other:ff"),
    );
    night.notifier.spawn();
    let code = night.notifier.ended(SOON).await;
    let log = night.notifier.log_text();
    assert!(
        code.is_some_and(|code| code != 0)
            && log.contains("the contact key ck-other")
            && log.contains("put the right key back"),
        "{code:?}: {log}"
    );
    assert!(!log.contains(FIRST), "{log}");
    night.notifier.set("SHOUWANG_CONTACT_KEY", CONTACT_KEY);
    night.start().await;
    night.end().await;
}

#[tokio::test]
async fn a_demo_writes_what_a_telephone_would_show() {
    let folder = std::env::temp_dir().join(format!("sw-files-{}", Uuid::new_v4().simple()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("gateways.toml");
    let description = format!(
        "[[gateway]]\nname = \"demo\"\nchannel = \"sms\"\nkind = {{ is = \"file\", dir = {:?} }}\n",
        folder.display().to_string()
    );
    std::fs::write(&file, description).unwrap();
    let env = [
        ("SHOUWANG_GATEWAYS", file.display().to_string()),
        ("SHOUWANG_GATEWAYS_ALLOW_FILES", "true".into()),
    ];
    let mut night = Night::begin("sms", "", &env).await;
    night.start().await;
    let id = night.call(Channel::Sms).await;
    night.until(id, "handed-over").await;
    let written = std::fs::read_to_string(folder.join(format!("{}-1.txt", id.0.simple()))).unwrap();
    assert!(
        written.starts_with(&format!("to={FIRST}\n")) && written.contains("count=1"),
        "{written}"
    );
    assert!(!written.contains("http"), "{written}");
    assert_eq!(night.gateway.count(), 0);
    std::fs::remove_dir_all(&folder).unwrap();
    night.end().await;
}

#[tokio::test]
async fn a_call_by_mail_goes_to_an_own_address_and_of_a_drill_as_its_notices_do() {
    for (mailed, wanted) in [(false, "failed"), (true, "handed-over")] {
        let mut night = Night::begin("sms", "", &[("SHOUWANG_DRILL_MAIL", mailed.to_string())]).await;
        let (db, person) = (night.world.fixture.db.clone(), night.person);
        let address = async |address: &str| {
            sqlx::query("UPDATE accounts SET mail = $2 WHERE id = $1")
                .bind(person)
                .bind(address)
                .execute(&db)
                .await
                .unwrap();
        };
        address("wang.fang@own.example").await;
        let drill = night.call(Channel::Mail).await;
        sqlx::query("UPDATE calls SET drill = true WHERE id = $1")
            .bind(drill)
            .execute(&db)
            .await
            .unwrap();
        let real = night.call(Channel::Mail).await;
        night.start().await;
        night.until(drill, wanted).await;
        night.until(real, "handed-over").await;
        // The unit's mailbox has the notice already, and its readers are nobody.
        let mailbox: String = sqlx::query_scalar("SELECT upper(mailbox) FROM units WHERE code = $1")
            .bind(UNIT)
            .fetch_one(&db)
            .await
            .unwrap();
        address(&mailbox).await;
        let shared = night.call(Channel::Mail).await;
        night.until(shared, "failed").await;
        let why = ladder(&db, shared).await;
        assert!(why[0].1.contains("nobody's own"), "{why:?}");
        night.end().await;
    }
}
