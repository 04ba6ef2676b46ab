//! The own mail address of a person: verified by a code that was sent there, and told as unverified until then.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use platform::{
    seal::{Cipher, ContactKey},
    store::AccountId,
};
use serde_json::{Value, json};
use tests::{
    Api, Options, STATION, Servers, System,
    officers::{Accounts, Browser, Page},
    wait::within,
};

const MAIL: &str = "wang.fang@own.example";

async fn system(start: Vec<&'static str>) -> System {
    let options = Options {
        start,
        ..Options::default()
    };
    System::start_on(&Servers::shared(), options).await
}

/// The code that was asked for last.
async fn waiting(system: &System) -> String {
    let key = std::fs::read_to_string(system.dir().join("contact.key")).unwrap();
    let key = ContactKey::parse(&key, Cipher::Aes256Gcm).unwrap();
    let (account, code): (i64, Vec<u8>) =
        sqlx::query_as("SELECT account_id, code FROM mail_codes ORDER BY id DESC LIMIT 1")
            .fetch_one(&system.db)
            .await
            .unwrap();
    key.open_code(AccountId(account), &code).unwrap()
}

async fn act(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get("/phones").await.hidden("csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    browser.post(path, &all).await
}

/// As if so many minutes had passed since the last code.
async fn later(system: &System, minutes: i32) {
    sqlx::query("UPDATE mail_codes SET sent_at = sent_at - $1 * interval '1 minute', expires_at = expires_at - $1 * interval '1 minute'")
        .bind(minutes)
        .execute(&system.db)
        .await
        .unwrap();
}

fn other(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn an_address_is_verified_by_the_code_that_was_sent_there() {
    let system = system(vec!["intake-api"]).await;
    let accounts = Accounts::make(&system).await;
    let member = accounts.browser(&system, "member").await;
    let set = act(&member, "/phones/mail", &[("mail", MAIL)]).await;
    assert!(
        set.status == 200 && set.text.contains("验证码正在发往这个邮箱"),
        "{}",
        set.text
    );
    assert!(set.text.contains("待验证") && set.text.contains("/phones/mail/verify"));
    let queued = "SELECT count(*) FROM calls WHERE kind = 'code' AND channel = 'mail' AND state = 'queued'";
    assert_eq!(system.count(queued).await, 1);
    assert_eq!(
        act(&member, "/phones/mail/code", &[]).await.status,
        429,
        "once a minute"
    );

    // One answer for a wrong one, no code at all, and one that is over.
    let code = waiting(&system).await;
    let verify = async |code: &str| act(&member, "/phones/mail/verify", &[("code", code)]).await;
    for wrong in [other(&code), "12", ""] {
        let page = verify(wrong).await;
        assert!(
            page.status == 422 && page.text.contains("验证码不对、已过期"),
            "{}",
            page.text
        );
    }
    let verified = "SELECT count(*) FROM accounts WHERE mail_verified_at IS NOT NULL AND NOT mail_unverified";
    assert_eq!(system.count(verified).await, 0);
    let right = verify(&code).await;
    assert!(
        right.status == 200 && right.text.contains("邮箱已验证"),
        "{}",
        right.text
    );
    assert_eq!(system.count(verified).await, 1);
    assert_eq!(verify(&code).await.status, 422, "once");
    let acts =
        "SELECT count(*) FROM account_acts WHERE act = 'mail-verified' AND detail ->> 'mailbox' = 'w***@own.example'";
    assert_eq!(system.count(acts).await, 1);

    // An address stands for one person.
    let leader = accounts.browser(&system, "leader").await;
    later(&system, 2).await;
    act(&leader, "/phones/mail", &[("mail", "Wang.Fang@own.example")]).await;
    let code = waiting(&system).await;
    let taken = act(&leader, "/phones/mail/verify", &[("code", &code)]).await;
    assert!(
        taken.status == 409 && taken.text.contains("另一位同事"),
        "{}",
        taken.text
    );

    // Another address begins unverified, and the code of the one before is nothing there.
    later(&system, 2).await;
    act(&leader, "/phones/mail", &[("mail", "zhang@own.example")]).await;
    let before = waiting(&system).await;
    later(&system, 2).await;
    act(&leader, "/phones/mail", &[("mail", "li@own.example")]).await;
    if waiting(&system).await != before {
        assert_eq!(
            act(&leader, "/phones/mail/verify", &[("code", &before)]).await.status,
            422
        );
    }
    let member = act(&member, "/phones/mail", &[("mail", "fang@own.example")]).await;
    assert!(member.text.contains("待验证"), "{}", member.text);
    assert_eq!(system.count(verified).await, 0);
}

#[tokio::test]
async fn codes_to_an_address_expire_and_are_few() {
    let system = system(vec!["intake-api"]).await;
    let accounts = Accounts::make(&system).await;
    let member = accounts.browser(&system, "member").await;
    act(&member, "/phones/mail", &[("mail", MAIL)]).await;
    let verify = async |code: &str| act(&member, "/phones/mail/verify", &[("code", code)]).await.status;
    let again = async || act(&member, "/phones/mail/code", &[]).await.status;
    let code = waiting(&system).await;
    later(&system, 11).await;
    assert_eq!(verify(&code).await, 422, "after ten minutes");
    assert_eq!(again().await, 200);
    let code = waiting(&system).await;
    for _ in 0..5 {
        assert_eq!(verify(other(&code)).await, 422);
    }
    assert_eq!(verify(&code).await, 422, "five wrong ones use it up");
    for _ in 0..3 {
        later(&system, 2).await;
        assert_eq!(again().await, 200);
    }
    // Five a day, whoever asks.
    let leader = accounts.browser(&system, "leader").await;
    later(&system, 2).await;
    assert_eq!(again().await, 429);
    let refused = act(&leader, "/phones/mail", &[("mail", MAIL)]).await;
    assert!(refused.text.contains("验证码没有发送"), "{}", refused.text);
    // What is a unit's mailbox is nobody's own.
    let mailbox: String = sqlx::query_scalar("SELECT upper(mailbox) FROM units WHERE code = $1")
        .bind(STATION)
        .fetch_one(&system.db)
        .await
        .unwrap();
    let shared = act(&leader, "/phones/mail", &[("mail", &mailbox)]).await;
    assert!(shared.text.contains("这是单位的邮箱"), "{}", shared.text);
    assert_eq!(system.count("SELECT count(*) FROM mail_codes").await, 5);
}

#[tokio::test]
async fn a_mail_brings_the_code_and_until_then_rosters_say_that_it_is_not_verified() {
    let system = system(vec!["intake-api", "notifier"]).await;
    let accounts = Accounts::make(&system).await;
    let api = Api::of(&system, &accounts, "member").await;
    let own = async || -> Value { api.get("/mail").await };
    assert_eq!(
        own().await,
        json!({"mail": null, "verified_at": null, "code_until": null})
    );
    let token = accounts.token(&system, "member").await;
    let post = async |path: &str, body: Value| {
        let url = format!("{}/api/v1/mail{path}", system.internal_url);
        let request = system.http.post(url).bearer_auth(&token).json(&body);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post("", json!({"mail": "no address"})).await, 422);
    assert_eq!(post("/code", json!({})).await, 409);
    assert_eq!(post("", json!({"mail": MAIL})).await, 204);
    assert_eq!(post("/code", json!({})).await, 202);
    let arrived = || system.mail.mails().into_iter().find(|mail| mail.to.contains(MAIL));
    let mail = within(Duration::from_secs(20), async || arrived())
        .await
        .expect("a mail with the code");
    let code = waiting_in(&mail.text());
    assert!(!mail.header("subject").unwrap().contains(&code), "not in the subject");
    assert!(mail.text().contains(&format!("{}/phones", system.internal_url)));

    // Its leader sees it on the person's page and on the roster, and verifies nothing.
    let leader = accounts.browser(&system, "leader").await;
    let id: i64 = system
        .count("SELECT id FROM accounts WHERE login = 'demo-member'")
        .await;
    let page = leader.get(&format!("/people/{id}/phones")).await;
    assert!(page.text.contains("待验证") && !page.text.contains("/phones/mail/verify"));
    on_roster(&system).await;
    let heading = "本人邮箱待验证的值班人员";
    let duty = format!("/duty/{STATION}");
    assert!(leader.get(&duty).await.text.contains(heading));
    assert_eq!(post("/verify", json!({"code": other(&code)})).await, 422);
    assert_eq!(post("/verify", json!({"code": code})).await, 204);
    assert!(own().await["verified_at"].is_string());
    assert!(!leader.get(&duty).await.text.contains(heading));
}

/// The six digits of a mail.
fn waiting_in(text: &str) -> String {
    let line = text.lines().map(str::trim);
    let mut codes = line.filter(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()));
    codes.next().expect("a code").to_owned()
}

/// The member has the duty of the station.
async fn on_roster(system: &System) {
    let shift = json!([{"from": "00:00", "to": "24:00", "duty": "demo-member"}]);
    let week =
        json!([{"mon": shift, "tue": shift, "wed": shift, "thu": shift, "fri": shift, "sat": shift, "sun": shift}]);
    sqlx::query(
        "INSERT INTO roster_patterns (county, unit, from_day, weeks, made_at, made_by)
         SELECT 'taihe', $1, '2026-01-05', $2, now(), id FROM accounts WHERE login = 'demo-member'",
    )
    .bind(STATION)
    .bind(week)
    .execute(&system.db)
    .await
    .unwrap();
}
