//! No back door: of reports in which every part is a word of its own, each person gets through every door of the program — every
//! route that it prints, with every id that there is — no word but those of the parts that their row shows or an opening has opened for
//! them; and whenever a word is shown, a row of `reads` says so in the same moment.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Method, redirect::Policy};
use serde_json::{Value, json};
use tests::{
    Filed, System,
    officers::{Accounts, Browser},
};

/// The sealed words of a report by part; `contact` and `identity` are what a named, or any, reporter said of themselves.
const PARTS: [(&str, &str); 9] = [
    ("place", "暗号地点"),
    ("child", "暗号姓名"),
    ("birth", "暗号证件"),
    ("school", "暗号学校"),
    ("home", "暗号住址"),
    ("narrative", "暗号经过"),
    ("reporter", "暗号单位"),
    ("contact", "暗号报告人"),
    ("contact", "暗号电话"),
];

/// A report with its words.
struct Planted {
    filed: Filed,
    mark: &'static str,
    named: bool,
}

impl Planted {
    async fn file(system: &System, mark: &'static str, named: bool, situations: &[&str], danger: bool) -> Self {
        let word = |part: usize| format!("{}{mark}", PARTS[part].1);
        let body = json!({
            "situations": situations, "present_danger": danger, "area": "341222101001", "where_now": word(0), "place": "home",
            "suspect": "acquaintance",
            "children": [{"name": word(1), "sex": "female", "age": 13, "id_number": word(2), "living_with": "grandparents",
                          "left_behind": true, "school": word(3), "home_address": word(4)}],
            "reporter": {"kind": "doctor", "identity": if named { "named" } else { "confidential" }, "organization": word(6),
                         "name": word(7), "phone": word(8)},
            "narrative": word(5),
        });
        let filed = system.file(&body.to_string()).await;
        system.routed(&filed).await;
        Self { filed, mark, named }
    }

    /// Which parts a text holds words of, as `reads` names them.
    fn told(&self, text: &str) -> BTreeSet<&'static str> {
        PARTS
            .iter()
            .filter(|(_, word)| text.contains(&format!("{word}{}", self.mark)))
            .map(|(part, _)| *part)
            .collect()
    }

    /// Whether somebody who is shown `parts` may read words of this one.
    fn covers(&self, parts: &BTreeSet<String>, part: &str) -> bool {
        match part {
            "contact" => parts.contains("identity") || self.named && parts.contains("reporter"),
            "reporter" => parts.contains("identity") || parts.contains("reporter"),
            part => parts.contains(part),
        }
    }
}

struct Person {
    who: String,
    account: i64,
    browser: Browser,
    csrf: String,
    token: String,
}

async fn one<T>(system: &System, sql: &'static str, id: i64) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    sqlx::query_scalar(sql).bind(id).fetch_one(&system.db).await.unwrap()
}

async fn all<T>(system: &System, sql: &'static str, id: i64) -> Vec<T>
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    sqlx::query_scalar(sql).bind(id).fetch_all(&system.db).await.unwrap()
}

impl Person {
    async fn open(system: &System, accounts: &Accounts, who: &str) -> Self {
        let browser = accounts.browser(system, who).await;
        let csrf = browser.get("/password").await.hidden("csrf");
        let account = sqlx::query_scalar("SELECT id FROM accounts WHERE login = $1")
            .bind(accounts.of(who).0)
            .fetch_one(&system.db)
            .await
            .unwrap();
        Self {
            who: who.to_owned(),
            account,
            browser,
            csrf,
            token: accounts.token(system, who).await,
        }
    }

    /// What this person may be shown of a report, from whichever door: by the rows, read from the database apart from the program.
    async fn parts(&self, system: &System, report: i64) -> BTreeSet<String> {
        let parts: Vec<String> = sqlx::query_scalar(
            "SELECT unnest(array_remove(t.shows, 'identity')) FROM tickets t JOIN memberships m ON m.unit = t.unit AND m.ended_at IS NULL
                 AND m.role IN ('member', 'leader', 'office') WHERE t.report_id = $1 AND m.account_id = $2
             UNION SELECT jsonb_array_elements_text(d.looks -> m.role) FROM decisions d, memberships m
             WHERE d.report_id = $1 AND m.account_id = $2 AND m.ended_at IS NULL AND m.role IN ('office', 'oversight')
             UNION SELECT unnest(o.parts) FROM openings o WHERE o.report_id = $1 AND o.asked_account = $2 AND o.state = 'open'",
        )
        .bind(report)
        .bind(self.account)
        .fetch_all(&system.db)
        .await
        .unwrap();
        parts.into_iter().collect()
    }

