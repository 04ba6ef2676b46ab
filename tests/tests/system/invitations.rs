//! Invitations: used once, over after a week, void when another is made; and one answer to every code that is good for nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::TimeDelta;
use platform::store::People;
use platform::{
    clock,
    store::{AccountActKind, AccountId, NewAct},
};
use tests::{
    Fixture, System,
    officers::{Accounts, Browser, Page},
};

use crate::people::{accept, invited, opened, person};

const OWN: &str = "自己选的一个很长的密码";

async fn id(system: &System, login: &str) -> i64 {
    sqlx::query_scalar("SELECT id FROM accounts WHERE login = $1")
        .bind(login)
        .fetch_one(&system.db)
        .await
        .unwrap()
}

/// The acts of an account's trail, the first first, each with who did it.
async fn trail(system: &System, login: &str) -> Vec<(String, Option<String>)> {
    sqlx::query_as(
        "SELECT c.act, b.login FROM account_acts c LEFT JOIN accounts b ON b.id = c.actor
         WHERE c.account_id = (SELECT id FROM accounts WHERE login = $1) ORDER BY c.id",
    )
    .bind(login)
    .fetch_all(&system.db)
    .await
    .unwrap()
}

/// Makes it as old as this: an invitation keeps its length.
async fn age(system: &System, days: i64) {
    for sql in [
        "ALTER TABLE invitations DISABLE TRIGGER invitations_guard",
        "UPDATE invitations SET made_at = made_at - $1 * interval '1 day', expires_at = expires_at - $1 * interval '1 day'",
        "ALTER TABLE invitations ENABLE TRIGGER invitations_guard",
    ] {
        let query = sqlx::query(sql);
        let query = if sql.contains("$1") { query.bind(days) } else { query };
        query.execute(&system.db).await.unwrap();
    }
}

async fn make(admin: &Browser, csrf: &str, login: &str) -> Page {
    let made = admin.post("/people", &person(csrf, login, "王五", "", "ca")).await;
    assert_eq!(made.status, 201);
    made
}

