//! Mails as their recipients get them: every link opens, and a person can have one sent again.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, FixedOffset, TimeDelta};
use mail_parser::MessageParser;
use reqwest::redirect::Policy;
use tests::{
    Left, Sample, System, eventually,
    officers::{Accounts, Browser},
};

/// Links of a mail, from its text and from its HTML.
fn links(raw: &str, base: &str) -> Vec<String> {
    let mail = MessageParser::default().parse(raw.as_bytes()).expect("a mail");
    let (text, html) = (mail.body_text(0).expect("text"), mail.body_html(0).expect("HTML"));
    let in_text = text
        .split_whitespace()
        .filter_map(|word| word.strip_prefix(base))
        .map(str::to_owned);
    let hrefs = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    // A telephone is no page.
    let pages = hrefs.filter(|href| !href.starts_with("tel:"));
    let in_html = pages.map(|href| href.strip_prefix(base).expect("a link of ours").to_owned());
    let mut all: Vec<String> = in_text.chain(in_html).collect();
    assert!(!all.is_empty(), "a mail without a link: {text}");
    all.sort();
    all.dedup();
    all
}

/// Makes the demo's member a person of this unit and nothing else.
async fn belongs(system: &System, unit: &str, role: &str) {
    sqlx::query("UPDATE memberships SET ended_at = since WHERE ended_at IS NULL AND account_id = (SELECT id FROM accounts WHERE login = 'demo-member')")
        .execute(&system.db)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO memberships (account_id, county, unit, role, since)
         SELECT id, county, $1, $2, created_at FROM accounts WHERE login = 'demo-member'",
    )
    .bind(unit)
    .bind(role)
    .execute(&system.db)
    .await
    .unwrap();
}

/// A mail after each act of a unit or of the office, about one of the tickets there are: to whom it goes is told by its kind.
async fn acts(system: &System) {
    for (kind, office) in [
        ("close-requested", false),
        ("close-requested", true),
        ("transfer-requested", true),
        ("close-refused", false),
        ("not-filed", false),
        ("not-filed-withdrawn", false),
        ("transfer-withdrawn", false),
    ] {
        sqlx::query(
            "INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
             SELECT gen_random_uuid(), $1 || $2, county, $1, id, CASE WHEN $2 THEN 'office' ELSE unit END, urgency, drill, now(), 'queued'
             FROM tickets WHERE unit_kind = 'police' ORDER BY id LIMIT 1",
        )
        .bind(kind)
        .bind(office)
        .execute(&system.db)
        .await
        .unwrap();
    }
    system.quiet(Duration::from_secs(30)).await;
    // The ticket of a transfer that was taken back is open to its unit all the same.
    sqlx::query("UPDATE stages SET ended_at = now(), next_at = NULL, ended_how = 'void' WHERE ticket_id = (SELECT min(id) FROM tickets WHERE unit_kind = 'police') AND ended_at IS NULL")
        .execute(&system.db)
        .await
        .unwrap();
    sqlx::query("UPDATE tickets SET state = 'returned', lead = false, next_stage = NULL, next_due_at = NULL WHERE id = (SELECT min(id) FROM tickets WHERE unit_kind = 'police')")
        .execute(&system.db)
        .await
        .unwrap();
}