    async fn ask(&self, system: &System, client: &reqwest::Client, method: &str, path: &str) -> String {
        let api = path.starts_with("/api/");
        let mut request = client.request(
            method.parse::<Method>().unwrap(),
            format!("{}{path}", system.internal_url),
        );
        request = if api {
            request.bearer_auth(&self.token)
        } else {
            request.header("cookie", self.browser.cookie())
        };
        if method == "POST" {
            request = if api {
                request.json(&json!({"version": 0}))
            } else {
                request.form(&BTreeMap::from([("csrf", self.csrf.as_str()), ("version", "0")]))
            };
        }
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned());
        let bytes = answer.bytes().await.unwrap();
        format!("{}{}", location.unwrap_or_default(), String::from_utf8_lossy(&bytes))
    }
}

/// One more person for each unit that holds a ticket.
async fn unit_people(system: &System, accounts: &mut Accounts) -> Vec<String> {
    let password = accounts.of("member").1.to_owned();
    let units: Vec<String> = all(
        system,
        "SELECT DISTINCT unit FROM tickets WHERE unit <> 'office' AND $1 = $1 ORDER BY 1",
        0_i64,
    )
    .await;
    for unit in &units {
        let login = format!("walk-{unit}");
        sqlx::query(
            "WITH a AS (INSERT INTO accounts (county, login, name, password_hash, created_at, created_by)
                        SELECT county, $1, $2, password_hash, created_at, 'test' FROM accounts WHERE login = 'demo-member'
                        RETURNING id, county, created_at)
             INSERT INTO memberships (account_id, county, unit, role, since) SELECT id, county, $3, 'member', created_at FROM a",
        )
        .bind(&login)
        .bind(format!("走查{unit}"))
        .bind(unit)
        .execute(&system.db)
        .await
        .unwrap();
        accounts.add(unit, &login, &password);
    }
    units
}

/// Every id that an address may hold, by the name of its place.
struct Ids {
    tickets: Vec<i64>,
    reports: Vec<i64>,
    openings: Vec<i64>,
    people: Vec<i64>,
    floods: Vec<i64>,
}

