//! Sessions: their end by themselves, by their owner, by an administrator, by the next person at a shared PC; cookies and headers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use reqwest::{Client, redirect::Policy};
use tests::{Options, Servers, System, eventually, officers::Accounts};

fn client() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

#[tokio::test]
async fn idle_ends_a_session_and_what_a_page_asks_by_itself_is_idle() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let member = accounts.browser(&system, "member").await;
    let ago = async |minutes: i32| {
        sqlx::query("UPDATE sessions SET used_at = now() - make_interval(mins => $1)")
            .bind(minutes)
            .execute(&system.db)
            .await
            .unwrap();
    };
    let idle = async || -> i64 {
        system
            .count("SELECT count(*) FROM sessions WHERE used_at < now() - interval '20 minutes'")
            .await
    };
    let ask = async |path: &str, header: (&str, &str)| {
        let sent = client()
            .get(format!("{}{path}", system.internal_url))
            .header("cookie", member.cookie());
        let answer = sent.header(header.0, header.1).send().await.unwrap();
        (answer.status().as_u16(), answer.headers().contains_key("set-cookie"))
    };
    ago(29).await;
    for path in ["/desk", "/robots.txt", "/favicon.ico"] {
        assert_eq!(ask(path, ("hx-request", "true")).await, (200, false), "{path}");
    }
    assert_eq!(idle().await, 1, "polling keeps nothing alive");
    assert_eq!(ask("/desk", ("accept", "*/*")).await.0, 200);
    eventually("a person's act is noted", Duration::from_secs(10), async || {
        (idle().await == 0).then_some(())
    })
    .await;
    ago(31).await;
    assert_eq!(
        ask("/desk", ("accept", "*/*")).await.0,
        303,
        "half an hour without an act"
    );
    ago(0).await;
    assert_eq!(ask("/desk", ("accept", "*/*")).await.0, 200);
    sqlx::query("UPDATE sessions SET expires_at = now()")
        .execute(&system.db)
        .await
        .unwrap();
    assert_eq!(
        ask("/desk", ("accept", "*/*")).await.0,
        303,
        "the end that nothing postpones"
    );
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (here, there) = (
        accounts.browser(&system, "member").await,
        accounts.browser(&system, "member").await,
    );
    let third = accounts.browser(&system, "member").await;
    let page = here.get("/sessions").await;
    assert_eq!(page.text.matches("127.0.0.1").count(), 3, "{}", page.text);
    assert_eq!(
        page.text.matches("name=\"session\"").count(),
        2,
        "this one is ended by signing out"
    );
    let csrf = page.hidden("csrf");
    let one = page.hidden("session");
    let ended = here.post("/sessions/end", &[("csrf", &csrf), ("session", &one)]).await;
    assert!(ended.status == 200 && ended.text.contains("已结束 1 个登录"));
    let alive = [
        there.get("/desk").await.status.as_u16(),
        third.get("/desk").await.status.as_u16(),
    ];
    assert_eq!(alive.iter().filter(|status| **status == 200).count(), 1, "{alive:?}");
    here.post("/sessions/end-others", &[("csrf", &csrf)]).await;
    assert_eq!(
        (there.get("/desk").await.status, third.get("/desk").await.status),
        (303.try_into().unwrap(), 303.try_into().unwrap())
    );
    assert_eq!(here.get("/desk").await.status, 200);
    // Nobody ends a session of somebody else's.
    let leader = accounts.browser(&system, "leader").await;
    let mine: String = sqlx::query_scalar("SELECT id::text FROM sessions WHERE ended_at IS NULL AND account_id = (SELECT id FROM accounts WHERE login = 'demo-member')")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let leader_csrf = leader.get("/sessions").await.hidden("csrf");
    leader
        .post("/sessions/end", &[("csrf", &leader_csrf), ("session", &mine)])
        .await;
    assert_eq!(here.get("/desk").await.status, 200);
    // An administrator ends all of an account; its owner is told.
    let admin = accounts.browser(&system, "admin").await;
    let csrf = admin.get("/people").await.hidden("csrf");
    let id: i64 = sqlx::query_scalar("SELECT id FROM accounts WHERE login = 'demo-member'")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let done = admin
        .post(&format!("/people/{id}/sessions-end"), &[("csrf", &csrf)])
        .await;
    assert_eq!(done.status, 303);
    assert_eq!(here.get("/desk").await.status, 303);
    let again = accounts.browser(&system, "member").await;
    assert!(again.get("/sessions").await.text.contains("结束登录"));
    let out = system
        .intake_cli(&["people", "sessions-end", "--login", "demo-member"])
        .await;
    assert!(
        out.code == 0 && out.stdout.contains("ended: 1"),
        "{} {}",
        out.stdout,
        out.stderr
    );
    assert_eq!(again.get("/desk").await.status, 303);
    let acts = system
        .count("SELECT count(*) FROM account_acts WHERE act = 'sessions-ended'")
        .await;
    assert_eq!(acts, 4);
}