#[tokio::test]
async fn every_link_of_every_mail_opens_for_whoever_got_it() {
    let mut system = System::start().await;
    let accounts = Accounts::make(&system).await;
    for sample in [Sample::BruisesAtSchool, Sample::DropoutTwoWeeks] {
        let filed = system.file(sample.body()).await;
        system.routed(&filed).await;
    }
    // A code that the pack lost between the door and the router is for the office to settle.
    system.router.stop().await;
    let filed = system.file(Sample::DropoutTwoWeeks.body()).await;
    sqlx::query(
        "UPDATE report_facts SET facts = jsonb_set(facts, '{situations}', '[\"never-heard-of\"]') WHERE report_id = $1",
    )
    .bind(filed.id())
    .execute(&system.db)
    .await
    .unwrap();
    system.router.spawn();
    system.router.ready().await;
    system.routed(&filed).await;
    system.quiet(Duration::from_secs(30)).await;
    system.router.stop().await;
    let start: DateTime<FixedOffset> = DateTime::from(platform::clock::now());
    for minutes in [
        20,
        40,
        70,
        100,
        24 * 60,
        60 * 24 * 60,
        61 * 24 * 60,
        120 * 24 * 60,
        121 * 24 * 60,
    ] {
        let at = (start + TimeDelta::minutes(minutes)).to_rfc3339();
        let out = system.router_cli(&["tick", "--at", &at]).await;
        assert_eq!(out.code, 0, "{}", out.stderr);
    }
    system.quiet(Duration::from_secs(60)).await;
    acts(&system).await;
    let units: BTreeMap<String, (String, String)> =
        sqlx::query_as::<_, (String, String, String)>("SELECT mailbox, code, kind FROM units")
            .fetch_all(&system.db)
            .await
            .unwrap()
            .into_iter()
            .map(|(mailbox, code, kind)| (mailbox, (code, kind)))
            .collect();
    let (login, password) = accounts.of("member");
    let browser = Browser::login(&system, login, password).await;
    let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let mut opened: BTreeMap<String, usize> = BTreeMap::new();
    for mail in system.mail.mails() {
        let (unit, kind) = &units[&mail.to];
        let role = match kind.as_str() {
            "office" => "office",
            "leading-group" => "leading-group",
            _ => "member",
        };
        belongs(&system, unit, role).await;
        for path in links(&mail.raw, &system.internal_url) {
            let mut page = browser.get(&path).await;
            // A closing that is decided leads on to its ticket.
            if let Some(to) = page.location.as_ref().filter(|to| to.starts_with("/board/tickets/")) {
                page = browser.get(to).await;
            }
            assert_eq!(page.status, 200, "{path} for {unit}, {kind}");
            let shape: String = path.chars().filter(|c| !c.is_ascii_digit()).collect();
            let times = opened.entry(shape).or_default();
            *times += 1;
            if *times > 1 {
                continue;
            }
            // Without a session it is the login, which leads back to where the link led.
            let asked = http.get(format!("{}{path}", system.internal_url)).send().await.unwrap();
            assert_eq!(asked.status(), 303, "{path}");
            let to_login = asked.headers()["location"].to_str().unwrap().to_owned();
            assert!(to_login.starts_with("/login?"), "{to_login}");
            let form = [("login", login), ("password", password), ("next", path.as_str())];
            let back = http
                .post(format!("{}/login", system.internal_url))
                .form(&form)
                .send()
                .await
                .unwrap();
            assert_eq!(back.headers()["location"].to_str().unwrap(), path);
        }
    }
    let shapes: Vec<&str> = opened.keys().map(String::as_str).collect();
    assert_eq!(
        shapes,
        ["/board/tickets/", "/closings/", "/leading", "/tickets/", "/triage/"],
        "{opened:?}"
    );
}

#[tokio::test]
async fn a_person_of_the_office_has_a_notice_sent_again() {
    let system = System::start().await;
    // The second mail is made one that failed.
    system.leaves(&[Left::Undelivered]);
    let accounts = Accounts::make(&system).await;
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    let shown = system.routed(&filed).await;
    system.quiet(Duration::from_secs(30)).await;
    let ticket = &shown.tickets[0];
    let id = ticket.id;
    let notice = &ticket.notices[0].id;
    let office = accounts.browser(&system, "office").await;
    let page = office.get(&format!("/board/tickets/{id}")).await;
    let path = format!("/board/notices/{notice}/resend");
    assert!(
        page.text.contains(&path) && page.text.contains("再次发送"),
        "the button"
    );
    let before = system.mail.count();
    let csrf = page.hidden("csrf");
    let done = office.post(&path, &[("csrf", &csrf)]).await;
    assert_eq!(
        done.location.as_deref(),
        Some(format!("/board/tickets/{id}#notices").as_str())
    );
    eventually("the mail, again", Duration::from_secs(10), async || {
        (system.mail.count() > before).then_some(())
    })
    .await;
    let mail = system.mail.mails().pop().unwrap();
    assert!(
        !mail.header("message-id").unwrap().contains(notice),
        "a mail program would hide a second one of one id"
    );
    let text = MessageParser::default()
        .parse(mail.raw.as_bytes())
        .unwrap()
        .body_text(0)
        .unwrap()
        .into_owned();
    assert!(text.contains("这是再次发送的通知"), "{text}");
    // Who did it is in the trail; twice is once.
    let page = office.get(&format!("/board/tickets/{id}")).await;
    assert!(
        page.text.contains("再次发送通知 · 演示·未保办值班员") && page.text.contains("已再次发送"),
        "the trail"
    );
    assert_eq!(office.post(&path, &[("csrf", &csrf)]).await.status, 409);
    assert_eq!(
        system
            .count("SELECT count(*) FROM notices n JOIN accounts a ON a.id = n.resent_by WHERE a.login = 'demo-office'")
            .await,
        1
    );
    // A failed one leaves the office's list once it was sent again, by API too.
    sqlx::query("UPDATE notices SET state = 'failed' WHERE resent_from IS NOT NULL")
        .execute(&system.db)
        .await
        .unwrap();
    let token = accounts.token(&system, "office").await;
    let now = || async {
        let url = format!("{}/api/v1/board/now", system.internal_url);
        let answer = system.http.get(url).bearer_auth(&token).send().await.unwrap();
        answer.json::<serde_json::Value>().await.unwrap()
    };
    let listed = now().await;
    assert_eq!(listed["failed_count"], 1, "{listed}");
    let failed = listed["failed"][0]["id"].as_str().unwrap();
    let url = format!("{}/api/v1/notices/{failed}/resend", system.internal_url);
    let answer = system.http.post(&url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    assert_eq!(now().await["failed_count"], 0);
    assert_eq!(
        system
            .http
            .post(&url)
            .bearer_auth(&token)
            .send()
            .await
            .unwrap()
            .status(),
        409
    );
}
