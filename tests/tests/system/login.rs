//! Logging in: strangers who guess delay nobody at a browser of their own, a login has one spelling, and no login leads away.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use reqwest::{Client, Response, redirect::Policy};
use serde_json::json;
use tests::{System, officers::Accounts};

/// A browser that keeps what it is given.
struct Visitor {
    http: Client,
    cookies: Vec<String>,
    base: String,
}

impl Visitor {
    fn new(system: &System) -> Self {
        Self {
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
            cookies: Vec::new(),
            base: system.internal_url.clone(),
        }
    }

    async fn try_login(&mut self, login: &str, password: &str, next: &str) -> Response {
        let answer = self
            .http
            .post(format!("{}/login", self.base))
            .header("cookie", self.cookies.join("; "))
            .form(&[("login", login), ("password", password), ("next", next)])
            .send()
            .await
            .unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
            let name = pair.split('=').next().unwrap().to_owned();
            self.cookies.retain(|known| !known.starts_with(&format!("{name}=")));
            self.cookies.push(pair);
        }
        answer
    }

    /// The browser is closed over night: the session is gone, the browser is still known.
    fn forget_session(&mut self) {
        self.cookies.retain(|cookie| !cookie.starts_with("sw_session="));
    }
}

/// The delays that were set last for an hour: a slow machine must not wait one out by being slow.
async fn stretch(system: &System) {
    for table in ["accounts", "login_devices"] {
        let sql = format!(
            "UPDATE {table} SET retry_at = now() + interval '1 hour' WHERE retry_at IS NOT NULL AND failures > 3"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&system.db).await.unwrap();
    }
}

#[tokio::test]
async fn a_strangers_tries_do_not_delay_a_known_browser() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (login, password) = accounts.of("member");
    let mut own = Visitor::new(&system);
    assert_eq!(own.try_login(login, password, "/desk").await.status(), 303);
    own.forget_session();
    assert!(
        own.cookies.iter().any(|c| c.starts_with("sw_device=")),
        "{:?}",
        own.cookies
    );

    let mut stranger = Visitor::new(&system);
    for _ in 0..4 {
        assert_eq!(stranger.try_login(login, "guess", "").await.status(), 401);
    }
    stretch(&system).await;
    assert_eq!(stranger.try_login(login, "guess", "").await.status(), 429);
    assert_eq!(
        stranger.try_login(login, password, "").await.status(),
        429,
        "a right guess waits too"
    );
    assert_eq!(
        own.try_login(login, password, "/desk").await.status(),
        303,
        "the officer comes in"
    );

    // What the officer does does not give the stranger new tries.
    assert_eq!(stranger.try_login(login, "guess", "").await.status(), 429);

    // A known browser has its own delay, which is nobody else's.
    own.forget_session();
    for _ in 0..4 {
        assert_eq!(own.try_login(login, "typo", "").await.status(), 401);
    }
    stretch(&system).await;
    assert_eq!(own.try_login(login, password, "").await.status(), 429);
    sqlx::query("UPDATE accounts SET retry_at = NULL, failures = 0 WHERE login = $1")
        .bind(login)
        .execute(&system.db)
        .await
        .unwrap();
    assert_eq!(Visitor::new(&system).try_login(login, password, "").await.status(), 303);
}

#[tokio::test]
async fn a_browser_is_known_to_those_who_logged_in_there_and_a_made_up_cookie_is_none() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (member, password) = accounts.of("member");
    let (leader, leaders) = accounts.of("leader");
    let mut shared = Visitor::new(&system);
    assert_eq!(shared.try_login(member, password, "").await.status(), 303);
    shared.forget_session();
    assert_eq!(shared.try_login(leader, leaders, "").await.status(), 303);
    shared.forget_session();
    let mut stranger = Visitor::new(&system);
    for login in [member, leader] {
        for _ in 0..4 {
            stranger.try_login(login, "guess", "").await;
        }
        stretch(&system).await;
        assert_eq!(stranger.try_login(login, "guess", "").await.status(), 429);
    }
    assert_eq!(
        shared.try_login(member, password, "").await.status(),
        303,
        "a shared PC is known to both"
    );
    shared.forget_session();
    assert_eq!(shared.try_login(leader, leaders, "").await.status(), 303);

    let forged = "sw_device=eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.".to_owned();
    stranger.cookies = vec![forged];
    assert_eq!(stranger.try_login(member, password, "").await.status(), 429);
    // The cookie of a browser opens nothing.
    let device = shared.cookies.iter().find(|c| c.starts_with("sw_device=")).unwrap();
    let token = device.trim_start_matches("sw_device=");
    let page = system
        .http
        .get(format!("{}/desk", system.internal_url))
        .header("cookie", format!("sw_session={token}"))
        .send()
        .await
        .unwrap();
    assert_eq!(page.url().path(), "/login");
}

#[tokio::test]
async fn a_login_has_one_spelling() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (login, password) = accounts.of("member");
    for typed in [
        login.to_uppercase(),
        format!("  {login}　"),
        "ｄｅｍｏ－ｍｅｍｂｅｒ".to_owned(),
        "Ｄｅｍｏ-Member".to_owned(),
    ] {
        assert_eq!(
            Visitor::new(&system).try_login(&typed, password, "").await.status(),
            303,
            "{typed}"
        );
        let answer = system
            .http
            .post(format!("{}/api/v1/session", system.internal_url))
            .json(&json!({"login": typed, "password": password}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 201, "{typed}");
    }
    let out = system
        .intake_cli(&["people", "admin", "--login", "ＺＨＡＯ.Si", "--name", "赵四、钱五"])
        .await;
    assert!(
        out.code == 0 && out.stdout.contains("account zhao.si,"),
        "{} {}",
        out.stdout,
        out.stderr
    );
    let again = system
        .intake_cli(&["people", "admin", "--login", "Zhao.si", "--name", "赵四"])
        .await;
    assert_ne!(again.code, 0, "the same login");
}

#[tokio::test]
async fn no_login_leads_away_and_nothing_breaks_it() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (login, password) = accounts.of("member");
    for bad in [
        "/\t/evil.example",
        "/%09/evil.example",
        "/%0b/",
        "/\u{b}/",
        "/\u{c}//evil.example",
        "//evil.example",
        "/\\evil.example",
        "/%5C/evil.example",
        "https://evil.example",
        "/desk\r\nSet-Cookie: x=y",
        "/desk%0d%0aSet-Cookie:%20x=y",
        "/desk?x=\u{0}",
        "/工单",
        "\u{7f}",
        "/.//evil.example",
    ] {
        let answer = Visitor::new(&system).try_login(login, password, bad).await;
        assert_eq!(answer.status(), 303, "{bad:?}");
        assert_eq!(answer.headers()["location"], "/", "{bad:?}");
        let next: String = bad.bytes().map(|b| format!("%{b:02X}")).collect();
        let address = format!("{}/login?next={next}", system.internal_url);
        let page = system.http.get(address).send().await.unwrap();
        assert_eq!(page.status(), 200, "{bad:?}");
        assert!(
            page.text().await.unwrap().contains("name=\"next\" value=\"/\""),
            "{bad:?}"
        );
    }
    for raw in ["/%0b/", "/%09/evil.example", "/%00", "/%ff"] {
        let answer = system
            .http
            .get(format!("{}{raw}", system.internal_url))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 404, "{raw}");
    }
    let good = "/tickets/5?done=sign";
    let answer = Visitor::new(&system).try_login(login, password, good).await;
    assert_eq!(answer.headers()["location"], good);
}
