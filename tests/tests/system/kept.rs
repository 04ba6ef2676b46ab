//! What is typed is never lost: a session that ends, another person at the same browser, an old page, a wrong field, a
//! database that is away. Nothing is sent by itself, and nobody reads what a colleague typed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use reqwest::{Client, StatusCode, header::HeaderMap, redirect::Policy};
use tests::{
    Left, STATION, Sample, Scene, System,
    officers::{Accounts, Browser, Page},
};

const NOTE: &str = "孩子说\"不敢\"回家 <b>&，\n手臂有伤";
/// Whether a page shows the first line of it, escaped in either of our ways.
fn shows(page: &str) -> bool {
    let ways = [
        "孩子说&quot;不敢&quot;回家 &lt;b&gt;&amp;，",
        "孩子说&#34;不敢&#34;回家 &#60;b&#62;&#38;，",
    ];
    ways.iter().any(|way| page.contains(way))
}

struct Answer {
    page: Page,
    headers: HeaderMap,
}

/// A form sent with exactly these cookies.
async fn send(system: &System, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    let request = http
        .post(format!("{}{path}", system.internal_url))
        .header("cookie", cookie);
    let answer = request.form(fields).send().await.unwrap();
    let headers = answer.headers().clone();
    let location = headers.get("location").map(|l| l.to_str().unwrap().to_owned());
    let page = Page {
        status: answer.status(),
        location,
        text: answer.text().await.unwrap(),
    };
    Answer { page, headers }
}

fn session(headers: &HeaderMap) -> String {
    let set = headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap());
    let ours = set.into_iter().find(|c| c.starts_with("sw_session=")).unwrap();
    ours.split(';').next().unwrap().to_owned()
}

/// A ticket of the demo's police station that its member has signed, and the ticket's page.
async fn signed() -> (Scene, Browser, i64, Page) {
    let scene = Scene::of(Sample::BruisesAtSchool).await;
    let member = scene.browser("member").await;
    let id = scene.ticket_of(STATION).await;
    let page = scene.signed(&member, id).await;
    (scene, member, id, page)
}

fn contact<'a>(csrf: &'a str, version: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("csrf", csrf),
        ("version", version),
        ("who", "李警官"),
        ("at", "2020-01-01T08:00"),
        ("place", "县医院"),
        ("note", NOTE),
    ]
}

#[tokio::test]
async fn over_a_login_the_text_comes_back_and_is_not_sent_by_itself() {
    let (scene, _, id, page) = signed().await;
    let Scene { system, accounts, .. } = &scene;
    let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
    let path = format!("/tickets/{id}/contact");

    let (login, password) = accounts.of("member");
    for cookie in ["", "sw_session=nonsense", "sw_session="] {
        let refused = send(system, &path, cookie, &contact(&csrf, &version)).await;
        assert_eq!(refused.page.status, StatusCode::UNAUTHORIZED);
        assert!(
            !refused.page.text.contains("不敢") && !refused.page.text.contains("县医院"),
            "the login page can't be read by the next person"
        );
        let kept = refused.page.hidden("kept");
        // A wrong password loses nothing.
        let wrong = [("login", login), ("password", "wrong"), ("kept", &kept)];
        let again = send(system, "/login", cookie, &wrong).await;
        assert_eq!(again.page.status, StatusCode::UNAUTHORIZED);
        let kept = again.page.hidden("kept");
        let right = [("login", login), ("password", password), ("kept", &kept)];
        let back = send(system, "/login", cookie, &right).await;
        assert_eq!(back.page.status, StatusCode::OK, "{}", back.page.text);
        assert!(shows(&back.page.text) && back.page.text.contains("县医院") && back.page.text.contains("李警官"));
        assert!(back.page.text.contains("还没有") || back.page.text.contains("没有执行"));
        let seen = system
            .count("SELECT count(*) FROM events WHERE kind = 'contacted'")
            .await;
        assert_eq!(seen, 0, "nothing is sent by itself");
        // Without a new login the page's own token works.
        let fresh = back.page.hidden("csrf");
        assert_ne!(fresh, csrf);
        let sent = send(
            system,
            &path,
            &session(&back.headers),
            &contact(&fresh, &back.page.hidden("version")),
        )
        .await;
        assert_ne!(sent.page.status, StatusCode::UNAUTHORIZED);
    }

    // Whoever logs in instead of the owner reads nothing; the owner still gets it.
    let refused = send(system, &path, "", &contact(&csrf, &version)).await;
    let kept = refused.page.hidden("kept");
    let (other, its_password) = accounts.of("leader");
    let stranger = [("login", other), ("password", its_password), ("kept", &kept)];
    let stranger = send(system, "/login", "", &stranger).await;
    assert!(!stranger.page.text.contains("不敢") && stranger.page.text.contains("另一个账号"));
    let kept = stranger.page.hidden("kept");
    let owner = [("login", login), ("password", password), ("kept", &kept)];
    let owner = send(system, "/login", &session(&stranger.headers), &owner).await;
    assert!(shows(&owner.page.text));

    // A press without a text comes back too, and signing out keeps nothing.
    let sign = send(
        system,
        &format!("/tickets/{id}/sign"),
        "",
        &[("csrf", &csrf), ("version", "1")],
    )
    .await;
    assert_eq!(sign.page.status, StatusCode::UNAUTHORIZED);
    let out = send(system, "/logout", "", &[("csrf", &csrf)]).await;
    assert_eq!(out.page.location.as_deref(), Some("/login"));
}

