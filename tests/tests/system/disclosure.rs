//! Least disclosure: of a report in which every field is a planted word, each ticket shows exactly what its row of the county's
//! list says, on its page, by API and in SQL with the desk's own login; each look leaves a record of what was shown.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use tests::{
    Filed, Sample, System,
    officers::{Accounts, Browser},
};

/// The county's list, read here apart from the pack.
const LISTED: &[(&str, &str, &str)] = &[
    (
        "police-accept",
        "police",
        "place situations child birth school home suspect narrative reporter",
    ),
    (
        "emergency-care",
        "civil-affairs",
        "place situations child birth school home suspect narrative reporter",
    ),
    (
        "guardianship-assessment",
        "civil-affairs",
        "place situations child birth school home suspect narrative reporter",
    ),
    ("urge-guardianship", "township", "place own child home"),
    ("urge-guardianship", "village", "place own child home"),
    ("return-to-school", "education", "place own child birth school home"),
    ("school-safety", "education", "place own child school suspect"),
    ("online-safety", "education", "place own child narrative"),
    ("medical-care", "health", "place own child birth narrative"),
    ("benefit-review", "civil-affairs", "place own child birth home"),
    ("rehabilitation", "disabled-federation", "place own child home"),
    ("psychological-support", "education", "place own child school"),
    ("psychological-support", "health", "place own child narrative"),
    ("family-support", "womens-federation", "place own child home suspect"),
    (
        "procuratorial-oversight",
        "procuratorate",
        "place situations child birth school home suspect narrative reporter",
    ),
    (
        "separate-handling",
        "police",
        "place situations child birth school home suspect narrative reporter",
    ),
    (
        "separate-handling",
        "procuratorate",
        "place own child birth suspect narrative",
    ),
    ("separate-handling", "court", "place own child birth suspect narrative"),
    ("appropriate-adult", "justice", "place own child birth"),
    ("legal-aid", "justice", "place own child birth home"),
    ("companionship", "youth-league", "place own child"),
];

/// Planted words by part.
const PLANTED: [(&str, &str); 9] = [
    ("place", "暗号地点Zq7"),
    ("child", "暗号姓名Zq7"),
    ("birth", "暗号证件Zq7"),
    ("school", "暗号学校Zq7"),
    ("home", "暗号住址Zq7"),
    ("narrative", "暗号经过Zq7"),
    ("reporter", "暗号单位Zq7"),
    ("reporter", "暗号报告人Zq7"),
    ("reporter", "暗号电话Zq7"),
];

fn planted(situations: &Value, place: &str, suspect: &str) -> String {
    let word = |part: usize| PLANTED[part].1;
    json!({
        "situations": situations, "present_danger": true, "area": "341222101001", "where_now": word(0), "place": place, "suspect": suspect,
        "children": [{"name": word(1), "sex": "female", "age": 13, "id_number": word(2), "living_with": "grandparents",
                      "left_behind": true, "school": word(3), "home_address": word(4)}],
        "reporter": {"kind": "child", "identity": "named", "organization": word(6), "name": word(7), "phone": word(8)},
        "narrative": word(5), "guardian_absent": true, "adult_co_offender": true, "repeat": true,
    })
    .to_string()
}

#[derive(sqlx::FromRow)]
struct Ticket {
    id: i64,
    obligation: String,
    unit: String,
    unit_kind: String,
    own: Vec<String>,
}

async fn tickets(system: &System, filed: &Filed) -> Vec<Ticket> {
    sqlx::query_as("SELECT id, obligation, unit, unit_kind, own FROM tickets WHERE report_id = $1 AND obligation <> 'triage' ORDER BY id")
        .bind(filed.id())
        .fetch_all(&system.db)
        .await
        .unwrap()
}

