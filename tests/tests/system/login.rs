//! Logging in: strangers who guess delay nobody at a browser of their own, a login has one spelling, and no login leads away.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use reqwest::{Client, Response, redirect::Policy};
use serde_json::json;
use tests::{Options, Sample, Servers, System, officers::Accounts};

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

/// What a try costs, stretched to an hour: a slow machine must not wait one out by being slow.
async fn stretch(system: &System) {
    let sql =
        "UPDATE login_tries SET empty_at = now() + interval '10 hours' WHERE empty_at > now() + interval '2 minutes'";
    sqlx::query(sql).execute(&system.db).await.unwrap();
}

async fn forget(system: &System) {
    sqlx::query("DELETE FROM login_tries")
        .execute(&system.db)
        .await
        .unwrap();
}

/// Several wrong passwords: as many as come in at once.
async fn guess(visitor: &mut Visitor, login: &str) {
    for _ in 0..4 {
        assert_eq!(visitor.try_login(login, "guess", "").await.status(), 401);
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
    guess(&mut stranger, login).await;
    stretch(&system).await;
    let refused = stranger.try_login(login, "guess", "").await;
    assert_eq!(refused.status(), 429);
    let retry: i64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(
        retry >= 1 && refused.text().await.unwrap().contains("失败次数过多"),
        "{retry}"
    );
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

    // A known browser has its own count, which is nobody else's.
    forget(&system).await;
    own.forget_session();
    for _ in 0..4 {
        assert_eq!(own.try_login(login, "typo", "").await.status(), 401);
    }
    let sql = "UPDATE login_tries SET empty_at = now() + interval '10 hours'";
    sqlx::query(sql).execute(&system.db).await.unwrap();
    assert_eq!(own.try_login(login, password, "").await.status(), 429);
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
        guess(&mut stranger, login).await;
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

/// Whoever comes through a proxy of ours, from this address.
async fn from(system: &System, address: &str, login: &str, password: &str) -> u16 {
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    let sent = http
        .post(format!("{}/login", system.internal_url))
        .header("x-forwarded-for", address);
    let answer = sent
        .form(&[("login", login), ("password", password)])
        .send()
        .await
        .unwrap();
    answer.status().as_u16()
}

#[tokio::test]
async fn guesses_from_elsewhere_keep_no_officer_with_a_new_browser_out() {
    let options = Options {
        env: vec![("SHOUWANG_TRUST_FORWARDED".into(), "true".into())],
        ..Options::default()
    };
    let system = System::start_on(&Servers::shared(), options).await;
    let accounts = Accounts::make(&system).await;
    let (login, password) = accounts.of("member");
    assert_eq!(
        from(&system, "10.1.0.9", login, password).await,
        303,
        "the station's address is known"
    );
    // Known and unknown logins are answered alike, from the first try to the refusal.
    for name in [login, "nobody.here"] {
        for n in 0..4 {
            assert_eq!(from(&system, "6.6.6.6", name, "guess").await, 401, "{name} {n}");
        }
        stretch(&system).await;
        assert_eq!(from(&system, "6.6.6.6", name, "guess").await, 429, "{name}");
    }
    assert_eq!(
        from(&system, "10.1.0.8", login, password).await,
        303,
        "a new browser elsewhere"
    );
    // One wrong password every five minutes, all day long.
    for _ in 0..10 {
        sqlx::query("UPDATE login_tries SET empty_at = empty_at - interval '5 minutes' WHERE empty_at < now() + interval '1 hour'")
            .execute(&system.db)
            .await
            .unwrap();
        assert_eq!(from(&system, "6.6.6.7", login, "guess").await, 401);
    }
    assert_eq!(
        from(&system, "6.6.6.7", login, password).await,
        303,
        "even at the stranger's own address"
    );
    // Very many addresses: a brake for new ones, and none where the account is known.
    let mut refused = 0;
    for n in 0..70 {
        refused += usize::from(from(&system, &format!("7.7.{n}.7"), login, "guess").await == 429);
    }
    assert!(refused >= 5, "{refused} were braked");
    assert_eq!(
        from(&system, "10.1.0.9", login, password).await,
        303,
        "the station's address is known"
    );
    // One address that tries many names.
    let mut refused = 0;
    for n in 0..40 {
        refused += usize::from(from(&system, "8.8.8.8", &format!("name{n}"), "guess").await == 429);
    }
    assert!(refused >= 5, "{refused} were refused");
    let names = system
        .count("SELECT count(*) FROM login_tries WHERE encode(key, 'escape') LIKE '%name%'")
        .await;
    assert_eq!(names, 0, "what was typed is stored nowhere");
}

#[tokio::test]
async fn two_hundred_guesses_at_once_are_not_all_compared() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (login, password) = accounts.of("member");
    let guesses = (0..200).map(|n| {
        let (url, login) = (format!("{}/api/v1/session", system.internal_url), login.to_owned());
        // The right one is among the last to be sent.
        let guess = if n == 190 {
            password.to_owned()
        } else {
            format!("guess {n}")
        };
        let http = system.http.clone();
        tokio::spawn(async move {
            let answer = http
                .post(url)
                .json(&json!({"login": login, "password": guess}))
                .send()
                .await
                .unwrap();
            (answer.status().as_u16(), answer.headers().contains_key("retry-after"))
        })
    });
    let guesses: Vec<_> = guesses.collect();
    let mut seen = Vec::new();
    for guess in guesses {
        seen.push(guess.await.unwrap());
    }
    let compared = seen.iter().filter(|(status, _)| *status != 429).count();
    assert!(compared <= 6, "{compared} were compared");
    assert!(seen.iter().all(|(status, retry)| *status != 429 || *retry));
}

#[tokio::test]
async fn a_flood_of_made_up_names_takes_little_memory_and_no_time_of_reporters() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let mut own = Visitor::new(&system);
    let (login, password) = accounts.of("member");
    assert_eq!(own.try_login(login, password, "").await.status(), 303);
    let flood: Vec<_> = (0..500)
        .map(|n| {
            let (url, http) = (format!("{}/login", system.internal_url), system.http.clone());
            tokio::spawn(async move {
                let form = [("login", format!("made.up.{n}")), ("password", "guess".to_owned())];
                let sent = http.post(url).form(&form).send().await;
                // The listener has a limit of its own for one address, and hangs up on the rest.
                sent.map_or(0, |answer| answer.status().as_u16())
            })
        })
        .collect();
    let began = std::time::Instant::now();
    system.file(Sample::BruisesAtSchool.body()).await;
    let took = began.elapsed();
    for try_ in flood {
        let status = try_.await.unwrap();
        assert!([0, 401, 429, 503].contains(&status), "{status}");
    }
    own.forget_session();
    assert_eq!(
        own.try_login(login, password, "").await.status(),
        303,
        "an officer comes in"
    );
    assert!(took.as_secs() < 5, "a report took {took:?}");
    let status = std::fs::read_to_string(format!("/proc/{}/status", system.intake.pid().unwrap())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak_kb: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak_kb < 600 * 1024, "{peak_kb} kB at the most");
}

