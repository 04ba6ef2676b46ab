//! What the office sees of a gateway that answers nothing, and that one which says "too many" is not taken for one.

use std::{path::PathBuf, time::Duration};

use platform::{
    clock,
    seal::{Cipher, ContactKey},
};
use serde_json::Value;
use tests::{
    Deed, FakeGateway, Left, NewPerson, Options, Sample, Servers, System, calls::phone, eventually, officers::Accounts,
    person,
};

const WITHIN: Duration = Duration::from_secs(30);

struct Line {
    gateway: FakeGateway,
    system: System,
    dir: PathBuf,
}

impl Line {
    /// A county whose police have a leader with a telephone.
    async fn new() -> Self {
        let gateway = FakeGateway::start();
        let dir = std::env::temp_dir().join(format!("sw-line-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&dir).expect("a folder");
        let file = gateway.describe(&dir, &[("texts", "sms"), ("calls", "voice")], 600);
        let options = Options {
            env: vec![("SHOUWANG_GATEWAYS".into(), file.display().to_string())],
            ..Options::default()
        };
        let system = System::start_on(&Servers::shared(), options).await;
        system.leaves(&[Left::Errors]);
        let line = std::fs::read_to_string(system.dir().join("contact.key")).expect("the contact key");
        let key = ContactKey::parse(&line, Cipher::Aes256Gcm).expect("the contact key");
        let leader = NewPerson {
            login: "zhang.wei",
            name: "张伟",
            phone: None,
            unit: "pol-341222101",
            role: "leader",
            since: clock::now(),
        };
        let leader = person(&system.db, leader).await;
        phone(&system.db, &key, leader, 1, "13812345671").await;
        Self { gateway, system, dir }
    }

    /// The gateways as programs read them on the board, by name: since when each is away.
    async fn away(&self, token: &str) -> Vec<(String, Option<String>)> {
        let answer = self
            .system
            .http
            .get(format!("{}/api/v1/board/now", self.system.internal_url))
            .bearer_auth(token)
            .send()
            .await
            .expect("an answer");
        let now: Value = answer.json().await.expect("the board");
        let gateways = now["gateways"].as_array().expect("gateways");
        let text = |value: &Value| value.as_str().map(str::to_owned);
        gateways
            .iter()
            .map(|gateway| (text(&gateway["name"]).unwrap_or_default(), text(&gateway["away_since"])))
            .collect()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.dir);
    }
}

#[tokio::test]
async fn a_gateway_that_is_away_stands_on_the_board_and_one_that_is_busy_does_not() {
    let line = Line::new().await;
    let accounts = Accounts::make(&line.system).await;
    let office = accounts.browser(&line.system, "office").await;
    let token = accounts.token(&line.system, "office").await;
    eventually("both gateways on the board", WITHIN, async || {
        let known = line.away(&token).await;
        (known.len() == 2 && known.iter().all(|(_, away)| away.is_none())).then_some(())
    })
    .await;

    // Too many, to every try of every call: it is well, and asked again.
    line.gateway.now(Some(Deed::Say(429, "{}")));
    line.system.file(Sample::BruisesAtSchool.body()).await;
    eventually("a dozen refusals", WITHIN, async || {
        (line.gateway.count() >= 6).then_some(())
    })
    .await;
    eventually("the calls are given up", WITHIN, async || {
        let waiting = "SELECT count(*) FROM calls WHERE state = 'queued' AND channel IN ('sms', 'voice')";
        let failed = "SELECT count(*) FROM calls WHERE state = 'failed' AND channel IN ('sms', 'voice')";
        (line.system.count(waiting).await == 0 && line.system.count(failed).await >= 2).then_some(())
    })
    .await;
    let gave_up = "SELECT count(*) FROM calls WHERE last_error = 'the gateways of this channel do not answer'";
    assert_eq!(line.system.count(gave_up).await, 0, "none was passed over");
    let known = line.away(&token).await;
    assert!(known.iter().all(|(_, away)| away.is_none()), "{known:?}");
    let board = office.get("/board").await.text;
    assert!(!board.contains("没有应答"), "{board}");

    // It can't, three times in a row: away.
    line.gateway.now(Some(Deed::Say(503, "{}")));
    line.system.file(Sample::BruisesAtSchool.body()).await;
    eventually("both are away", WITHIN, async || {
        let known = line.away(&token).await;
        known.iter().all(|(_, away)| away.is_some()).then_some(())
    })
    .await;
    let board = office.get("/board").await.text;
    assert!(
        board.contains("短信通道 texts 自 ")
            && board.contains("语音通道 calls 自 ")
            && board.contains("没有应答（503）"),
        "{board}"
    );
    let page = office.get("/gateways").await.text;
    assert!(page.contains("没有应答（503）"), "{page}");

    // It answers again: the next call finds it, and the line goes.
    line.gateway.now(None);
    eventually("they answer", Duration::from_secs(120), async || {
        let known = line.away(&token).await;
        if known.iter().all(|(_, away)| away.is_none()) {
            return Some(());
        }
        // Somebody has to be called for it to be found.
        line.system.file(Sample::BruisesAtSchool.body()).await;
        None
    })
    .await;
    assert!(!office.get("/board").await.text.contains("没有应答"));
}