/// Makes the demo's member a person of this unit and nothing else.
async fn belongs(system: &System, unit: &str) -> i64 {
    sqlx::query("UPDATE memberships SET ended_at = since WHERE ended_at IS NULL AND account_id = (SELECT id FROM accounts WHERE login = 'demo-member')")
        .execute(&system.db)
        .await
        .unwrap();
    sqlx::query_scalar(
        "INSERT INTO memberships (account_id, county, unit, role, since)
         SELECT id, county, $1, 'member', created_at FROM accounts WHERE login = 'demo-member' RETURNING account_id",
    )
    .bind(unit)
    .fetch_one(&system.db)
    .await
    .unwrap()
}

/// A ticket by API, as far as it is the same for every unit.
#[derive(Deserialize)]
struct Opened {
    facts: OpenedFacts,
    others: Vec<Other>,
}

#[derive(Deserialize)]
struct OpenedFacts {
    situations: Vec<String>,
}

/// Another ticket of the report.
#[derive(Debug, Deserialize)]
struct Other {
    unit: String,
    /// `None`: it is not said what they owe.
    obligation: Option<String>,
    lead: bool,
}

struct Look<'s> {
    system: &'s System,
    browser: Browser,
    token: String,
    desk: PgConnection,
    labels: BTreeMap<String, String>,
}

impl Look<'_> {
    /// Page, API and SQL show exactly the listed parts, and each of the three is written down.
    async fn exactly(&mut self, ticket: &Ticket, parts: &str, situations: &[String]) {
        let (id, what) = (ticket.id, format!("{} of {}", ticket.obligation, ticket.unit_kind));
        let account = belongs(self.system, &ticket.unit).await;
        let shows: Vec<&str> = parts.split(' ').collect();
        let has = |part: &str| shows.contains(&part);

        let page = self.browser.get(&format!("/tickets/{id}")).await;
        assert_eq!(page.status, 200, "{what}");
        let url = format!("{}/api/v1/tickets/{id}", self.system.internal_url);
        let answer = self.system.http.get(url).bearer_auth(&self.token).send().await.unwrap();
        let body: Value = answer.json().await.unwrap();
        let api = body.to_string();
        let opened: Opened = serde_json::from_value(body.clone()).unwrap();
        for (part, word) in PLANTED {
            assert_eq!(page.text.contains(word), has(part), "page: {part} {word} in {what}");
            assert_eq!(api.contains(word), has(part), "API: {part} {word} in {what}");
        }
        let all = has("situations");
        for code in situations {
            let seen = all || ticket.own.contains(code);
            let named = opened.facts.situations.contains(code);
            assert_eq!(named, seen, "API: {code} in {what}");
            assert_eq!(page.text.contains(&self.labels[code]), seen, "page: {code} in {what}");
        }
        for other in &opened.others {
            let own = other.unit == ticket.unit || other.obligation.as_ref() == Some(&ticket.obligation);
            assert!(all || own || other.lead, "{other:?} beside {what}");
            assert!(all || own || other.obligation.is_none(), "{other:?} beside {what}");
        }
        assert_eq!(body["facts"]["suspect"].is_string(), has("suspect"), "{what}");
        assert_eq!(body["facts"]["reporter_kind"].is_string(), has("reporter"), "{what}");
        for fact in ["place", "repeat", "guardian_absent", "adult_co_offender"] {
            assert_eq!(body["facts"].get(fact).is_some(), all, "{fact} in {what}");
        }
        assert_eq!(page.text.contains("未成年人本人"), has("reporter"), "{what}");
        assert_eq!(
            page.text.contains("本工单不显示"),
            parts.split(' ').count() < 9,
            "{what}"
        );

        let mut tx = self.desk.begin().await.unwrap();
        sqlx::query("SELECT set_config('shouwang.units', $1, true)")
            .bind(&ticket.unit)
            .execute(&mut *tx)
            .await
            .unwrap();
        let sealed: Value = sqlx::query_scalar(
            "SELECT jsonb_build_object('place', place IS NOT NULL, 'child', child IS NOT NULL, 'birth', birth IS NOT NULL,
                 'school', school IS NOT NULL, 'home', home IS NOT NULL, 'narrative', narrative IS NOT NULL,
                 'reporter', reporter IS NOT NULL) FROM desk_ticket_read($1, $2, 'page', now())",
        )
        .bind(id)
        .bind(account)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        tx.commit().await.unwrap();
        for (part, given) in sealed.as_object().unwrap() {
            assert_eq!(given.as_bool().unwrap(), has(part), "SQL: {part} in {what}");
        }
        // A stranger's account, or another unit's setting, gets nothing and leaves nothing.
        for (unit, who) in [(ticket.unit.as_str(), -1), ("office", account)] {
            let mut tx = self.desk.begin().await.unwrap();
            sqlx::query("SELECT set_config('shouwang.units', $1, true)")
                .bind(unit)
                .execute(&mut *tx)
                .await
                .unwrap();
            let nothing = sqlx::query("SELECT * FROM desk_ticket_read($1, $2, 'page', now())")
                .bind(id)
                .bind(who);
            assert!(nothing.fetch_optional(&mut *tx).await.unwrap().is_none(), "{what}");
            tx.commit().await.unwrap();
        }
        let mut wanted: Vec<String> = shows.iter().map(|part| (*part).to_owned()).collect();
        wanted.sort();
        let reads: Vec<(String, Vec<String>, String)> =
            sqlx::query_as("SELECT how, parts, role FROM reads WHERE ticket_id = $1 AND account_id = $2 ORDER BY id")
                .bind(id)
                .bind(account)
                .fetch_all(&self.system.db)
                .await
                .unwrap();
        let how: Vec<&str> = reads.iter().map(|(how, ..)| how.as_str()).collect();
        assert_eq!(how, ["page", "api", "page"], "{what}");
        for (_, parts, role) in &reads {
            let mut read = parts.clone();
            read.sort();
            // Who sees all situations sees their own among them.
            read.retain(|part| part != "own" || wanted.contains(part));
            assert_eq!((read, role.as_str()), (wanted.clone(), "member"), "{what}");
        }
    }
}