impl Ids {
    /// Of tickets those that this person's unit holds, one that it doesn't, and for the county one of each report.
    async fn of(system: &System, account: i64) -> Self {
        Self {
            tickets: all(
                system,
                "(SELECT t.id FROM tickets t JOIN memberships m ON m.unit = t.unit AND m.ended_at IS NULL
                      AND m.role IN ('member', 'leader') WHERE m.account_id = $1 ORDER BY t.report_id, t.id LIMIT 4)
                 UNION (SELECT min(t.id) FROM tickets t WHERE NOT EXISTS (SELECT FROM memberships m WHERE m.account_id = $1 AND m.unit = t.unit)
                        AND EXISTS (SELECT FROM memberships m WHERE m.account_id = $1 AND m.role IN ('member', 'leader'))
                        HAVING min(t.id) IS NOT NULL)
                 UNION SELECT min(t.id) FROM tickets t WHERE EXISTS (SELECT FROM memberships m WHERE m.account_id = $1
                        AND m.role NOT IN ('member', 'leader')) GROUP BY t.report_id
                 UNION SELECT t.id FROM tickets t WHERE t.state = 'close-requested' AND EXISTS (SELECT FROM memberships m
                        WHERE m.account_id = $1 AND m.role NOT IN ('member', 'leader')) ORDER BY 1",
                account,
            )
            .await,
            reports: all(system, "SELECT id FROM reports WHERE $1 = $1 ORDER BY id", 0_i64).await,
            openings: all(system, "SELECT id FROM openings WHERE $1 = $1 ORDER BY id", 0_i64).await,
            people: all(
                system,
                "SELECT id FROM accounts WHERE login IN ('demo-member', 'demo-office') AND $1 = $1",
                0_i64,
            )
            .await,
            floods: all(system, "SELECT id FROM floods WHERE $1 = $1", 0_i64).await,
        }
    }

    /// The addresses of a route.
    fn addresses(&self, route: &str) -> Vec<String> {
        let first = |name: &str, ids: &[i64], routes: Vec<String>| -> Vec<String> {
            if !route.contains(name) {
                return routes;
            }
            routes
                .iter()
                .flat_map(|path| ids.iter().map(|id| path.replace(name, &id.to_string())))
                .collect()
        };
        let ids = match route.trim_start_matches("/api/v1") {
            path if path.starts_with("/openings") => &self.openings,
            path if path.starts_with("/people") || path.starts_with("/grants") || path.starts_with("/factor") => {
                &self.people
            }
            path if path.starts_with("/floods") => &self.floods,
            _ => &self.tickets,
        };
        let acts: &[&str] = match route.trim_start_matches("/api/v1") {
            path if path.starts_with("/openings") => &["approve", "refuse", "review", "end", "withdraw"],
            path if path.starts_with("/closings") => &["confirm", "refuse"],
            path if path.starts_with("/triage") => &["assign", "reroute"],
            path if path.starts_with("/floods") => &["ask", "confirm"],
            _ => &["refuse"],
        };
        let paths = first("{id}", ids, vec![route.to_owned()]);
        let paths = first("{report_id}", &self.reports, paths);
        let paths = first("{opening}", &self.openings, paths);
        paths
            .iter()
            .flat_map(|path| acts.iter().map(move |act| path.replace("{act}", act)))
            .map(|path| {
                path.replace("{notice}", "00000000-0000-4000-8000-000000000000")
                    .replace("{version}", "1")
                    .replace("{table}", "disclosure")
                    .replace("{row}", "1")
                    .replace("{code}", "pol-341222101")
            })
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }
}

/// Doors that end the session, or that no report stands behind and that change the person who walks.
fn is_walked(method: &str, path: &str) -> bool {
    !path.starts_with("/assets/")
        && !path.starts_with("/logout")
        && method != "DELETE"
        && (method != "POST"
            || ![
                "/login",
                "/sessions",
                "/password",
                "/factor",
                "/people",
                "/units",
                "/rules",
                "/grants",
                "/api/v1/session",
                "/api/v1/grants",
            ]
            .iter()
            .any(|begin| path.starts_with(begin)))
}

