//! Telephones of people: added, verified by a code that was sent there, masked wherever they are shown.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use platform::{
    seal::{Cipher, ContactKey},
    store::AccountId,
};
use tests::{
    Options, Servers, System,
    officers::{Accounts, Browser, Page},
};

const NUMBER: &str = "13855801234";

async fn system() -> System {
    let options = Options {
        start: vec!["intake-api"],
        ..Options::default()
    };
    System::start_on(&Servers::shared(), options).await
}

/// The code that waits to be sent to the telephone added last, and that telephone.
async fn waiting(system: &System) -> (i64, String) {
    let key = std::fs::read_to_string(system.dir().join("contact.key")).unwrap();
    let key = ContactKey::parse(&key, Cipher::Aes256Gcm).unwrap();
    let (phone, account, code): (i64, i64, Vec<u8>) = sqlx::query_as(
        "SELECT p.id, p.account_id, k.code FROM phone_codes k JOIN phones p ON p.id = k.phone_id ORDER BY k.id DESC LIMIT 1",
    )
    .fetch_one(&system.db)
    .await
    .unwrap();
    (phone, key.open_code(AccountId(account), &code).unwrap())
}

async fn act(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get("/phones").await.hidden("csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    browser.post(path, &all).await
}

/// As if so many minutes had passed since the last code.
async fn later(system: &System, minutes: i32) {
    sqlx::query("UPDATE phone_codes SET sent_at = sent_at - $1 * interval '1 minute', expires_at = expires_at - $1 * interval '1 minute'")
        .bind(minutes)
        .execute(&system.db)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_number_is_verified_by_the_code_that_was_sent_there() {
    let system = system().await;
    let accounts = Accounts::make(&system).await;
    let member = accounts.browser(&system, "member").await;
    let added = act(&member, "/phones", &[("number", "138 5580 1234"), ("night", "yes")]).await;
    assert_eq!(added.status, 200, "{}", added.text);
    assert!(
        added.text.contains("138****1234") && !added.text.contains(NUMBER),
        "masked"
    );
    let (phone, code) = waiting(&system).await;
    let queued = "SELECT count(*) FROM calls WHERE kind = 'code' AND channel = 'sms' AND state = 'queued'";
    assert_eq!(system.count(queued).await, 1);

    // A wrong one says how many tries are left, and another code waits for its minute.
    let other = if code == "000000" { "000001" } else { "000000" };
    let verify = format!("/phones/{phone}/verify");
    let wrong = act(&member, &verify, &[("code", other)]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("还可以试 4 次"), "{}", wrong.text);
    assert_eq!(act(&member, &format!("/phones/{phone}/code"), &[]).await.status, 429);

    let right = act(&member, &verify, &[("code", &code)]).await;
    assert_eq!(right.status, 200, "{}", right.text);
    let verified = "SELECT count(*) FROM phones WHERE verified_at IS NOT NULL AND night";
    assert_eq!(system.count(verified).await, 1);
    assert_eq!(act(&member, &verify, &[("code", &code)]).await.status, 409, "once");

    // The trail names what was done and not the number.
    let acts = "SELECT count(*) FROM account_acts WHERE act IN ('phone-added', 'phone-verified') AND detail ->> 'phone' = '138****1234'";
    assert_eq!(system.count(acts).await, 2);
    let told = "SELECT count(*) FROM account_acts WHERE detail::text LIKE '%13855801234%'";
    assert_eq!(system.count(told).await, 0);

    // A number stands for one person.
    let leader = accounts.browser(&system, "leader").await;
    later(&system, 2).await;
    assert_eq!(act(&leader, "/phones", &[("number", NUMBER)]).await.status, 200);
    let (taken, code) = waiting(&system).await;
    let refused = act(&leader, &format!("/phones/{taken}/verify"), &[("code", &code)]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("另一位同事"), "{}", refused.text);
}

#[tokio::test]
async fn codes_expire_and_are_few() {
    let system = system().await;
    let accounts = Accounts::make(&system).await;
    let member = accounts.browser(&system, "member").await;
    act(&member, "/phones", &[("number", NUMBER)]).await;
    let (phone, code) = waiting(&system).await;
    let (verify, again) = (format!("/phones/{phone}/verify"), format!("/phones/{phone}/code"));
    later(&system, 11).await;
    assert_eq!(
        act(&member, &verify, &[("code", &code)]).await.status,
        409,
        "after ten minutes"
    );

    // Five wrong ones use a code up, the right one then included.
    assert_eq!(act(&member, &again, &[]).await.status, 200);
    let (_, code) = waiting(&system).await;
    let other = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(act(&member, &verify, &[("code", other)]).await.status, 422);
    }
    assert_eq!(act(&member, &verify, &[("code", &code)]).await.status, 409);

    // Five a day to one number, though the telephone is ended and added again in between.
    for _ in 0..2 {
        later(&system, 2).await;
        assert_eq!(act(&member, &again, &[]).await.status, 200);
    }
    assert_eq!(act(&member, &format!("/phones/{phone}/end"), &[]).await.status, 200);
    later(&system, 2).await;
    act(&member, "/phones", &[("number", NUMBER)]).await;
    let (phone, _) = waiting(&system).await;
    later(&system, 2).await;
    assert_eq!(act(&member, &format!("/phones/{phone}/code"), &[]).await.status, 429);
    assert_eq!(system.count("SELECT count(*) FROM phone_codes").await, 5);
}

#[tokio::test]
async fn a_leader_adds_and_ends_and_never_verifies() {
    let system = system().await;
    let accounts = Accounts::make(&system).await;
    let (leader, member) = (
        accounts.browser(&system, "leader").await,
        accounts.browser(&system, "member").await,
    );
    let id: i64 = system
        .count("SELECT id FROM accounts WHERE login = 'demo-member'")
        .await;
    let page = format!("/people/{id}/phones");
    assert_eq!(
        act(&leader, &page, &[("number", "8612345")]).await.status,
        422,
        "no area code"
    );
    let added = act(&leader, &page, &[("number", "0558-8612345转8012")]).await;
    assert_eq!(added.status, 200, "{}", added.text);
    assert!(added.text.contains("0558****345转8012"), "{}", added.text);
    let phone: i64 = system.count("SELECT id FROM phones").await;
    assert_eq!(
        system.count("SELECT count(*) FROM calls").await,
        0,
        "its owner asks for the code"
    );
    assert_eq!(act(&leader, &format!("/phones/{phone}/code"), &[]).await.status, 404);
    assert_eq!(
        act(&leader, &format!("/phones/{phone}/verify"), &[("code", "204613")])
            .await
            .status,
        404
    );
    assert_eq!(act(&member, &format!("/phones/{phone}/code"), &[]).await.status, 200);
    assert_eq!(
        system.count("SELECT count(*) FROM calls WHERE channel = 'voice'").await,
        1,
        "a landline is called"
    );
    assert_eq!(act(&leader, &format!("{page}/{phone}/end"), &[]).await.status, 200);
    assert_eq!(
        system.count("SELECT count(*) FROM phones WHERE ended_at IS NULL").await,
        0
    );
}

#[tokio::test]
async fn telephones_are_ordered_and_a_number_for_shared_ones_is_set() {
    let system = system().await;
    let accounts = Accounts::make(&system).await;
    let member = accounts.browser(&system, "member").await;
    for number in ["13855801231", "13855801232", "13855801233"] {
        act(&member, "/phones", &[("number", number)]).await;
    }
    assert_eq!(
        act(&member, "/phones", &[("number", "13855801231")]).await.status,
        422,
        "twice"
    );
    let last: i64 = system.count("SELECT id FROM phones WHERE place = 3").await;
    assert_eq!(act(&member, &format!("/phones/{last}/up"), &[]).await.status, 200);
    assert_eq!(
        system
            .count("SELECT place::bigint FROM phones ORDER BY id DESC LIMIT 1")
            .await,
        2
    );
    let first: i64 = system.count("SELECT id FROM phones WHERE place = 1").await;
    act(&member, &format!("/phones/{first}/end"), &[]).await;
    assert_eq!(
        system
            .count("SELECT max(place)::bigint FROM phones WHERE ended_at IS NULL")
            .await,
        2
    );
    act(&member, &format!("/phones/{last}/night"), &[("night", "yes")]).await;
    assert_eq!(system.count("SELECT id FROM phones WHERE night").await, last);

    let password = accounts.of("member").1;
    let pin = |password: &'static str, new: &'static str| [("password", password), ("new", new), ("again", new)];
    assert_eq!(act(&member, "/duty-pin", &pin("wrong", "204613")).await.status, 422);
    let with = [("password", password), ("new", "123456"), ("again", "123456")];
    assert_eq!(act(&member, "/duty-pin", &with).await.status, 422, "too easy");
    let with = [("password", password), ("new", "204613"), ("again", "204613")];
    assert_eq!(act(&member, "/duty-pin", &with).await.status, 200);
    assert_eq!(
        system
            .count("SELECT count(*) FROM duty_pins WHERE pin_hash LIKE '$argon2id$%'")
            .await,
        1
    );
}

#[tokio::test]
async fn telephones_of_one_person_are_forgotten_by_command_and_the_trail_says_so() {
    let system = system().await;
    let accounts = Accounts::make(&system).await;
    for who in ["member", "leader"] {
        let browser = accounts.browser(&system, who).await;
        let number = if who == "member" { NUMBER } else { "13955801234" };
        assert_eq!(act(&browser, "/phones", &[("number", number)]).await.status, 200);
    }
    let (login, _) = accounts.of("member");
    let unsaid = system.intake_cli(&["people", "phones-forget"]).await;
    assert_eq!(unsaid.code, 2, "whose must be said");
    let nobody = system
        .intake_cli(&["people", "phones-forget", "--login", "nobody"])
        .await;
    assert_eq!(nobody.code, 1);
    let forgotten = system.intake_cli(&["people", "phones-forget", "--login", login]).await;
    let said = forgotten.stdout;
    assert!(
        forgotten.code == 0 && said.contains(login) && !said.contains(NUMBER),
        "{said}"
    );
    let left: Vec<String> = sqlx::query_scalar(
        "SELECT a.login FROM phones p JOIN accounts a ON a.id = p.account_id WHERE p.ended_at IS NULL",
    )
    .fetch_all(&system.db)
    .await
    .unwrap();
    assert_eq!(left, [accounts.of("leader").0], "nobody else's");
    let line: (String, serde_json::Value) = sqlx::query_as(
        "SELECT t.actor_name, t.detail FROM account_acts t JOIN accounts a ON a.id = t.account_id
         WHERE t.act = 'phone-ended' AND a.login = $1",
    )
    .bind(login)
    .fetch_one(&system.db)
    .await
    .unwrap();
    assert_eq!(line.0, "command line");
    assert_eq!(line.1["command"], "people phones-forget", "{}", line.1);
    let again = system.intake_cli(&["people", "phones-forget", "--login", login]).await;
    assert_eq!(again.code, 1, "there is none any more");
    let all = system.intake_cli(&["people", "phones-forget", "--all"]).await;
    assert!(all.code == 0);
    assert_eq!(
        system.count("SELECT count(*) FROM phones WHERE ended_at IS NULL").await,
        0
    );
}

#[tokio::test]
async fn another_contact_key_than_the_telephones_is_refused_at_the_start() {
    let mut system = system().await;
    system.leaves(&[tests::Left::Errors]);
    let accounts = Accounts::make(&system).await;
    let member = accounts.browser(&system, "member").await;
    assert_eq!(act(&member, "/phones", &[("number", NUMBER)]).await.status, 200);
    system.intake.stop().await;
    let path = system.dir().join("contact.key");
    let right = std::fs::read_to_string(&path).unwrap();
    let other = format!("ck-other:{}", "ab".repeat(32));
    std::fs::write(&path, &other).unwrap();
    system.intake.spawn();
    let code = system.intake.ended(std::time::Duration::from_secs(30)).await;
    let log = system.intake.log_text();
    assert!(
        code.is_some_and(|code| code != 0)
            && log.contains("the contact key ck-other")
            && log.contains("put the right key back"),
        "{code:?}: {log}"
    );
    assert!(!log.contains(NUMBER));
    std::fs::write(&path, right).unwrap();
    system.intake.spawn();
    system.intake.ready().await;
}
