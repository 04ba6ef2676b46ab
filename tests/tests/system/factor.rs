//! The second factor: who must have it, set-up, codes, recovery codes, and its reset by two people.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use reqwest::{Client, redirect::Policy};
use serde_json::json;
use tests::{
    Options, Servers, System,
    officers::{Accounts, Browser, Page},
};
use totp_rs::{Builder, Secret, Totp};

fn options(env: &[(&str, &str)]) -> Options {
    Options {
        env: env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        ..Options::default()
    }
}

/// The telephone that has scanned this page.
fn telephone(page: &Page) -> Totp {
    let (_, rest) = page.text.split_once("class=\"letters\">").expect("a secret to type in");
    let letters = rest.split('<').next().unwrap().replace(' ', "");
    Builder::new()
        .with_secret(Secret::try_from_base32(letters).unwrap())
        .build()
        .unwrap()
}

/// The code of now, and of so many steps later.
fn code(telephone: &Totp, later: i64) -> String {
    let at = platform::clock::now().timestamp() + 30 * later;
    telephone.generate(u64::try_from(at).unwrap()).to_string()
}

fn recovery(page: &Page) -> Vec<String> {
    let items = page.text.split("<li><code>").skip(1);
    items.map(|item| item.split('<').next().unwrap().to_owned()).collect()
}

/// Sets a factor up on the page; gives the telephone and the recovery codes.
pub(crate) async fn set_up(browser: &Browser) -> (Totp, Vec<String>) {
    let page = browser.get("/factor").await;
    let (phone, csrf, slip) = (telephone(&page), page.hidden("csrf"), page.hidden("slip"));
    let done = browser
        .post(
            "/factor",
            &[("csrf", &csrf), ("slip", &slip), ("code", &code(&phone, 0))],
        )
        .await;
    assert_eq!(done.status, 200, "{}", done.text);
    (phone, recovery(&done))
}

struct Step {
    status: u16,
    text: String,
    cookie: String,
    location: String,
}

async fn login(system: &System, fields: &[(&str, &str)], from: Option<&str>) -> Step {
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    let mut request = http.post(format!("{}/login", system.internal_url)).form(fields);
    if let Some(from) = from {
        request = request.header("x-forwarded-for", from);
    }
    let answer = request.send().await.unwrap();
    let header = |name: &str| {
        let value = answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        value.unwrap_or_default()
    };
    Step {
        status: answer.status().as_u16(),
        cookie: header("set-cookie").split(';').next().unwrap().to_owned(),
        location: header("location"),
        text: answer.text().await.unwrap(),
    }
}

async fn visit(system: &System, path: &str, cookie: &str, from: Option<&str>) -> (u16, String) {
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    let mut request = http
        .get(format!("{}{path}", system.internal_url))
        .header("cookie", cookie);
    if let Some(from) = from {
        request = request.header("x-forwarded-for", from);
    }
    let answer = request.send().await.unwrap();
    let location = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned());
    (answer.status().as_u16(), location.unwrap_or_default())
}

fn slip(step: &Step) -> String {
    let (_, rest) = step.text.split_once("name=\"slip\" value=\"").expect("a second step");
    rest.split('"').next().unwrap().to_owned()
}

async fn forget(system: &System) {
    sqlx::query("DELETE FROM login_tries")
        .execute(&system.db)
        .await
        .unwrap();
}