/// Reports in every state that has a page of its own, with looks that are asked, open, ended and refused.
async fn scene(system: &System, accounts: &mut Accounts) -> (Vec<Planted>, Vec<String>) {
    let many = [
        "abuse-injury",
        "guardian-unfit",
        "dropout",
        "internet-harm",
        "orphan",
        "illness",
        "disability",
        "psychological",
        "minor-offence",
        "hardship",
    ];
    let reports = vec![
        Planted::file(system, "Zq1", false, &many, true).await,
        Planted::file(
            system,
            "Zq2",
            true,
            &["living-alone", "bullying", "sexual-under-14", "dropout"],
            false,
        )
        .await,
        Planted::file(system, "Zq3", false, &["abuse-injury"], false).await,
        Planted::file(system, "Zq4", true, &["dropout"], false).await,
    ];
    let units = unit_people(system, accounts).await;
    let (first, last) = (reports[0].filed.id(), reports[3].filed.id());
    let post = async |who: &str, path: String, body: Value| {
        let token = accounts.token(system, who).await;
        let answer = system
            .http
            .post(format!("{}/api/v1{path}", system.internal_url))
            .bearer_auth(token)
            .json(&body);
        let answer = answer.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{who} {path}: {status} {text}");
    };
    // The third waits for the office, which holds it.
    sqlx::query(
        "UPDATE tickets SET obligation = 'triage', unit = 'office', unit_kind = 'office',
                shows = '{place,situations,child,birth,school,home,suspect,narrative,reporter}'
         WHERE id = (SELECT min(id) FROM tickets WHERE report_id = $1)",
    )
    .bind(reports[2].filed.id())
    .execute(&system.db)
    .await
    .unwrap();
    // Two units sign; the police open the identity, the other what a P1 opens at once, and asks for more.
    for obligation in ["police-accept", "psychological-support"] {
        let (ticket, unit): (i64, String) =
            sqlx::query_as("SELECT id, unit FROM tickets WHERE report_id = $1 AND obligation = $2 ORDER BY id LIMIT 1")
                .bind(first)
                .bind(obligation)
                .fetch_one(&system.db)
                .await
                .unwrap();
        post(&unit, format!("/tickets/{ticket}/sign"), json!({"version": 1})).await;
        let parts = if obligation == "police-accept" {
            json!(["identity"])
        } else {
            json!(["home", "birth", "reporter"])
        };
        post(
            &unit,
            format!("/tickets/{ticket}/openings"),
            json!({"parts": parts, "reason": "上门需要"}),
        )
        .await;
        if obligation != "police-accept" {
            // Closed but for another person's word.
            let version: i32 = one(system, "SELECT version FROM tickets WHERE id = $1", ticket).await;
            let closing = json!({"version": version, "outcome": "no-harm-found", "note": "未见异常", "unseen": "电话核实", "missing": "无"});
            post(&unit, format!("/tickets/{ticket}/resolve"), closing).await;
        }
    }
    // The office asks for what it is not shown, the second person approves; the oversight asks and is refused.
    post(
        "office",
        format!("/reports/{first}/openings"),
        json!({"parts": ["identity", "school"], "reason": "回访"}),
    )
    .await;
    let asked: i64 = one(system, "SELECT max(id) FROM openings WHERE $1 = $1", 0_i64).await;
    post("office2", format!("/openings/{asked}/approve"), json!({"version": 1})).await;
    post(
        "oversight",
        format!("/reports/{first}/openings"),
        json!({"parts": ["identity"], "reason": "核查"}),
    )
    .await;
    let asked: i64 = one(system, "SELECT max(id) FROM openings WHERE $1 = $1", 0_i64).await;
    post(
        "office",
        format!("/openings/{asked}/refuse"),
        json!({"version": 1, "note": "不需要"}),
    )
    .await;
    // The last report is closed and waits for a call-back; two are of a flood.
    sqlx::query(
        "UPDATE tickets SET state = 'resolved', signed_at = dispatched_at, signed_by = '王伟', resolved_at = dispatched_at, resolved_by = '王伟',
                outcome = 'no-harm-found', next_stage = NULL, next_due_at = NULL WHERE report_id = $1",
    )
    .bind(last)
    .execute(&system.db)
    .await
    .unwrap();
    sqlx::query("UPDATE stages SET ended_at = started_at, next_at = NULL, ended_how = 'closed' WHERE ticket_id IN (SELECT id FROM tickets WHERE report_id = $1)")
        .bind(last)
        .execute(&system.db)
        .await
        .unwrap();
    sqlx::query(
        "WITH f AS (INSERT INTO floods (county, kind, township, began_at, last_at, state)
                    SELECT county, 'township', '341222101000', received_at, received_at, 'open' FROM reports WHERE id = $1 RETURNING id)
         INSERT INTO flood_reports (report_id, flood_id) SELECT r.id, f.id FROM f, reports r WHERE r.id IN ($1, $2)",
    )
    .bind(first)
    .bind(reports[1].filed.id())
    .execute(&system.db)
    .await
    .unwrap();
    (reports, units)
}