#[tokio::test]
async fn a_second_person_logs_in_over_the_first_and_acts_for_nobody_else() {
    let (scene, first, id, page) = signed().await;
    let Scene { system, accounts, .. } = &scene;
    let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
    let (login, password) = accounts.of("leader");
    let over = send(
        system,
        "/login",
        first.cookie(),
        &[("login", login), ("password", password), ("next", "/desk")],
    )
    .await;
    assert_eq!(over.page.status, StatusCode::SEE_OTHER, "{}", over.page.text);
    let second = session(&over.headers);

    // The first person's page, sent in the browser in which the second is logged in now.
    let path = format!("/tickets/{id}/contact");
    let refused = send(system, &path, &second, &contact(&csrf, &version)).await;
    assert_eq!(refused.page.status, StatusCode::FORBIDDEN);
    assert!(refused.page.text.contains("另一位同事") && refused.page.text.contains("县医院"));
    assert_eq!(
        system
            .count("SELECT count(*) FROM events WHERE kind = 'contacted'")
            .await,
        0
    );
    // The first session ended with it.
    assert_eq!(first.get("/desk").await.status, StatusCode::SEE_OTHER);
    let (login, password) = accounts.of("member");
    let kept = refused.page.hidden("kept");
    let owner = send(
        system,
        "/login",
        &second,
        &[("login", login), ("password", password), ("kept", &kept)],
    )
    .await;
    assert!(shows(&owner.page.text));

    // One's own page of an earlier session is not lost either, and not sent.
    let mine = session(&owner.headers);
    let earlier = send(system, &path, &mine, &contact(&csrf, &version)).await;
    assert_eq!(earlier.page.status, StatusCode::FORBIDDEN);
    assert!(shows(&earlier.page.text) && earlier.page.text.contains("上次登录"));
    // A text that another site plants is not brought back.
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    let planted = http
        .post(format!("{}{path}", system.internal_url))
        .header("cookie", &mine)
        .header("sec-fetch-site", "cross-site")
        .form(&contact("0", "1"))
        .send()
        .await
        .unwrap();
    assert_eq!(planted.status(), StatusCode::FORBIDDEN);
    assert!(!planted.text().await.unwrap().contains("县医院"));
}

