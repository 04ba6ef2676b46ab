//! Who may do what: every internal route with every role. A route that is not in the table, or a row without a route, fails.
//!
//! Each cell is the exact status, or `ANY` where the right is there and the answer depends on what was asked: then anything
//! but a refusal (401, 403, the way to the login page) is right. Without the right the answer is 404, as if there were nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod table;

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;
use tests::{
    Sample, System,
    officers::{Accounts, Browser},
};

use table::TABLE;

/// Allowed; the answer depends on more than the right.
const ANY: u16 = 0;
/// The way to the login page.
const LOGIN: u16 = 303;

/// The way to a page of one's own.
const LED: u16 = 302;

/// nobody, other unit, same unit, leader, office, oversight, leading group, admin
type Cells = [u16; 8];
const WHO: [&str; 8] = [
    "nobody",
    "other",
    "member",
    "leader",
    "office",
    "oversight",
    "leading",
    "admin",
];

const EVERYBODY: Cells = [ANY; 8];
const SIGNED_IN: Cells = [LOGIN, ANY, ANY, ANY, ANY, ANY, ANY, ANY];
const UNIT: Cells = [LOGIN, 200, 200, 200, 404, 404, 404, 404];
const OVERSEER: Cells = [LOGIN, 404, 404, 404, ANY, ANY, 404, 404];
const OFFICE: Cells = [LOGIN, 404, 404, 404, ANY, 404, 404, 404];
const LEADING: Cells = [LOGIN, 404, 404, 404, 404, 404, 200, 404];
const ADMIN: Cells = [LOGIN, 404, 404, 404, 404, 404, 404, ANY];
/// Accounts: an administrator all, a leader those of the unit's members.
const KEEPER: Cells = [LOGIN, 404, 404, ANY, 404, 404, 404, ANY];
const CONFIRMER: Cells = [LOGIN, 404, 404, 404, ANY, 404, 404, ANY];
/// Whoever has a role sees who is on duty.
const STAFF: Cells = [LOGIN, 200, 200, 200, 200, 200, 200, 200];
/// An administrator keeps every roster, a leader their own; nothing was typed.
const KEPT_BY_ADMIN: Cells = [LOGIN, 404, 404, 404, 404, 404, 404, 422];
/// Whoever may be on duty for a unit.
const DUTY: Cells = [LOGIN, 200, 200, 200, 200, 404, 200, 404];
/// The same, where the page or the call that is asked for must be named, and is not.
const DUTY_OF_NO_PAGE: Cells = [LOGIN, 400, 400, 400, 400, 404, 400, 404];
/// The same for what is sent.
const DUTY_UNSAID: Cells = [LOGIN, 422, 422, 422, 422, 404, 422, 404];
const NO_PHONE: Cells = [LOGIN, 404, 404, 404, 404, 404, 404, 404];
const AUDITOR: Cells = [LOGIN, 404, 404, 404, ANY, ANY, 404, ANY];
const WATCHER: Cells = [LOGIN, 404, 404, 404, 404, ANY, 404, ANY];

/// The cells of a ticket's route: another unit finds nothing.
const fn ticket(same_unit: u16) -> Cells {
    [LOGIN, 404, same_unit, same_unit, 404, 404, 404, 404]
}

/// The cells of a ticket's page: its address stands in mails, and leads the office and the leading group to their own.
const TICKET_PAGE: Cells = [LOGIN, 404, 200, 200, LED, LED, LED, 404];

/// The same right by API: no login page there.
const fn api(mut cells: Cells) -> Cells {
    cells[0] = 401;
    cells
}

fn table() -> impl Iterator<Item = &'static (&'static str, &'static str, Cells)> {
    TABLE.iter()
}