#[tokio::test]
async fn no_door_tells_more_than_its_row_and_every_look_is_written_down() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    let (reports, units) = scene(&system, &mut accounts).await;
    let printed = system.intake_cli(&["routes"]).await.stdout;
    let routes: Vec<(&str, &str)> = printed.lines().map(|line| line.split_once(' ').unwrap()).collect();
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let people = ["member", "leader", "office", "office2", "oversight", "leading", "admin"].map(str::to_owned);
    let (mut wrong, mut shown, mut doors) = (Vec::new(), BTreeSet::new(), 0);
    for who in people.iter().chain(&units) {
        let person = Person::open(&system, &accounts, who).await;
        let ids = Ids::of(&system, person.account).await;
        let mut may = Vec::new();
        for planted in &reports {
            may.push(person.parts(&system, planted.filed.id()).await);
        }
        for (method, route) in routes.iter().filter(|(method, route)| is_walked(method, route)) {
            // A unit's person finds nothing behind the county's pages, whatever the id: one is enough there.
            let mut addresses = ids.addresses(route);
            let county = !route.contains("/tickets/") || route.contains("/board/");
            // A form that fails shows the page that it stands on: one of each is enough.
            if *method == "POST" && route.contains("/tickets/") {
                addresses.truncate(1);
            }
            if county && !["office", "office2", "oversight"].contains(&who.as_str()) {
                addresses.truncate(1);
            }
            for path in addresses {
                let before = platform::clock::now();
                let text = person.ask(&system, &client, method, &path).await;
                doors += 1;
                for (planted, may) in reports.iter().zip(&may) {
                    let told = planted.told(&text);
                    if told.is_empty() {
                        continue;
                    }
                    let read: Vec<String> = sqlx::query_scalar(
                        "SELECT DISTINCT unnest(parts) FROM reads WHERE at >= $1 AND report_id = $2 AND account_id = $3",
                    )
                    .bind(before)
                    .bind(planted.filed.id())
                    .bind(person.account)
                    .fetch_all(&system.db)
                    .await
                    .unwrap();
                    let read: BTreeSet<String> = read.into_iter().collect();
                    for part in told {
                        shown.insert((person.who.clone(), part));
                        if !planted.covers(may, part) {
                            wrong.push(format!("{who} {method} {path}: shows {part} of {}", planted.mark));
                        }
                        if !planted.covers(&read, part) {
                            wrong.push(format!(
                                "{who} {method} {path}: shows {part} of {}, and no look is written down",
                                planted.mark
                            ));
                        }
                        if !route.contains('{') {
                            wrong.push(format!(
                                "{who} {method} {path}: a list shows {part} of {}",
                                planted.mark
                            ));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {doors}:\n{}", wrong.len(), wrong.join("\n"));
    // The walk did meet what it looks for.
    for (who, part) in [
        ("office", "place"),
        ("office", "child"),
        ("office", "contact"),
        ("office", "school"),
        ("oversight", "narrative"),
        ("oversight", "birth"),
        ("pol-341222101", "contact"),
        ("pol-341222101", "narrative"),
        ("leader", "narrative"),
    ] {
        assert!(
            shown.contains(&(who.to_owned(), part)),
            "{who} was never shown {part}: {shown:?}"
        );
    }
    assert!(
        !shown.iter().any(|(who, _)| who == "leading" || who == "admin"),
        "{shown:?}"
    );
    eprintln!("{doors} doors");
    assert!(doors > 1500, "{doors} doors");

    // What needs no login, what an operator prints, what is mailed, logged and measured.
    system.quiet(std::time::Duration::from_secs(60)).await;
    let mut elsewhere = vec![];
    for planted in &reports {
        elsewhere.push((
            format!("show {}", planted.mark),
            system.show(&planted.filed.receipt).await.to_string(),
        ));
        let status = json!({"receipt": planted.filed.receipt, "follow_up_code": planted.filed.follow_up_code});
        let status = system
            .http
            .post(format!("{}/api/v1/status", system.public_url))
            .json(&status)
            .send()
            .await
            .unwrap();
        assert_eq!(status.status(), 200);
        elsewhere.push((format!("status {}", planted.mark), status.text().await.unwrap()));
    }
    for mail in system.mail.mails() {
        elsewhere.push(("a mail".to_owned(), format!("{}{}", mail.raw, mail.text())));
    }
    for (name, service) in [
        ("intake-api", &system.intake),
        ("router", &system.router),
        ("notifier", &system.notifier),
    ] {
        elsewhere.push((format!("the log of {name}"), service.log_text()));
        elsewhere.push((format!("the metrics of {name}"), service.metrics().await));
    }
    for (place, text) in elsewhere {
        for planted in &reports {
            assert!(planted.told(&text).is_empty(), "{place}: {:?}", planted.told(&text));
        }
    }
}