#[tokio::test]
async fn an_invitation_is_used_once_and_the_password_is_judged() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let csrf = admin.get("/people").await.hidden("csrf");
    let made = make(&admin, &csrf, "wang.wu").await;
    let link = invited(&made, "wang.wu");
    assert!(
        link.starts_with(&format!("{}/invitation/", system.internal_url)),
        "{link}"
    );
    // Looking uses nothing up, and says whom it is for.
    for _ in 0..2 {
        let (status, page) = opened(&system, &link).await;
        assert!(
            status == 200 && page.contains("wang.wu") && page.contains("王五"),
            "{page}"
        );
    }
    let code = link.rsplit('/').next().unwrap().to_owned();
    // The code from paper leads to the same page.
    for typed in [code.clone(), code.to_uppercase().replace('-', " "), format!(" {link} ")] {
        let (status, page) = accept(&system, &typed, "", "").await;
        assert!(status == 200 && page.contains("wang.wu"), "{typed}: {page}");
    }
    for (new, again, why) in [
        ("短", "短", "too short"),
        (OWN, "与上面不同的一个密码", "not the same"),
        ("password123", "password123", "a common one"),
        ("wang.wu2026", "wang.wu2026", "the login"),
        ("wangwu19900101", "wangwu19900101", "the name and a date"),
    ] {
        let (status, page) = accept(&system, &code, new, again).await;
        assert!(status == 422 && page.contains("class=\"error\""), "{why}: {status}");
        assert!(page.contains(&code), "{why}: the form is there again");
    }
    let hash: Option<String> = sqlx::query_scalar("SELECT password_hash FROM accounts WHERE login = 'wang.wu'")
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert_eq!(hash, None, "nobody knows a password of this account");
    assert_eq!(accept(&system, &code, OWN, OWN).await.0, 200);
    Browser::login(&system, "wang.wu", OWN).await;
    assert_eq!(
        accept(&system, &code, "另一个很长的密码也好", "另一个很长的密码也好")
            .await
            .0,
        404,
        "once"
    );
    Browser::login(&system, "wang.wu", OWN).await;
    let admin_did = |word: &str| (word.to_owned(), Some("demo-admin".to_owned()));
    assert_eq!(
        trail(&system, "wang.wu").await,
        [
            admin_did("created"),
            admin_did("invited"),
            ("invitation-used".into(), Some("wang.wu".into()))
        ]
    );
    let page = admin
        .get(&format!("/people/{}", id(&system, "wang.wu").await))
        .await
        .text;
    assert!(page.contains("本人于") && page.contains("凭邀请设置了密码"), "{page}");
    // The code stands nowhere.
    let kept: i64 =
        sqlx::query_scalar("SELECT count(*) FROM invitations WHERE position($1 IN encode(digest, 'escape')) > 0")
            .bind(code.replace('-', ""))
            .fetch_one(&system.db)
            .await
            .unwrap();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn over_used_void_and_unknown_are_one_answer() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let csrf = admin.get("/people").await.hidden("csrf");
    let mut dead = vec![
        format!("{}/invitation/0000-0000-0000-0000", system.internal_url),
        format!("{}/invitation/%E9%82%80%E8%AF%B7", system.internal_url),
        format!("{}/invitation/x", system.internal_url),
    ];
    // Over: usable to the last moment of the seventh day, and not after it.
    let late = invited(&make(&admin, &csrf, "late").await, "late");
    age(&system, 6).await;
    assert_eq!(opened(&system, &late).await.0, 200, "on the seventh day");
    age(&system, 1).await;
    dead.push(late);
    let list = admin.get("/people?q=late").await.text;
    assert!(list.contains("没有密码，需重新邀请"), "{list}");
    // Used.
    let used = invited(&make(&admin, &csrf, "used").await, "used");
    assert_eq!(accept(&system, &used, OWN, OWN).await.0, 200);
    dead.push(used);
    // Replaced by another, which works.
    let first = invited(&make(&admin, &csrf, "twice").await, "twice");
    let path = format!("/people/{}", id(&system, "twice").await);
    let again = admin.post(&format!("{path}/invite"), &[("csrf", &csrf)]).await;
    assert_eq!(again.status, 200);
    let second = invited(&again, "twice");
    assert_eq!(opened(&system, &second).await.0, 200);
    dead.push(first);
    // Taken back.
    assert_eq!(
        admin
            .post(&format!("{path}/invitation-void"), &[("csrf", &csrf)])
            .await
            .status,
        200
    );
    assert_eq!(
        admin
            .post(&format!("{path}/invitation-void"), &[("csrf", &csrf)])
            .await
            .status,
        409,
        "once"
    );
    dead.push(second);
    // Disabled.
    let gone = invited(&make(&admin, &csrf, "gone").await, "gone");
    let disabled = id(&system, "gone").await;
    assert_eq!(
        admin
            .post(&format!("/people/{disabled}/disable"), &[("csrf", &csrf)])
            .await
            .status,
        200
    );
    assert_eq!(
        admin
            .post(&format!("/people/{disabled}/enable"), &[("csrf", &csrf)])
            .await
            .status,
        200
    );
    dead.push(gone);
    let mut answers = Vec::new();
    for link in &dead {
        let (status, page) = opened(&system, link).await;
        assert_eq!(status, 404, "{link}");
        let (typed, text) = accept(&system, link, OWN, OWN).await;
        assert_eq!(typed, 404, "{link}");
        assert_eq!(page, text, "looking and using answer alike");
        answers.push(page);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "one page for all");
    assert!(answers[0].contains("这个邀请不能用"), "{}", answers[0]);
    let admin_did = |word: &str| (word.to_owned(), Some("demo-admin".to_owned()));
    assert_eq!(
        trail(&system, "twice").await,
        [
            "created",
            "invited",
            "invitation-voided",
            "invited",
            "invitation-voided"
        ]
        .map(admin_did)
    );
    assert_eq!(
        trail(&system, "gone").await,
        ["created", "invited", "disabled", "invitation-voided", "enabled"].map(admin_did)
    );
}