#[tokio::test]
async fn a_demos_passwords_open_nothing_where_this_is_no_demo() {
    let mut system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (login, password) = accounts.of("office");
    let mut visitor = Visitor::new(&system);
    assert_eq!(visitor.try_login(login, password, "").await.status(), 303);
    let cookies = visitor.cookies.join("; ");
    let desk = async |system: &System| {
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        let asked = http
            .get(format!("{}/board", system.internal_url))
            .header("cookie", &cookies);
        asked.send().await.unwrap().status().as_u16()
    };
    assert_eq!(desk(&system).await, 200);
    // The same database under services that were not started as a demo: restored, say.
    system.intake.stop().await;
    system.intake.set("SHOUWANG_DEMO_FILE", "");
    system.intake.spawn();
    system.intake.ready().await;
    assert_eq!(desk(&system).await, 303, "sessions end with the demo");
    assert_eq!(visitor.try_login(login, password, "").await.status(), 401);
    let answer = system
        .http
        .post(format!("{}/api/v1/session", system.internal_url))
        .json(&json!({"login": login, "password": password}))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
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
    // A NUL is left out of every field before anything reads it.
    for typed in [good, "/tickets/5\u{0}?done=sign"] {
        let answer = Visitor::new(&system).try_login(login, password, typed).await;
        assert_eq!(answer.headers()["location"], good, "{typed:?}");
    }
}