#[tokio::test]
async fn each_ticket_shows_exactly_what_its_row_says_and_each_look_is_written_down() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let reports = [
        (
            json!([
                "abuse-injury",
                "guardian-unfit",
                "dropout",
                "internet-harm",
                "orphan",
                "illness",
                "disability",
                "psychological",
                "minor-offence",
                "hardship"
            ]),
            "school",
            "school-staff",
        ),
        (
            json!(["living-alone", "bullying", "sexual-under-14", "dropout"]),
            "home",
            "acquaintance",
        ),
    ];
    let mut look = Look {
        system: &system,
        browser: accounts.browser(&system, "member").await,
        token: accounts.token(&system, "member").await,
        desk: PgConnection::connect(desk_login(&system).trim()).await.unwrap(),
        labels: labels(),
    };
    let mut seen = std::collections::BTreeSet::new();
    for (situations, place, suspect) in reports {
        let filed = system.file(&planted(&situations, place, suspect)).await;
        system.routed(&filed).await;
        let situations: Vec<String> = serde_json::from_value(situations).unwrap();
        for ticket in tickets(&system, &filed).await {
            let row = LISTED
                .iter()
                .find(|(o, k, _)| (*o, *k) == (ticket.obligation.as_str(), ticket.unit_kind.as_str()));
            let (obligation, kind, parts) = row.unwrap();
            look.exactly(&ticket, parts, &situations).await;
            seen.insert((*obligation, *kind));
        }
    }
    assert!(seen.len() >= LISTED.len() - 1, "{seen:?}");
    // No mail says more than what asked its tickets, and nothing that was typed.
    system.quiet(std::time::Duration::from_secs(30)).await;
    for mail in system.mail.mails() {
        for (part, word) in PLANTED {
            assert!(!mail.raw.contains(word), "{part} in a mail");
        }
        assert!(!mail.text().contains("艾滋"), "an illness is a state of health");
    }
    // What was read stays.
    for change in ["UPDATE reads SET parts = '{}'", "DELETE FROM reads", "TRUNCATE reads"] {
        assert!(sqlx::query(change).execute(&system.db).await.is_err(), "{change}");
    }
}