#[tokio::test]
async fn a_harmless_change_and_a_wrong_field_keep_every_text() {
    let (scene, member, id, page) = signed().await;
    let Scene { system, accounts, .. } = &scene;
    let leader = accounts.browser(system, "leader").await;
    let theirs = leader.get(&format!("/tickets/{id}")).await;
    let account: i64 = system
        .count("SELECT id FROM accounts WHERE login = 'demo-leader'")
        .await;
    let assigned = leader
        .act(&theirs, id, "assign", &[("account", &account.to_string())])
        .await;
    assert_eq!(assigned.status, StatusCode::SEE_OTHER);

    let at = chrono_now();
    let fields = [
        ("who", "李警官"),
        ("at", at.as_str()),
        ("place", "县医院"),
        ("note", NOTE),
    ];
    let changed = member.act(&page, id, "contact", &fields).await;
    assert_eq!(changed.status, StatusCode::CONFLICT);
    assert!(
        changed.text.contains("分办了") && shows(&changed.text),
        "{}",
        changed.text
    );
    let sent = member.act(&changed, id, "contact", &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "one press sends it: {}", sent.text);

    // A wrong field: the others stay, also in forms that never thought of it.
    let office = accounts.browser(system, "office").await;
    let rules = office.get("/rules/1").await;
    let long = "因".repeat(501);
    let refused = office
        .post(
            "/rules",
            &[("csrf", &rules.hidden("csrf")), ("from", "1"), ("reason", &long)],
        )
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains(&long));
    let admin = accounts.browser(system, "admin").await;
    let people = admin.get("/people").await;
    let fields = [
        ("csrf", people.hidden("csrf")),
        ("login", "li.na".to_owned()),
        ("name", "李娜娜娜".to_owned()),
        ("phone", "十二".to_owned()),
        ("unit", "ca".to_owned()),
        ("role", "leader".to_owned()),
    ];
    let fields: Vec<_> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let refused = admin.post("/people", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in ["li.na", "李娜娜娜", "十二"] {
        assert!(refused.text.contains(kept), "{kept}");
    }
}

fn chrono_now() -> String {
    let now = platform::clock::now().with_timezone(&chrono::FixedOffset::east_opt(8 * 3600).unwrap());
    now.format("%Y-%m-%dT%H:%M").to_string()
}