#[tokio::test]
async fn who_must_is_led_through_set_up_and_then_needs_codes() {
    let system = System::start_on(&Servers::shared(), options(&[("SHOUWANG_REQUIRE_TOTP", "always")])).await;
    let accounts = Accounts::make(&system).await;
    let (name, password) = accounts.of("leader");
    let leader = accounts.browser(&system, "leader").await;
    let before = accounts.browser(&system, "leader").await;
    assert_eq!(leader.get("/desk").await.location.as_deref(), Some("/factor"));
    let url = format!("{}/api/v1/session", system.internal_url);
    let api = async |body: serde_json::Value| {
        let answer = system.http.post(&url).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let bare = api(json!({"login": name, "password": password})).await;
    assert!(bare.0 == 403 && bare.1.contains("/factor"), "{bare:?}");
    let member = accounts.browser(&system, "member").await;
    assert_eq!(member.get("/desk").await.status, 200, "a member need not");

    // A wrong code changes nothing, and the picture stays the same.
    let page = leader.get("/factor").await;
    let (phone, csrf, sealed) = (telephone(&page), page.hidden("csrf"), page.hidden("slip"));
    assert!(page.text.contains("<svg class=\"qr\"") && page.text.contains("必须有第二重验证"));
    let wrong = leader
        .post("/factor", &[("csrf", &csrf), ("slip", &sealed), ("code", "000000")])
        .await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.hidden("slip"), sealed);
    // Somebody else's set-up is none.
    let other = member.get("/factor").await.hidden("csrf");
    let stolen = [("csrf", other.as_str()), ("slip", &sealed), ("code", &code(&phone, 0))];
    assert_eq!(member.post("/factor", &stolen).await.status, 422);
    let used = code(&phone, 0);
    let done = leader
        .post("/factor", &[("csrf", &csrf), ("slip", &sealed), ("code", &used)])
        .await;
    assert_eq!(done.status, 200, "{}", done.text);
    let codes = recovery(&done);
    assert_eq!(codes.len(), 10, "{}", done.text);
    assert_eq!(leader.get("/desk").await.status, 200);
    assert_eq!(before.get("/desk").await.status, 303, "sessions without it have ended");
    let again = leader.get("/factor").await;
    assert!(
        !again.text.contains("letters") && codes.iter().all(|code| !again.text.contains(code)),
        "shown once"
    );
    let csrf = again.hidden("csrf");
    let off = leader
        .post("/factor/off", &[("csrf", &csrf), ("code", &code(&phone, 1))])
        .await;
    assert_eq!(off.status, 409, "it is demanded");

    // Password first, then a code that was not used yet.
    let first = login(&system, &[("login", name), ("password", password)], None).await;
    assert!(first.status == 200 && first.cookie.is_empty(), "{}", first.text);
    let sealed = slip(&first);
    assert_eq!(
        login(&system, &[("slip", &sealed), ("code", &used)], None).await.status,
        401,
        "a code is taken once"
    );
    let next = code(&phone, 1);
    let open = login(&system, &[("slip", &sealed), ("code", &next), ("next", "/desk")], None).await;
    assert_eq!((open.status, open.location.as_str()), (303, "/desk"));
    assert_eq!(visit(&system, "/desk", &open.cookie, None).await.0, 200);
    assert_eq!(
        login(&system, &[("slip", &sealed), ("code", &next)], None).await.status,
        401
    );
    assert_eq!(
        login(&system, &[("slip", "00"), ("code", &next)], None).await.status,
        401,
        "no slip of ours"
    );

    // A recovery code, once, however it is written.
    forget(&system).await;
    let typed = codes[0].to_uppercase().replace('-', " ");
    assert_eq!(
        login(&system, &[("slip", &sealed), ("code", &typed)], None)
            .await
            .status,
        303
    );
    assert_eq!(
        login(&system, &[("slip", &sealed), ("code", &codes[0])], None)
            .await
            .status,
        401
    );
    let asked = api(json!({"login": name, "password": password})).await;
    assert!(asked.0 == 401 && asked.1.contains("code"), "{asked:?}");
    let given = api(json!({"login": name, "password": password, "code": codes[1]})).await;
    assert_eq!(given.0, 201, "{}", given.1);

    // Codes can't be tried out.
    forget(&system).await;
    let tried = async |n: usize| {
        login(&system, &[("slip", &sealed), ("code", &format!("{n:06}"))], None)
            .await
            .status
    };
    let mut refused = 0;
    for n in 0..8 {
        refused += usize::from(tried(n).await == 429);
    }
    assert!(refused >= 3, "{refused} were refused");
    forget(&system).await;
    // A changed password makes the step before it void.
    sqlx::query("UPDATE accounts SET password_hash = (SELECT password_hash FROM accounts WHERE login = 'demo-member') WHERE login = $1")
        .bind(name)
        .execute(&system.db)
        .await
        .unwrap();
    assert_eq!(
        login(&system, &[("slip", &sealed), ("code", &codes[2])], None)
            .await
            .status,
        401
    );
    let left = system
        .count("SELECT count(*) FROM recovery_codes WHERE used_at IS NULL")
        .await;
    assert_eq!(left, 8);
    let acts = system
        .count("SELECT count(*) FROM account_acts WHERE act IN ('factor-set', 'recovery-code-used')")
        .await;
    assert_eq!(acts, 3);
}