#[tokio::test]
async fn the_next_person_in_a_browser_ends_what_the_first_left_open() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (member, password) = accounts.of("member");
    let (leader, leaders) = accounts.of("leader");
    let login = async |who: &str, password: &str, cookie: &str| {
        let form = [("login", who), ("password", password)];
        let sent = client()
            .post(format!("{}/login", system.internal_url))
            .header("cookie", cookie)
            .form(&form);
        let answer = sent.send().await.unwrap();
        assert_eq!(answer.status(), 303);
        let cookies = answer.headers().get_all("set-cookie").iter();
        cookies
            .map(|c| c.to_str().unwrap().split(';').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let open = async |login: &str| -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE a.login = $1 AND ended_at IS NULL")
            .bind(login)
            .fetch_one(&system.db)
            .await
            .unwrap()
    };
    let first = login(member, password, "").await;
    let browser = first.iter().find(|c| c.starts_with("sw_device=")).unwrap().clone();
    // The session's cookie is gone, the session itself is not.
    login(leader, leaders, &browser).await;
    assert_eq!((open(member).await, open(leader).await), (0, 1));
    // Elsewhere it goes on.
    login(member, password, "").await;
    login(leader, leaders, &browser).await;
    assert_eq!(open(member).await, 1);
}

#[tokio::test]
async fn no_answer_is_kept_and_no_other_site_logs_anybody_in() {
    let options = Options {
        env: vec![("INTERNAL_URL".into(), "https://shouwang.example".into())],
        ..Options::default()
    };
    let system = System::start_on(&Servers::shared(), options).await;
    let accounts = Accounts::make(&system).await;
    let (login, password) = accounts.of("member");
    let form = [("login", login), ("password", password)];
    let post = async |headers: &[(&str, &str)]| {
        let mut sent = client().post(format!("{}/login", system.internal_url)).form(&form);
        for (name, value) in headers {
            sent = sent.header(*name, *value);
        }
        sent.send().await.unwrap()
    };
    for foreign in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://shouwang.example.evil.example"),
    ] {
        let answer = post(&[foreign]).await;
        assert_eq!(answer.status(), 403, "{foreign:?}");
        assert!(!answer.headers().contains_key("set-cookie"), "{foreign:?}");
    }
    let ours = post(&[
        ("origin", "https://shouwang.example"),
        ("sec-fetch-site", "same-origin"),
    ])
    .await;
    assert_eq!(ours.status(), 303);
    assert_eq!(
        post(&[("origin", "https://shouwang.example")]).await.status(),
        303,
        "without the newer header"
    );
    let cookies: Vec<&str> = ours
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|c| c.to_str().unwrap())
        .collect();
    for name in ["__Host-sw_session=", "__Host-sw_device="] {
        let cookie = cookies
            .iter()
            .find(|c| c.starts_with(name))
            .unwrap_or_else(|| panic!("{cookies:?}"));
        for part in ["; Path=/;", "; HttpOnly", "; SameSite=", "; Secure"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"));
    }
    let session = cookies.iter().find(|c| c.starts_with("__Host-sw_session=")).unwrap();
    let session = session.split(';').next().unwrap();
    let bare = session.replace("__Host-", "");
    for (method, path, cookie, status) in [
        ("GET", "/desk", session, 200),
        ("GET", "/desk", bare.as_str(), 303),
        ("GET", "/login", "", 200),
        ("GET", "/", "", 303),
        ("GET", "/people", session, 404),
        ("GET", "/nowhere", "", 404),
        ("DELETE", "/desk", session, 404),
        ("PUT", "/login", "", 404),
        ("GET", "/api/v1/tickets", "", 401),
        ("GET", "/api/v1/nowhere", "", 404),
        ("POST", "/logout", session, 403),
        ("GET", "/tickets/1", session, 404),
        ("GET", "/leave", "", 303),
    ] {
        let sent = client().request(method.parse().unwrap(), format!("{}{path}", system.internal_url));
        let answer = sent.header("cookie", cookie).send().await.unwrap();
        let kept = answer
            .headers()
            .get("cache-control")
            .map(|v| v.to_str().unwrap().to_owned());
        assert_eq!(kept.as_deref(), Some("no-store"), "{method} {path}");
        assert!(
            answer.headers().contains_key("content-security-policy"),
            "{method} {path}"
        );
        if path != "/leave" && method == "GET" {
            assert_eq!(answer.status(), status, "{method} {path}");
        }
    }
}

