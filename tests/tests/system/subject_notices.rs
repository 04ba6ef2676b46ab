//! Mails that are not about a ticket: queued once, by every login that may, and everything that reads notices copes with them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use casework::words::Urgency;
use chrono::TimeDelta;
use mail_parser::MessageParser;
use platform::{
    clock,
    store::{
        AccountId, Bounced, Created, Desk, LeaseOf, NewAccount, NoticeId, Notifier, Office, OpeningId, Owner, People,
        Role, Router, Said, Store, Subject, SubjectNotice, Tells, To, WayIn,
    },
};
use serde_json::Value;
use tests::{Api, Fixture, Sample, System, eventually, lease::lease, officers::Accounts};
use uuid::Uuid;

fn notice(subject: Subject, to: To<'_>) -> SubjectNotice<'_> {
    SubjectNotice {
        county: "taihe",
        subject,
        round: 1,
        to,
        urgency: Urgency::P1,
        drill: false,
        said: Said {
            by: Some("李娜".into()),
            count: Some(3),
            ..Said::default()
        },
        at: clock::now(),
    }
}

/// Queues what this login may, about thing number `id` and to a person of two units; answers how many mails it makes.
async fn by_each<L: Tells>(store: &Store<L>, id: i64, person: AccountId) -> i64 {
    let task = L::TASK.unwrap();
    let both = notice(Subject::RightsChanged(AccountId(id)), To::UnitsOf(person));
    assert_eq!(
        store.subject_notice(&both).await.unwrap(),
        2,
        "{task}: each unit of the person"
    );
    assert_eq!(store.subject_notice(&both).await.unwrap(), 0, "{task}: once");
    let again = SubjectNotice { round: 2, ..both };
    assert_eq!(store.subject_notice(&again).await.unwrap(), 2, "{task}: another round");
    let unit = notice(Subject::OpeningAsked(OpeningId(id)), To::Unit("pol-341222101"));
    assert_eq!(store.subject_notice(&unit).await.unwrap(), 1, "{task}");
    5
}

#[tokio::test]
async fn each_is_queued_once_for_each_recipient_by_every_login_that_may() {
    let fixture = Fixture::new().await;
    let account = NewAccount {
        county: "taihe",
        login: "wang",
        name: "王伟",
        phone: None,
        way: WayIn::Password("-"),
        unit: "pol-341222101",
        role: Role::Member,
        actor: None,
        by: "test",
        detail: platform::store::Detail::default(),
    };
    let Created::All(ids) = fixture
        .store
        .lend::<People>()
        .accounts_create(&[account], clock::now())
        .await
        .unwrap()
    else {
        panic!("taken")
    };
    sqlx::query("INSERT INTO memberships (account_id, county, unit, role, since) VALUES ($1, 'taihe', 'office', 'office', now())")
        .bind(ids[0])
        .execute(&fixture.db)
        .await
        .unwrap();
    // By command too the unit and the office are told of a role that was given.
    let told = fixture
        .count("SELECT count(*) FROM notices WHERE kind = 'rights-changed' AND said ->> 'change' LIKE '%经办人'")
        .await;
    assert_eq!(told, 2);
    let mut queued = told;
    queued += by_each(&fixture.store_as::<Router>(), 0, ids[0]).await;
    queued += by_each(&fixture.store_as::<Desk>(), 1, ids[0]).await;
    queued += by_each(&fixture.store_as::<Office>(), 2, ids[0]).await;
    queued += by_each(&fixture.store_as::<People>(), 3, ids[0]).await;
    // Nobody is left to read it there: the office reads it.
    sqlx::query("UPDATE units SET retired_at = now() WHERE code = 'pol-341222101'")
        .execute(&fixture.db)
        .await
        .unwrap();
    let gone = notice(Subject::OpeningAsked(OpeningId(90)), To::Unit("pol-341222101"));
    let nobody = notice(Subject::RightsChanged(AccountId(91)), To::UnitsOf(AccountId(999)));
    for notice in [gone, nobody] {
        assert_eq!(fixture.store.lend::<Router>().subject_notice(&notice).await.unwrap(), 1);
        queued += 1;
    }
    let to_office = "SELECT count(*) FROM notices WHERE subject_id IN (90, 91) AND unit = 'office'";
    assert_eq!(fixture.count(to_office).await, 2);
    // Lease and gauge take them like any other.
    let notifier = fixture.store_as::<Notifier>();
    let depth = notifier.notice_depth("taihe", clock::now()).await.unwrap();
    let about_tickets = fixture
        .count("SELECT count(*) FROM notices WHERE ticket_id IS NOT NULL")
        .await;
    assert_eq!(depth.queued, queued + about_tickets);
    let leased = lease(&notifier, Uuid::new_v4(), clock::now(), (1000, LeaseOf::All))
        .await
        .unwrap();
    let subjects = leased.iter().filter(|n| n.subject_kind.is_some()).count();
    assert_eq!(i64::try_from(subjects).unwrap(), queued);
    for of in leased.iter().filter(|n| n.subject_kind.is_some()) {
        assert!(of.tickets().unwrap().is_empty() && of.report_id.is_none());
        let by = of.said().unwrap().by;
        assert!(matches!(by.as_deref(), Some("李娜" | "命令行")), "{by:?}");
    }
}

#[tokio::test]
async fn they_arrive_open_for_their_recipient_and_may_fail_like_any_other() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let filed = system.file(Sample::DropoutTwoWeeks.body()).await;
    system.routed(&filed).await;
    system.quiet(Duration::from_secs(30)).await;
    let before = system.mail.count();
    let store = Store::<Owner>::open(&system.database_url, "test", 2).unwrap();
    let unit: String = sqlx::query_scalar(
        "SELECT unit FROM memberships m JOIN accounts a ON a.id = m.account_id WHERE a.login = 'demo-member'",
    )
    .fetch_one(&system.db)
    .await
    .unwrap();
    for notice in [
        notice(Subject::RulesSubmitted(1), To::Office),
        notice(Subject::CallbacksDue(20_261_126), To::Office),
        notice(Subject::RightsChanged(AccountId(5)), To::Unit(&unit)),
    ] {
        assert_eq!(store.lend::<Router>().subject_notice(&notice).await.unwrap(), 1);
    }
    store.notices_wake().await.unwrap();
    system.quiet(Duration::from_secs(30)).await;
    let mails = system.mail.mails();
    assert_eq!(mails.len(), before + 3);
    let mut pages = Vec::new();
    for mail in &mails[before..] {
        let text = MessageParser::default()
            .parse(mail.raw.as_bytes())
            .unwrap()
            .body_text(0)
            .unwrap()
            .into_owned();
        let link = text
            .lines()
            .find_map(|line| line.strip_prefix(&system.internal_url))
            .unwrap();
        let who = if mail.to.starts_with("office") {
            "office"
        } else {
            "member"
        };
        let page = accounts.browser(&system, who).await.get(link).await;
        assert!(
            matches!(page.status.as_u16(), 200 | 303),
            "{who} {link} {}",
            page.status
        );
        assert!(page.location.is_none_or(|to| !to.contains("login")), "{link}");
        pages.push(link.to_owned());
    }
    pages.sort();
    assert_eq!(pages, ["/", "/callbacks", "/rules/1"]);

    // One came back: whoever is above is told, the board lists it, and the office has it sent again.
    let (lost,): (NoticeId,) = sqlx::query_as("SELECT id FROM notices WHERE kind = 'rules-submitted'")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let bounced = store
        .lend::<Notifier>()
        .notice_bounce("taihe", lost, "5.1.1 unknown", clock::now())
        .await
        .unwrap();
    assert_eq!(bounced, Bounced::Marked);
    store.notices_wake().await.unwrap();
    eventually("the leading group's mail", Duration::from_secs(10), async || {
        let mails = system.mail.mails();
        mails.iter().any(|mail| mail.to.starts_with("lg")).then_some(())
    })
    .await;
    let office = accounts.browser(&system, "office").await;
    for path in ["/board", "/board/failed"] {
        let page = office.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(
            page.text.contains("规则待审批") && page.text.contains("href=\"/rules/1\""),
            "{path}"
        );
    }
    let now: Value = Api::of(&system, &accounts, "office").await.get("/board/now").await;
    assert_eq!(now["failed"][0]["subject_kind"], "rule-set", "{now}");
    assert_eq!(now["failed"][0]["ticket_id"], Value::Null);
    let page = office.get("/board").await;
    let again = office
        .post(
            &format!("/board/notices/{lost}/resend"),
            &[("csrf", &page.hidden("csrf"))],
        )
        .await;
    assert_eq!(again.location.as_deref(), Some("/board"));
    system.quiet(Duration::from_secs(30)).await;
    let resent =
        "SELECT count(*) FROM notices WHERE resent_by IS NOT NULL AND subject_kind = 'rule-set' AND state = 'sent'";
    assert_eq!(system.count(resent).await, 1);
    // What is asked about a report, or of the clock, is not disturbed.
    assert_eq!(system.show(&filed.receipt).await.state, "routed");
    let at = (clock::now() + TimeDelta::hours(1)).to_rfc3339();
    assert_eq!(system.router_cli(&["tick", "--at", &at]).await.code, 0);
}
