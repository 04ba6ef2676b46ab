//! Accounts: first passwords, growing delays, ended sessions, and that nobody locks the county out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use reqwest::StatusCode;
use tests::{
    System,
    officers::{Accounts, Browser, Page},
};

/// The fresh password on the page that shows it.
fn fresh(page: &Page, login: &str) -> String {
    let (_, rest) = page
        .text
        .split_once(&format!("<code>{login}</code> <code>"))
        .expect("a fresh password");
    rest.split_once('<').unwrap().0.to_owned()
}

async fn try_login(system: &System, login: &str, password: &str) -> StatusCode {
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    http.post(format!("{}/login", system.internal_url))
        .form(&[("login", login), ("password", password)])
        .send()
        .await
        .unwrap()
        .status()
}

async fn id(system: &System, login: &str) -> i64 {
    sqlx::query_scalar("SELECT id FROM accounts WHERE login = $1")
        .bind(login)
        .fetch_one(&system.db)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_account_from_first_password_to_disabled() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let csrf = admin.get("/people").await.hidden("csrf");
    let new = [
        ("csrf", csrf.as_str()),
        ("login", "zhang.san"),
        ("name", "张三"),
        ("phone", "0558-1"),
        ("unit", "ca"),
        ("role", "member"),
    ];
    let made = admin.post("/people", &new).await;
    assert_eq!(made.status, 201);
    let first = fresh(&made, "zhang.san");
    assert!(!admin.get("/people").await.text.contains(&first), "shown once");
    assert_eq!(admin.post("/people", &new).await.status, 409, "a login is taken once");

    let own = Browser::login(&system, "zhang.san", &first).await;
    let other = Browser::login(&system, "zhang.san", &first).await;
    assert_eq!(
        own.get("/desk").await.location.as_deref(),
        Some("/password"),
        "another person's password opens one page"
    );
    let csrf_own = own.get("/password").await.hidden("csrf");
    let change = async |old: &str, new: &str, again: &str| {
        own.post(
            "/password",
            &[("csrf", &csrf_own), ("old", old), ("new", new), ("again", again)],
        )
        .await
    };
    assert_eq!(
        change("wrong", "一个够长的新密码吧", "一个够长的新密码吧").await.status,
        422
    );
    assert_eq!(
        change(&first, "一个够长的新密码吧好", "另一个够长的新密码")
            .await
            .status,
        422
    );
    assert_eq!(change(&first, "短", "短").await.status, 422);
    assert_eq!(change(&first, &first, &first).await.status, 422);
    assert_eq!(
        change(&first, "一个够长的新密码吧好", "一个够长的新密码吧好")
            .await
            .status,
        200
    );
    assert_eq!(own.get("/desk").await.status, 200, "this session goes on");
    assert_eq!(other.get("/desk").await.status, 303, "the others have ended");
    assert_eq!(try_login(&system, "zhang.san", &first).await, StatusCode::UNAUTHORIZED);

    let csrf_own = own.get("/desk").await.hidden("csrf");
    let second = Browser::login(&system, "zhang.san", "一个够长的新密码吧好").await;
    own.post("/logout-everywhere", &[("csrf", &csrf_own)]).await;
    assert_eq!(second.get("/desk").await.status, 303, "logout everywhere");

    let third = Browser::login(&system, "zhang.san", "一个够长的新密码吧好").await;
    let path = format!("/people/{}", id(&system, "zhang.san").await);
    assert_eq!(
        admin.post(&format!("{path}/disable"), &[("csrf", &csrf)]).await.status,
        200
    );
    assert_eq!(third.get("/desk").await.status, 303, "disabling ends sessions at once");
    assert_eq!(
        try_login(&system, "zhang.san", "一个够长的新密码吧好").await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        admin.post(&format!("{path}/enable"), &[("csrf", &csrf)]).await.status,
        200
    );
    let reset = admin.post(&format!("{path}/reset"), &[("csrf", &csrf)]).await;
    Browser::login(&system, "zhang.san", &fresh(&reset, "zhang.san")).await;
}

#[tokio::test]
async fn nobody_locks_the_county_out() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let csrf = admin.get("/people").await.hidden("csrf");
    let me = id(&system, "demo-admin").await;
    let refused = admin.post(&format!("/people/{me}/disable"), &[("csrf", &csrf)]).await;
    assert_eq!(refused.status, 409);
    let ended = admin
        .post(
            &format!("/people/{me}/end"),
            &[("csrf", &csrf), ("unit", "office"), ("role", "admin")],
        )
        .await;
    assert_eq!(ended.status, 409, "nor their own role");
    assert_eq!(admin.get("/people").await.status, 200);
    assert_eq!(
        accounts.browser(&system, "office").await.get("/people").await.status,
        403
    );
}

#[tokio::test]
async fn failures_make_the_next_attempt_wait() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (login, password) = accounts.of("member");
    for _ in 0..4 {
        assert_eq!(try_login(&system, login, "no").await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(
        try_login(&system, login, password).await,
        StatusCode::TOO_MANY_REQUESTS,
        "a right password waits too"
    );
    sqlx::query("UPDATE accounts SET retry_at = NULL WHERE login = $1")
        .bind(login)
        .execute(&system.db)
        .await
        .unwrap();
    assert_eq!(try_login(&system, login, password).await, StatusCode::SEE_OTHER);
}