#[tokio::test]
async fn inviting_again_ends_the_password_and_its_owner_is_told() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (admin, member) = (
        accounts.browser(&system, "admin").await,
        accounts.browser(&system, "member").await,
    );
    let token = accounts.token(&system, "member").await;
    let csrf = admin.get("/people").await.hidden("csrf");
    let path = format!("/people/{}", id(&system, "demo-member").await);
    let again = admin.post(&format!("{path}/invite"), &[("csrf", &csrf)]).await;
    assert_eq!(again.status, 200);
    let link = invited(&again, "demo-member");
    assert_eq!(member.get("/desk").await.status, 303, "sessions have ended");
    let api = system
        .http
        .get(format!("{}/api/v1/tickets", system.internal_url))
        .bearer_auth(token);
    assert_eq!(api.send().await.unwrap().status(), 401, "those of programs too");
    let (login, password) = accounts.of("member");
    let form = [("login", login), ("password", password)];
    let url = format!("{}/login", system.internal_url);
    let old = system.http.post(&url).form(&form).send().await.unwrap();
    assert_eq!(old.status(), 401, "the old password opens nothing");
    assert_eq!(accept(&system, &link, OWN, OWN).await.0, 200);
    let form = [("login", login), ("password", OWN), ("next", "/desk")];
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let back = http.post(&url).form(&form).send().await.unwrap();
    assert_eq!(back.headers()["location"], "/sessions", "its owner is told first");
    let own = Browser::login(&system, login, OWN).await;
    let told = own.get("/sessions").await.text;
    assert!(
        told.contains("演示·账号管理员（demo-admin） 邀请本人设置密码"),
        "{told}"
    );
    // Nobody invites themselves.
    let me = format!("/people/{}", id(&system, "demo-admin").await);
    assert_eq!(
        admin.post(&format!("{me}/invite"), &[("csrf", &csrf)]).await.status,
        409
    );
    // From another site nothing is set.
    let link = invited(&admin.post(&format!("{path}/invite"), &[("csrf", &csrf)]).await, login);
    let forged = system
        .http
        .post(format!("{}/invitation", system.internal_url))
        .header("origin", "https://evil.example")
        .form(&[("code", link.as_str()), ("new", OWN), ("again", OWN)]);
    assert_eq!(forged.send().await.unwrap().status(), 403);
    assert_eq!(opened(&system, &link).await.0, 200);
    // By command, where no administrator is left.
    let out = system.intake_cli(&["people", "invite", "--login", login]).await;
    assert_eq!(out.code, 0, "{}", out.stderr);
    let printed = out
        .stdout
        .split_once("invitation ")
        .unwrap()
        .1
        .split(' ')
        .next()
        .unwrap();
    assert_eq!(opened(&system, &link).await.0, 404);
    let code = printed.rsplit('/').next().unwrap();
    let here = format!("{}/invitation/{code}", system.internal_url);
    assert_eq!(opened(&system, &here).await.0, 200);
}

#[tokio::test]
async fn many_at_once_use_an_invitation_once() {
    let fixture = Fixture::new().await;
    let (now, people) = (clock::now(), fixture.store_as::<People>());
    let ids: Vec<AccountId> = sqlx::query_scalar(
        "INSERT INTO accounts (county, login, name, created_at, created_by)
         SELECT 'taihe', 'a' || n, '甲', $1, 'test' FROM generate_series(1, 2) n RETURNING id",
    )
    .bind(now)
    .fetch_all(&fixture.db)
    .await
    .unwrap();
    let act = NewAct {
        county: "taihe",
        at: now,
        actor: Some(ids[0]),
        actor_name: "甲",
        act: AccountActKind::Invited,
        account: Some(ids[1]),
        unit: None,
        role: None,
        detail: platform::store::Detail::default(),
    };
    people.invitation_make(ids[1], b"code", &act).await.unwrap();
    let tries = (0..8).map(|n| {
        let people = people.clone();
        tokio::spawn(async move {
            people
                .invitation_use("taihe", b"code", &format!("hash {n}"), now)
                .await
                .unwrap()
        })
    });
    let mut used = 0;
    for one in tries.collect::<Vec<_>>() {
        used += usize::from(one.await.unwrap());
    }
    assert_eq!(used, 1);
    // Many invitations at once leave one that is good.
    let makes = (0..8).map(|n: u8| {
        let (people, act) = (people.clone(), act.clone());
        let account = ids[1];
        tokio::spawn(async move { people.invitation_make(account, &[n], &act).await.is_ok() })
    });
    for one in makes.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    assert_eq!(
        fixture
            .count("SELECT count(*) FROM invitations WHERE ended_at IS NULL")
            .await,
        1
    );
    // The tables keep it: another county, another time, a changed digest.
    assert!(people.invitation_find("other", &[7], now).await.unwrap().is_none());
    let over = now + TimeDelta::days(7);
    for n in 0..8_u8 {
        assert!(people.invitation_find("taihe", &[n], over).await.unwrap().is_none());
    }
    for sql in [
        "UPDATE invitations SET expires_at = expires_at + interval '1 day'",
        "UPDATE invitations SET ended_at = NULL, ended_how = NULL WHERE ended_at IS NOT NULL",
        "UPDATE invitations SET digest = '\\x00' WHERE ended_at IS NULL",
        "INSERT INTO invitations (account_id, digest, made_at, expires_at) SELECT id, '\\x11', now(), now() + interval '8 days' FROM accounts LIMIT 1",
    ] {
        assert!(sqlx::raw_sql(sql).execute(&fixture.db).await.is_err(), "{sql}");
    }
}