#[tokio::test]
async fn from_outside_it_is_demanded_and_inside_it_is_not() {
    let system = System::start_on(&Servers::shared(), options(&[("SHOUWANG_TRUST_FORWARDED", "true")])).await;
    let accounts = Accounts::make(&system).await;
    for who in ["office", "leader", "leading", "admin"] {
        let (name, password) = accounts.of(who);
        let fields = [("login", name), ("password", password)];
        let page = match who {
            "office" => "/board",
            "leader" => "/desk",
            "leading" => "/leading",
            _ => "/people",
        };
        let outside = login(&system, &fields, Some("8.8.8.8")).await;
        assert_eq!(outside.status, 303);
        let seen = visit(&system, page, &outside.cookie, Some("8.8.8.8")).await;
        assert_eq!(seen, (303, "/factor".to_owned()), "{who}");
        let inside = login(&system, &fields, Some("10.1.2.3")).await;
        assert_eq!(
            visit(&system, page, &inside.cookie, Some("10.1.2.3")).await.0,
            200,
            "{who}"
        );
        assert_eq!(
            visit(&system, page, &inside.cookie, Some("8.8.8.8")).await.1,
            "/factor",
            "{who} takes it home"
        );
    }
    drop(system);
    // A proxy that nobody told us of: nobody is inside.
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (name, password) = accounts.of("office");
    let there = login(&system, &[("login", name), ("password", password)], Some("10.0.0.1")).await;
    assert_eq!(
        visit(&system, "/board", &there.cookie, Some("10.0.0.1")).await.1,
        "/factor"
    );
    assert_eq!(visit(&system, "/board", &there.cookie, None).await.0, 200);
}

#[tokio::test]
async fn a_lost_factor_is_reset_by_two_people_and_its_owner_is_told() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let leader = accounts.browser(&system, "leader").await;
    set_up(&leader).await;
    let id: i64 = sqlx::query_scalar("SELECT id FROM accounts WHERE login = 'demo-leader'")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let (admin, office) = (
        accounts.browser(&system, "admin").await,
        accounts.browser(&system, "office").await,
    );
    let (csrf, office_csrf) = (
        admin.get("/people").await.hidden("csrf"),
        office.get("/board").await.hidden("csrf"),
    );
    let ask = format!("/people/{id}/factor-reset");
    assert_eq!(admin.post(&ask, &[("csrf", &csrf), ("reason", " ")]).await.status, 422);
    let asked = admin
        .post(&ask, &[("csrf", &csrf), ("reason", "手机丢失，当面看过身份证")])
        .await;
    assert_eq!(asked.status, 303);
    assert_eq!(
        admin
            .post(&ask, &[("csrf", &csrf), ("reason", "再来一次")])
            .await
            .status,
        422,
        "asked for already"
    );
    let reset: i64 = sqlx::query_scalar("SELECT id FROM factor_resets")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let confirm = format!("/factor-resets/{reset}/confirm");
    assert_eq!(
        admin.post(&confirm, &[("csrf", &csrf)]).await.status,
        409,
        "not by who asked"
    );
    let own = leader.get("/factor-resets").await;
    assert!(own.text.contains("需要另一个人确认"), "{}", own.text);
    let own_csrf = own.hidden("csrf");
    assert_eq!(
        leader.post(&confirm, &[("csrf", &own_csrf)]).await.status,
        409,
        "nor by whose it is"
    );
    let page = office.get("/factor-resets").await;
    assert!(page.text.contains("手机丢失，当面看过身份证") && page.text.contains("demo-leader"));
    let done = office.post(&confirm, &[("csrf", &office_csrf)]).await;
    assert!(done.status == 200 && done.text.contains("已重置"), "{}", done.text);
    assert_eq!(
        office.post(&confirm, &[("csrf", &office_csrf)]).await.status,
        404,
        "once"
    );
    assert_eq!(leader.get("/desk").await.status, 303, "sessions have ended");
    let (name, password) = accounts.of("leader");
    let back = login(
        &system,
        &[("login", name), ("password", password), ("next", "/desk")],
        None,
    )
    .await;
    assert_eq!(
        (back.status, back.location.as_str()),
        (303, "/sessions"),
        "the owner is told first"
    );
    let told = system
        .http
        .get(format!("{}/sessions", system.internal_url))
        .header("cookie", &back.cookie)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        told.contains("确认重置第二重验证") && told.contains("手机丢失，当面看过身份证"),
        "{told}"
    );
    let once = login(
        &system,
        &[("login", name), ("password", password), ("next", "/desk")],
        None,
    )
    .await;
    assert_eq!(once.location, "/desk", "and told once");
    let acts = system
        .count("SELECT count(*) FROM account_acts WHERE act LIKE 'factor-reset%' AND actor IS NOT NULL")
        .await;
    assert_eq!(acts, 2);
    // An emergency from the command line.
    let again = Browser::login(&system, name, password).await;
    set_up(&again).await;
    let out = system.intake_cli(&["people", "factor-off", "--login", name]).await;
    assert_eq!(out.code, 0, "{}", out.stderr);
    assert_eq!(
        system
            .count("SELECT count(*) FROM accounts WHERE factor IS NOT NULL")
            .await,
        0
    );
    assert_ne!(
        system.intake_cli(&["people", "factor-off", "--login", name]).await.code,
        0
    );
}