#[tokio::test]
async fn every_route_with_every_role() {
    let system = System::start().await;
    let printed = system.intake_cli(&["routes"]).await.stdout;
    let mut routes: Vec<&str> = printed.lines().collect();
    let mut rows: Vec<String> = table().map(|(method, path, _)| format!("{method} {path}")).collect();
    routes.sort_unstable();
    rows.sort_unstable();
    assert_eq!(
        routes, rows,
        "the program's routes on the left, the table's on the right"
    );

    let mut accounts = Accounts::make(&system).await;
    let more = [("other", "ca", "member"), ("oversight", "office", "oversight")];
    accounts.more(&system, &more).await;
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    let ticket: i64 = sqlx::query_scalar("SELECT id FROM tickets WHERE report_id = $1 AND unit = 'pol-341222101'")
        .bind(filed.id())
        .fetch_one(&system.db)
        .await
        .unwrap();

    let (mut wrong, mut refused) = (Vec::new(), 0);
    for (column, who) in WHO.into_iter().enumerate() {
        let mut session = Session::open(&system, &accounts, who).await;
        for (method, path, cells) in table() {
            let (status, location) = session.ask(method, path, ticket).await;
            if column > 0 && matches!(status, 403 | 404) && !path.starts_with("/assets/") {
                refused += 1;
            }
            let to_login = status == 303 && location.as_deref().is_some_and(|l| l.starts_with("/login"));
            let fine = match cells[column] {
                // Signing out leads to the login page as well.
                ANY if path.starts_with("/logout") => to_login,
                ANY => !matches!(status, 401 | 403) && !to_login && status < 500 || status == 401 && *path == "/login",
                LOGIN if column == 0 => to_login,
                LED => status == 303 && location.as_deref().is_some_and(|l| own_page(who, l, ticket)),
                exact => status == exact,
            };
            if !fine {
                wrong.push(format!(
                    "{who} {method} {path}: {status} {location:?}, not {}",
                    cells[column]
                ));
            }
            if path.starts_with("/logout") || path.starts_with("/sessions/") || *method == "DELETE" {
                session = Session::open(&system, &accounts, who).await;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let touched: i64 = system.count("SELECT count(*) FROM tickets WHERE version > 1").await;
    assert_eq!(touched, 0, "nothing was done");
    // Each refusal has its line; what is more than an address may have is counted in one.
    let recorded = "SELECT coalesce(sum(times), 0)::bigint FROM access_events WHERE kind = 'refused'";
    assert_eq!(
        system.count(recorded).await,
        refused,
        "refusals recorded, and refusals seen"
    );
    let named = "SELECT count(*) FROM access_events WHERE kind = 'refused' AND account_id IS NOT NULL AND address IS NOT NULL AND door <> '*'";
    assert!(system.count(named).await >= 20);
}

fn own_page(who: &str, location: &str, ticket: i64) -> bool {
    match who {
        "leading" => location == "/leading",
        _ => location == format!("/board/tickets/{ticket}"),
    }
}

/// A browser and a token of one person, or of nobody.
struct Session<'a> {
    system: &'a System,
    signed_in: Option<(Browser, String, String)>,
}

impl<'a> Session<'a> {
    async fn open(system: &'a System, accounts: &Accounts, who: &str) -> Self {
        if who == "nobody" {
            return Self {
                system,
                signed_in: None,
            };
        }
        let browser = accounts.browser(system, who).await;
        let csrf = browser.get("/password").await.hidden("csrf");
        Self {
            system,
            signed_in: Some((browser, csrf, accounts.token(system, who).await)),
        }
    }

    /// Status and location of a route, asked with everything that the person has and no field filled in.
    async fn ask(&self, method: &str, path: &str, ticket: i64) -> (u16, Option<String>) {
        let id = if path.contains("/tickets/") {
            ticket.to_string()
        } else {
            "999999999".to_owned()
        };
        let path = path
            .replace("{id}", &id)
            .replace("{report_id}", "999999999")
            .replace("{opening}", "999999999")
            .replace("{obligation}", "protection-order")
            .replace("{version}", "1")
            .replace("{table}", "urgency")
            .replace("{row}", "1")
            .replace("{phone}", "999999999")
            .replace("{page}", "999999999")
            .replace("{unit}", "relief")
            .replace("{pattern}", "999999999")
            .replace("{handover}", "999999999")
            .replace("{change}", "999999999")
            .replace("{act}", "take")
            .replace("{code}", "ca")
            .replace("{file}", "style.css");
        let is_api = path.starts_with("/api/");
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let mut request = client.request(
            method.parse::<Method>().unwrap(),
            format!("{}{path}", self.system.internal_url),
        );
        match &self.signed_in {
            Some((_, _, token)) if is_api => request = request.bearer_auth(token),
            Some((browser, ..)) => request = request.header("cookie", browser.cookie()),
            None => {}
        }
        if matches!(method, "POST" | "PUT") {
            let csrf = self.signed_in.as_ref().map_or("", |(_, csrf, _)| csrf);
            request = if is_api {
                request.json(&json!({}))
            } else {
                request.form(&BTreeMap::from([("csrf", csrf)]))
            };
        }
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned());
        (answer.status().as_u16(), location)
    }
}