fn labels() -> BTreeMap<String, String> {
    let files = platform::pack::dir::read(&tests::root().join("counties/taihe")).unwrap();
    let pack = casework::pack::Pack::read(&files).unwrap();
    let situations = pack.vocabulary().situations.iter();
    situations
        .map(|s| {
            (
                s.term.code.clone(),
                s.term.label.get(casework::words::Lang::Zh).to_owned(),
            )
        })
        .collect()
}

#[tokio::test]
async fn office_and_oversight_see_their_row_and_leave_a_record() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let filed = system
        .file(&planted(&json!(["abuse-injury", "dropout"]), "home", "guardian"))
        .await;
    system.routed(&filed).await;
    let ticket = &tickets(&system, &filed).await[0];
    let office = accounts.browser(&system, "office").await;
    let page = office.get(&format!("/board/tickets/{}", ticket.id)).await;
    assert_eq!(page.status, 200);
    for (part, word) in PLANTED {
        assert_eq!(
            page.text.contains(word),
            ["place", "child"].contains(&part),
            "{part} on the board"
        );
    }
    assert!(!page.text.contains("未成年人本人") && !page.text.contains("嫌疑人：监护人"));
    let reads: Vec<(String, Vec<String>)> =
        sqlx::query_as("SELECT role, parts FROM reads WHERE report_id = $1 ORDER BY id")
            .bind(filed.id())
            .fetch_all(&system.db)
            .await
            .unwrap();
    assert_eq!(
        reads,
        [(
            "office".to_owned(),
            vec!["place".into(), "situations".into(), "child".into()]
        )]
    );
    // A report that nobody decided yet shows where, and no more.
    let looks: Vec<String> = sqlx::query_scalar("SELECT report_looks(-1, 'office')")
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert_eq!(looks, ["place", "own"]);
    system.quiet(std::time::Duration::from_secs(20)).await;
}

fn desk_login(system: &System) -> String {
    std::fs::read_to_string(system.dir().join("logins/desk.url")).unwrap()
}

/// What the form says before a reporter chooses: by name, the units that the rules allow see name and phone at once; in secrecy they
/// see kind and organization and no more; anonymous, nothing but the kind is there.
#[tokio::test]
async fn a_reporters_choice_is_kept() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    accounts.join(&system, "health", "王伟", ("health", "member")).await;
    let (police, health) = (
        accounts.browser(&system, "member").await,
        accounts.browser(&system, "health").await,
    );
    let (name, phone, organization) = ("化名报告人壬", "13912345678", "某某中心小学");
    for (identity, open, known) in [
        ("named", true, true),
        ("confidential", false, true),
        ("anonymous", false, false),
    ] {
        let mut body: Value = Sample::BruisesAtSchool.json();
        body["reporter"] = json!({"kind": "teacher", "identity": identity, "name": name, "phone": phone, "organization": organization});
        let filed = system.file(&body.to_string()).await;
        system.routed(&filed).await;
        let of = tickets(&system, &filed).await;
        let of = |unit: &str| of.iter().find(|ticket| ticket.unit == unit).unwrap().id;
        let page = police.get(&format!("/tickets/{}", of("pol-341222101"))).await.text;
        assert_eq!(page.contains(name) && page.contains(phone), open, "{identity}");
        assert!(
            open || !page.contains(name) && !page.contains(phone),
            "{identity}: neither of them"
        );
        assert_eq!(
            page.contains("id=\"reporter-reason\""),
            identity == "confidential",
            "{identity}: nothing else is hidden"
        );
        assert_eq!(page.contains(organization), known, "{identity}");
        let page = health.get(&format!("/tickets/{}", of("health"))).await.text;
        for word in [name, phone, organization] {
            assert!(
                !page.contains(word),
                "{identity}: no row of health shows who reported: {word}"
            );
        }
    }
}
