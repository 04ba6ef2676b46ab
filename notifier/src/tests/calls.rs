//! Calls by a provider that behaves badly: none is lost, a repeat is known for one, what fails falls on, and nobody is called after an
//! answer.

use std::time::Duration;

use casework::words::Channel;
use platform::{clock, store::AccountId};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{
    CALLBACK_SECRET, Deed, FakeGateway, NewPerson, Service,
    calls::{call, contact_key, ladder, phone, stage, state},
    eventually, person,
    service::free_port,
};

use super::service::World;
use platform::store::CallId;

const FIRST: &str = "13812345671";
const SECOND: &str = "13912345672";
const SOON: Duration = Duration::from_secs(20);

/// A county with one report, a provider, and a person with two telephones.
struct Night {
    world: World,
    gateway: FakeGateway,
    person: AccountId,
    notifier: Service,
    callbacks: String,
}

impl Night {
    async fn begin(gateways: &[(&str, &str)], within_s: u64) -> Self {
        let world = Box::pin(World::with(&[], false)).await;
        let gateway = FakeGateway::start();
        let db = &world.fixture.db;
        let new = NewPerson {
            login: "wang.fang",
            name: "王芳",
            phone: None,
            unit: "pol-341222101",
            role: "member",
            since: clock::now(),
        };
        let person = person(db, new).await;
        for (place, number) in [(1, FIRST), (2, SECOND)] {
            phone(db, &contact_key(), person, place, number).await;
        }
        let dir = std::env::temp_dir().join(format!("sw-calls-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&dir).unwrap();
        let listen = format!("127.0.0.1:{}", free_port());
        let file = gateway.describe(&dir, gateways, within_s);
        let notifier = world.notifier_with(&[
            ("SHOUWANG_GATEWAYS", file.display().to_string()),
            ("SHOUWANG_GATEWAY_LISTEN", listen.clone()),
        ]);
        Self {
            world,
            gateway,
            person,
            notifier,
            callbacks: format!("http://{listen}/gateways"),
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

    /// Starts while a call is held by another notifier that is slow.
    async fn start_held(&mut self, id: CallId) {
        sqlx::query("UPDATE calls SET lease_owner = gen_random_uuid(), leased_until = $2 WHERE id = $1")
            .bind(id)
            .bind(clock::now() + chrono::TimeDelta::minutes(5))
            .execute(&self.world.fixture.db)
            .await
            .unwrap();
        self.start().await;
    }

    /// That other notifier is gone.
    async fn free(&self, id: CallId) {
        sqlx::query("UPDATE calls SET leased_until = NULL WHERE id = $1")
            .bind(id)
            .execute(&self.world.fixture.db)
            .await
            .unwrap();
    }

    async fn until(&self, id: CallId, wanted: &str) {
        eventually(&format!("a call that is {wanted}"), SOON, async || {
            (state(&self.world.fixture.db, id).await == wanted).then_some(())
        })
        .await;
    }

    async fn asked(&self, count: usize) {
        eventually(&format!("{count} requests"), SOON, async || {
            (self.gateway.count() >= count).then_some(())
        })
        .await;
    }

    async fn tell(&self, gateway: &str, secret: &str, news: &Value) -> StatusCode {
        let url = format!("{}/{gateway}/{secret}", self.callbacks);
        let answer = reqwest::Client::new().post(url).body(news.to_string()).send().await;
        answer.unwrap().status()
    }

    fn numbers(&self) -> Vec<String> {
        self.gateway
            .asked()
            .iter()
            .map(|asked| asked.text("to").to_owned())
            .collect()
    }

    async fn steps(&self, id: CallId) -> Vec<String> {
        let ladder = ladder(&self.world.fixture.db, id).await;
        ladder.into_iter().map(|(step, _)| step).collect()
    }

    /// Whether the router's turn was woken for the call's stage.
    async fn is_woken(&self, id: CallId) -> bool {
        let stage = stage(&self.world.fixture.db, id).await;
        sqlx::query_scalar("SELECT next_at < 'infinity' FROM ring_turns WHERE stage_id = $1")
            .bind(stage)
            .fetch_one(&self.world.fixture.db)
            .await
            .unwrap()
    }

    /// No log holds a number.
    async fn end(mut self) {
        self.notifier.stop().await;
        let log = self.notifier.log_text();
        for number in [FIRST, SECOND, &FIRST[3..], CALLBACK_SECRET] {
            assert!(!log.contains(number), "{number} is in the log: {log}");
        }
    }
}

/// The id of the first request, as it comes back in receipts.
fn id_of(night: &Night) -> String {
    night.gateway.asked()[0].text("id").to_owned()
}

#[tokio::test]
async fn a_message_says_little_and_its_receipt_is_heard_once() {
    let mut night = Night::begin(&[("sms", "sms")], 60).await;
    night.start().await;
    let id = night.call(Channel::Sms).await;
    night.until(id, "handed-over").await;
    let asked = night.gateway.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    let body = asked[0].body.as_object().unwrap();
    let names: Vec<&str> = body.keys().map(String::as_str).collect();
    assert_eq!(names, ["count", "id", "office", "tail", "to", "urgency", "what"]);
    assert_eq!(
        (
            asked[0].text("to"),
            asked[0].text("urgency"),
            asked[0].text("tail").len()
        ),
        (FIRST, "特急", 4)
    );

    let given = id_of(&night);
    let failed = json!({"id": given, "state": "failed", "why": "UNDELIV 13812345671"});
    let arrived = json!({"id": given, "state": "arrived"});
    assert_eq!(
        night.tell("sms", "wrong", &arrived).await,
        StatusCode::FORBIDDEN,
        "forged"
    );
    assert_eq!(
        night.tell("other", CALLBACK_SECRET, &arrived).await,
        StatusCode::FORBIDDEN,
        "unknown"
    );
    let stranger = json!({"id": format!("{}-1", uuid::Uuid::new_v4().simple()), "state": "arrived"});
    assert_eq!(
        night.tell("sms", CALLBACK_SECRET, &stranger).await,
        StatusCode::NOT_FOUND
    );
    assert_eq!(state(&night.world.fixture.db, id).await, "handed-over");
    for news in [&arrived, &arrived, &failed] {
        assert_eq!(night.tell("sms", CALLBACK_SECRET, news).await, StatusCode::OK, "{news}");
    }
    night.until(id, "delivered").await;
    assert_eq!(
        night.steps(id).await,
        ["handed-over", "delivered"],
        "twice and late change nothing"
    );
    assert_eq!(night.gateway.count(), 1);
    let metrics = night.notifier.metrics().await;
    assert!(metrics.contains("shouwang_receipts_refused_total 2"), "{metrics}");
    night.end().await;
}

#[tokio::test]
async fn a_number_that_does_not_answer_is_followed_by_the_next_and_then_by_the_router() {
    let mut night = Night::begin(&[("voice", "voice")], 60).await;
    night.start().await;
    let id = night.call(Channel::Voice).await;
    night.asked(1).await;
    night.until(id, "handed-over").await;
    let failed = |given: &str| json!({"id": given, "state": "failed", "why": "200003"});
    assert_eq!(
        night.tell("voice", CALLBACK_SECRET, &failed(&id_of(&night))).await,
        StatusCode::OK
    );
    night.asked(2).await;
    assert_eq!(night.numbers(), [FIRST, SECOND]);
    let ids: Vec<String> = night
        .gateway
        .asked()
        .iter()
        .map(|asked| asked.text("id").to_owned())
        .collect();
    let call = id.0.simple().to_string();
    assert_eq!(
        ids,
        [format!("{call}-1"), format!("{call}-2")],
        "one id for each number"
    );
    night.until(id, "handed-over").await;
    assert!(!night.is_woken(id).await);
    assert_eq!(
        night.tell("voice", CALLBACK_SECRET, &failed(&ids[1])).await,
        StatusCode::OK
    );
    night.until(id, "failed").await;
    assert!(night.is_woken(id).await, "the router's turn comes at once");
    assert_eq!(night.gateway.count(), 2);
    // A late success is evidence, and no step back.
    let late = json!({"id": ids[0], "state": "arrived"});
    assert_eq!(night.tell("voice", CALLBACK_SECRET, &late).await, StatusCode::OK);
    assert_eq!(state(&night.world.fixture.db, id).await, "failed");
    night.end().await;
}

#[tokio::test]
async fn a_provider_that_lies_is_not_believed() {
    let mut night = Night::begin(&[("sms", "sms")], 1).await;
    night.start().await;
    let id = night.call(Channel::Sms).await;
    night.until(id, "failed").await;
    assert_eq!(
        night.numbers(),
        [FIRST, SECOND],
        "taken and never confirmed: each number once"
    );
    assert!(night.is_woken(id).await);
    let why = ladder(&night.world.fixture.db, id).await;
    assert!(why.iter().any(|(_, detail)| detail.contains("no receipt")), "{why:?}");
    night.end().await;
}

#[tokio::test]
async fn a_provider_that_is_down_is_tried_for_seconds_and_a_second_one_at_once() {
    let mut night = Night::begin(&[("one", "sms"), ("two", "sms")], 60).await;
    night.gateway.now(Some(Deed::Say(500, "<html>")));
    night.start().await;
    let id = night.call(Channel::Sms).await;
    night.asked(3).await;
    night.gateway.now(None);
    night.until(id, "handed-over").await;
    let by: Vec<String> = night.gateway.asked().iter().map(|asked| asked.by.clone()).collect();
    assert_eq!(by[..3], ["one", "two", "one"]);
    let ids: std::collections::BTreeSet<String> =
        night.gateway.asked().iter().map(|a| a.text("id").to_owned()).collect();
    assert_eq!(ids.len(), 1, "a repeat is known by its id");
    assert!(night.numbers().iter().all(|number| number == FIRST));
    night.end().await;
}

#[tokio::test]
async fn what_refuses_hangs_or_closes_loses_no_call() {
    let mut night = Night::begin(&[("sms", "sms")], 60).await;
    night.gateway.refuse(FIRST);
    night.gateway.now(Some(Deed::Drop));
    night.start().await;
    let id = night.call(Channel::Sms).await;
    // The first number is refused for good, the second meets a closed connection, then a slow answer.
    night.asked(2).await;
    night.gateway.now(Some(Deed::Slow(700)));
    night.until(id, "handed-over").await;
    let numbers = night.numbers();
    assert_eq!(numbers[0], FIRST);
    assert!(
        numbers.len() > 2 && numbers[1..].iter().all(|number| number == SECOND),
        "{numbers:?}"
    );
    night.end().await;
}

#[tokio::test]
async fn a_kill_in_the_middle_makes_the_call_again_under_its_id() {
    let mut night = Night::begin(&[("sms", "sms")], 60).await;
    night.gateway.now(Some(Deed::Hang));
    night.start().await;
    let id = night.call(Channel::Sms).await;
    night.asked(1).await;
    night.notifier.kill().await;
    night.gateway.now(None);
    night.start().await;
    eventually("the same call again", Duration::from_secs(40), async || {
        (state(&night.world.fixture.db, id).await == "handed-over").then_some(())
    })
    .await;
    let ids: Vec<String> = night
        .gateway
        .asked()
        .iter()
        .map(|asked| asked.text("id").to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    night.end().await;
}

#[tokio::test]
async fn a_digit_and_a_reply_answer_and_nobody_is_called_after_it() {
    let mut night = Night::begin(&[("sms", "sms"), ("voice", "voice")], 60).await;
    night.start().await;
    let rung = night.call(Channel::Voice).await;
    night.until(rung, "handed-over").await;
    let other = json!({"id": id_of(&night), "digits": "7"});
    assert_eq!(night.tell("voice", CALLBACK_SECRET, &other).await, StatusCode::OK);
    let answered = "SELECT count(*) FROM bells WHERE answered_how = 'digit'";
    assert_eq!(night.world.count(answered).await, 0, "another digit says nothing");
    night.notifier.kill().await;
    // One waits while the person presses.
    let waits = night.call(Channel::Sms).await;
    let yes = json!({"from": format!("+86{FIRST}"), "text": "１"});
    let pressed = json!({"id": id_of(&night), "digits": "1#"});
    night.start_held(waits).await;
    assert_eq!(night.tell("voice", CALLBACK_SECRET, &pressed).await, StatusCode::OK);
    night.world.until("the digit's answer", answered, 1, 10).await;
    night.free(waits).await;
    night.until(waits, "silenced").await;
    assert_eq!(night.gateway.count(), 1, "nobody is called after an answer");
    assert!(night.steps(rung).await.contains(&"acknowledged".to_owned()));
    // A reply is heard, and changes nothing any more; a stranger's never does.
    assert_eq!(night.tell("sms", CALLBACK_SECRET, &yes).await, StatusCode::OK);
    let stranger = json!({"from": "13700000000", "text": "1"});
    assert_eq!(night.tell("sms", CALLBACK_SECRET, &stranger).await, StatusCode::OK);
    assert_eq!(
        night
            .world
            .count("SELECT count(*) FROM bells WHERE answered_how = 'message'")
            .await,
        0
    );
    night.end().await;
}

#[tokio::test]
async fn a_reply_answers_all_that_rings_for_its_person() {
    let mut night = Night::begin(&[("sms", "sms")], 60).await;
    night.start().await;
    let id = night.call(Channel::Sms).await;
    night.until(id, "handed-over").await;
    let yes = json!({"from": FIRST, "text": " 1 "});
    assert_eq!(night.tell("sms", CALLBACK_SECRET, &yes).await, StatusCode::OK);
    assert_eq!(
        night
            .world
            .count("SELECT count(*) FROM bells WHERE answered_how = 'message'")
            .await,
        1
    );
    assert!(night.steps(id).await.contains(&"acknowledged".to_owned()));
    night.end().await;
}

#[tokio::test]
async fn the_last_resort_is_called_and_nobody_there_is_a_person() {
    let mut night = Night::begin(&[("voice", "voice")], 60).await;
    night.start().await;
    let id = call(&night.world.fixture.db, None, Channel::Voice).await;
    night.asked(1).await;
    night.until(id, "handed-over").await;
    let pressed = json!({"id": id_of(&night), "digits": "1"});
    assert_eq!(night.tell("voice", CALLBACK_SECRET, &pressed).await, StatusCode::OK);
    night.until(id, "delivered").await;
    assert_eq!(night.steps(id).await, ["handed-over", "picked-up"]);
    assert_eq!(
        night
            .world
            .count("SELECT count(*) FROM bells WHERE answered_at IS NOT NULL")
            .await,
        0
    );
    night.end().await;
}

#[tokio::test]
async fn without_a_gateway_a_call_falls_on_at_once() {
    let world = Box::pin(World::with(&[], false)).await;
    let mut notifier = world.notifier();
    notifier.spawn();
    notifier.ready().await;
    let id = call(&world.fixture.db, None, Channel::Sms).await;
    eventually("a call that failed", SOON, async || {
        (state(&world.fixture.db, id).await == "failed").then_some(())
    })
    .await;
    let why = ladder(&world.fixture.db, id).await;
    assert!(why[0].1.contains("no"), "{why:?}");
    assert_eq!(notifier.stop().await, Some(0));
}