/// Pairs of a known and an unknown login, in turn: which of the two takes longer must be a matter of chance. Bounded here;
/// `SHOUWANG_TIMING_PAIRS=2000` for a long run.
#[tokio::test]
async fn known_and_unknown_logins_take_the_same_time() {
    let pairs: u32 = std::env::var("SHOUWANG_TIMING_PAIRS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(60);
    let options = Options {
        env: vec![("SHOUWANG_TRUST_FORWARDED".into(), "true".into())],
        ..Options::default()
    };
    let system = System::start_on(&Servers::shared(), options).await;
    let accounts = Accounts::make(&system).await;
    let (known, _) = accounts.of("member");
    let http = client();
    let time = async |login: &str, n: u32| {
        let from = format!("10.{}.{}.{}", n >> 16, (n >> 8) & 255, n & 255);
        let form = [("login", login), ("password", "a wrong password")];
        let begun = Instant::now();
        let answer = http
            .post(format!("{}/login", system.internal_url))
            .header("x-forwarded-for", from)
            .form(&form);
        let answer = answer.send().await.unwrap();
        let (status, took) = (answer.status(), begun.elapsed());
        assert_eq!(status, 401);
        (answer.text().await.unwrap().replace(login, "LOGIN"), took)
    };
    let (mut slower, mut known_ms, mut unknown_ms) = (0_u32, Vec::new(), Vec::new());
    for n in 0..pairs {
        if n % 20 == 0 {
            sqlx::query("DELETE FROM login_tries")
                .execute(&system.db)
                .await
                .unwrap();
        }
        let stranger = format!("nobody.{n}");
        // Who comes first changes, or a warm cache would tell.
        let (one, other) = if n % 2 == 0 {
            let one = time(known, 2 * n).await;
            (one, time(&stranger, 2 * n + 1).await)
        } else {
            let other = time(&stranger, 2 * n).await;
            (time(known, 2 * n + 1).await, other)
        };
        assert_eq!(one.0, other.0, "the same answer");
        slower += u32::from(one.1 > other.1);
        known_ms.push(one.1.as_secs_f64() * 1000.0);
        unknown_ms.push(other.1.as_secs_f64() * 1000.0);
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    println!(
        "login-timing pairs={pairs} known_slower={slower} known_ms={:.2} unknown_ms={:.2}",
        median(&mut known_ms),
        median(&mut unknown_ms)
    );
    // Four standard deviations of a fair coin.
    let off = (f64::from(slower) - f64::from(pairs) / 2.0).abs();
    assert!(
        off < 2.0 * f64::from(pairs).sqrt(),
        "known logins were slower in {slower} of {pairs} pairs"
    );
}