#[tokio::test]
async fn who_can_confirm_a_reset_is_told_and_it_lapses() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    let more = [
        ("member2", "pol-341222101", "member"),
        ("edu", "edu", "leader"),
        ("admin2", "office", "admin"),
    ];
    accounts.more(&system, &more).await;
    set_up(&accounts.browser(&system, "member2").await).await;
    system.quiet(std::time::Duration::from_secs(30)).await;
    let admin = accounts.browser(&system, "admin").await;
    let csrf = admin.get("/people").await.hidden("csrf");
    let id = system
        .count("SELECT id FROM accounts WHERE login = 'demo-member2'")
        .await;
    let fields = [("csrf", csrf.as_str()), ("reason", "手机丢失，当面看过身份证")];
    let before = system.mail.count();
    assert_eq!(
        admin.post(&format!("/people/{id}/factor-reset"), &fields).await.status,
        303
    );
    // A number where somebody can do something about it: the office, other administrators, the leader of the unit.
    let counted = async |who: &str| {
        let home = if ["office"].contains(&who) { "/board" } else { "/people" };
        let page = accounts.browser(&system, who).await.get(home).await.text;
        let (_, link) = page.split_once("href=\"/factor-resets\"").expect("a link");
        link.split("</a>").next().unwrap().contains("count")
    };
    for (who, expected) in [
        ("office", true),
        ("leader", true),
        ("admin2", true),
        ("admin", false),
        ("edu", false),
    ] {
        assert_eq!(counted(who).await, expected, "{who}");
    }
    // And a mail to the office and the unit, without the reason that somebody typed.
    system.quiet(std::time::Duration::from_secs(30)).await;
    let mails = system.mail.mails();
    let mut told: Vec<&str> = mails[before..].iter().map(|mail| mail.to.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, ["office@taihe.example", "pol-341222101@taihe.example"]);
    for mail in &mails[before..] {
        let text = mail.text();
        assert!(
            text.contains("第二重验证重置") && text.contains("处理时限") && text.contains("demo-member2"),
            "{text}"
        );
        assert!(!text.contains("手机丢失"), "{text}");
    }
    // It says until when, and nobody can confirm it afterwards.
    let office = accounts.browser(&system, "office").await;
    let page = office.get("/factor-resets").await;
    assert!(
        page.text.contains("3 天内没有确认的申请失效") && page.text.contains("前有效"),
        "{}",
        page.text
    );
    let span = "SELECT count(*) FROM factor_resets WHERE expires_at - asked_at = interval '3 days'";
    assert_eq!(system.count(span).await, 1);
    sqlx::query(
        "UPDATE factor_resets SET asked_at = asked_at - interval '3 days', expires_at = expires_at - interval '3 days'",
    )
    .execute(&system.db)
    .await
    .unwrap();
    let reset = system.count("SELECT id FROM factor_resets").await;
    let csrf = page.hidden("csrf");
    let late = office
        .post(&format!("/factor-resets/{reset}/confirm"), &[("csrf", &csrf)])
        .await;
    assert_eq!(late.status, 404);
    assert!(!counted("office").await && !office.get("/factor-resets").await.text.contains("demo-member2"));
    assert_eq!(
        system
            .count("SELECT count(*) FROM accounts WHERE factor IS NOT NULL")
            .await,
        1
    );
    // Whoever invited the other, or is the same person by another login, is no second person.
    let fields = [("csrf", fields[0].1), ("reason", "再次申请")];
    let csrf = admin.get("/people").await.hidden("csrf");
    let fields = [("csrf", csrf.as_str()), fields[1]];
    assert_eq!(
        admin.post(&format!("/people/{id}/factor-reset"), &fields).await.status,
        303
    );
    let reset = system.count("SELECT max(id) FROM factor_resets").await;
    sqlx::query("UPDATE accounts SET phone = '13700000001' WHERE login IN ('demo-admin', 'demo-office')")
        .execute(&system.db)
        .await
        .unwrap();
    let csrf = office.get("/factor-resets").await.hidden("csrf");
    let same = office
        .post(&format!("/factor-resets/{reset}/confirm"), &[("csrf", &csrf)])
        .await;
    assert_eq!(same.status, 409, "one person with two logins");
}