#[tokio::test]
async fn a_part_of_a_page_gets_a_status_and_never_a_page() {
    let system = System::start().await;
    // The database refuses on purpose.
    system.leaves(&[Left::Errors]);
    let accounts = Accounts::make(&system).await;
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    let ask = async |path: &str, cookie: &str| {
        let request = http.get(format!("{}{path}", system.internal_url));
        let answer = request
            .header("cookie", cookie)
            .header("hx-request", "true")
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let member = accounts.browser(&system, "member").await;
    for path in ["/desk/list", "/board/now", "/rules/1/replay"] {
        assert_eq!(ask(path, "sw_session=x").await, (401, String::new()), "{path}");
    }
    assert_eq!(ask("/board/now", member.cookie()).await, (404, String::new()));
    assert_eq!(ask("/desk/list", member.cookie()).await.0, 200);
}

#[tokio::test]
async fn while_the_database_is_away_the_text_stays_and_can_be_sent_again() {
    let (scene, member, id, page) = signed().await;
    let system = &scene.system;
    // The database refuses on purpose.
    system.leaves(&[Left::Errors]);
    let at = chrono_now();
    let fields = [
        ("who", "李警官"),
        ("at", at.as_str()),
        ("place", "县医院"),
        ("note", NOTE),
    ];

    // First the sessions can't be read, then the tickets.
    for table in ["sessions", "tickets"] {
        let rename = async |from: String, to: String| {
            let sql = sqlx::AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"));
            sqlx::query(sql).execute(&system.db).await.unwrap();
        };
        rename(table.to_owned(), format!("{table}_away")).await;
        let away = member.act(&page, id, "contact", &fields).await;
        assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(shows(&away.text) && away.text.contains("再次提交"), "{}", away.text);
        assert_eq!(away.hidden("version"), page.hidden("version"));
        rename(format!("{table}_away"), table.to_owned()).await;
    }
    let sent = member.act(&page, id, "contact", &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
}

/// The banner over a page, without its tag.
fn banner(page: &str) -> &str {
    let (_, rest) = page.split_once("kept-banner").expect("a banner");
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split_once("</p>").unwrap().0
}

#[tokio::test]
async fn of_a_text_that_is_too_long_the_page_says_that_it_is_not_carried() {
    let (scene, _, id, page) = signed().await;
    let Scene { system, accounts, .. } = &scene;
    let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
    let path = format!("/tickets/{id}/contact");
    let (login, password) = accounts.of("member");
    // The first is about what a login page carries, so that the login's own form is larger than any other may be.
    for (signs, carried) in [(523_000, true), (600_000, false)] {
        let long = format!("{}。终", "x".repeat(signs));
        let mut fields = contact(&csrf, &version);
        if let Some(note) = fields.iter_mut().find(|(name, _)| *name == "note") {
            note.1 = &long;
        }
        for lang in ["zh", "en"] {
            let cookie = format!("lang={lang}");
            let refused = send(system, &path, &cookie, &fields).await.page;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{lang} {signs}");
            assert_eq!(
                refused.text.contains("。终"),
                !carried,
                "a text that is not carried stands there in full"
            );
            let copy = if lang == "zh" {
                "请先复制保存"
            } else {
                "copy it first"
            };
            assert_eq!(
                banner(&refused.text).contains(copy),
                !carried,
                "{}",
                banner(&refused.text)
            );
            assert!(!refused.text.contains("县医院"), "the rest is sealed");
            let gone = if lang == "zh" { "没有保留" } else { "was not kept" };
            let mut kept = refused.hidden("kept");
            if lang == "zh" {
                // With a wrong password the page is another: the text is not on it any more, and it says so.
                let wrong = [("login", login), ("password", "wrong"), ("kept", &kept)];
                let wrong = send(system, "/login", &cookie, &wrong).await.page;
                assert_eq!(banner(&wrong.text).contains(gone), !carried, "{}", banner(&wrong.text));
                kept = wrong.hidden("kept");
            }
            let right = [("login", login), ("password", password), ("kept", &kept)];
            let back = send(system, "/login", &cookie, &right).await.page;
            assert_eq!(back.status, StatusCode::OK, "what a login page carries, a login takes");
            assert!(
                back.text.contains("县医院") && back.text.contains("李警官"),
                "the short fields are back"
            );
            assert_eq!(back.text.contains("。终"), carried);
            assert_eq!(banner(&back.text).contains(gone), !carried, "{}", banner(&back.text));
        }
    }
}

#[tokio::test]
async fn of_a_chosen_file_the_page_says_that_it_is_not_kept() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let csrf = admin.get("/people/import").await.hidden("csrf");
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    let border = "----a-border";
    let part =
        |head: &str, body: &str| format!("--{border}\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let (login, password) = accounts.of("admin");
    for (lang, later, now) in [
        ("zh", "登录后请重新选择", "请重新选择"),
        ("en", "choose it again after", "choose it again."),
    ] {
        for name in ["人员 名单.xlsx", "a&b=<i>.xlsx"] {
            let file = format!("name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream");
            let body = [
                part("name=\"csrf\"", &csrf),
                part(&file, "PK\u{3}\u{4}=&rubble=%00"),
                format!("--{border}--\r\n"),
            ]
            .concat();
            let request = http
                .post(format!("{}/people/import", system.internal_url))
                .header("cookie", format!("lang={lang}"))
                .header("content-type", format!("multipart/form-data; boundary={border}"));
            let refused = request.body(body).send().await.unwrap();
            assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
            let page = Page {
                status: refused.status(),
                location: None,
                text: refused.text().await.unwrap(),
            };
            let said = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            assert!(banner(&page.text).contains(later), "{}", banner(&page.text));
            assert!(banner(&page.text).contains(&said), "{}", banner(&page.text));
            assert!(!page.text.contains("rubble"), "the file is not shown as a text");
            let right = [("login", login), ("password", password), ("kept", &page.hidden("kept"))];
            let back = send(&system, "/login", &format!("lang={lang}"), &right).await.page;
            assert_eq!(back.status, StatusCode::OK);
            assert!(
                back.text.contains("type=\"file\"") && banner(&back.text).contains(now),
                "{}",
                banner(&back.text)
            );
            assert!(banner(&back.text).contains(&said) && !back.text.contains("rubble"));
        }
    }
}
