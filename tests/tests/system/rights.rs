//! Who may do what: every internal route with every role. A route that is not in the table, or a row without a route, fails.
//!
//! Each cell is the exact status, or `ANY` where the right is there and the answer depends on what was asked: then anything
//! but a refusal (401, 403, the way to the login page) is right. Without the right the answer is 404, as if there were nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;
use tests::{
    Sample, System,
    officers::{Accounts, Browser},
};

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

/// Method, path, cells. Acts are sent with the session's token and nothing else, so that none is done.
const TABLE: [(&str, &str, Cells); 297] = [
    ("GET", "/", SIGNED_IN),
    ("GET", "/login", EVERYBODY),
    ("POST", "/login", [422, ANY, ANY, ANY, ANY, ANY, ANY, ANY]),
    ("POST", "/logout", SIGNED_IN),
    ("POST", "/logout-everywhere", SIGNED_IN),
    ("POST", "/api/v1/session", [422; 8]),
    (
        "DELETE",
        "/api/v1/session",
        api([LOGIN, 204, 204, 204, 204, 204, 204, 204]),
    ),
    ("GET", "/desk", UNIT),
    ("GET", "/desk/list", UNIT),
    ("GET", "/tickets", UNIT),
    ("GET", "/tickets/workbook", UNIT),
    ("GET", "/tickets/child", UNIT),
    // Nothing was typed, nothing was ticked.
    ("POST", "/tickets/child", [LOGIN, 422, 422, 422, 404, 404, 404, 404]),
    ("POST", "/tickets/several", [LOGIN, 404, 404, 404, 404, 404, 404, 404]),
    ("GET", "/reports/workbook", OVERSEER),
    ("GET", "/reports/child", OVERSEER),
    ("POST", "/reports/child", OVERSEER),
    ("GET", "/reads/searches", OVERSEER),
    ("GET", "/api/v1/reports", api(OVERSEER)),
    ("GET", "/tickets/{id}", TICKET_PAGE),
    ("POST", "/tickets/{id}/sign", ticket(409)),
    // Nothing rings here: it says so.
    ("POST", "/tickets/{id}/acknowledge", ticket(303)),
    ("POST", "/desk/acknowledge", [LOGIN, 303, 303, 303, 404, 404, 404, 404]),
    ("POST", "/api/v1/tickets/{id}/acknowledge", api(ticket(200))),
    ("POST", "/tickets/{id}/assign", ticket(422)),
    ("POST", "/tickets/{id}/contact", ticket(422)),
    ("POST", "/tickets/{id}/evidence", ticket(422)),
    // Nothing waits to be started here.
    ("POST", "/tickets/{id}/progress", ticket(422)),
    ("POST", "/api/v1/tickets/{id}/progress", api(ticket(422))),
    ("POST", "/tickets/{id}/start", ticket(422)),
    ("POST", "/api/v1/tickets/{id}/start", api(ticket(422))),
    // Nothing was typed; and before anybody has signed there is no draft.
    ("POST", "/tickets/{id}/requests", ticket(422)),
    ("GET", "/tickets/{id}/requests/{obligation}", ticket(404)),
    ("GET", "/tickets/{id}/requests/{obligation}/docx", ticket(404)),
    ("GET", "/api/v1/tickets/{id}/requests", api(ticket(200))),
    ("POST", "/api/v1/tickets/{id}/requests", api(ticket(422))),
    ("GET", "/tickets/{id}/close", ticket(200)),
    ("POST", "/tickets/{id}/resolve", ticket(422)),
    ("POST", "/tickets/{id}/confirm", ticket(409)),
    ("POST", "/tickets/{id}/refuse", ticket(422)),
    ("POST", "/tickets/{id}/take-back", ticket(409)),
    ("POST", "/tickets/{id}/return", ticket(422)),
    ("POST", "/tickets/{id}/extend", ticket(422)),
    ("POST", "/tickets/{id}/unask", ticket(409)),
    // The leader's alone; here there is no such mail.
    (
        "POST",
        "/tickets/{id}/notices/{notice}/resend",
        [LOGIN, 404, 404, 404, 404, 404, 404, 404],
    ),
    ("POST", "/tickets/{id}/reporter", ticket(422)),
    ("POST", "/tickets/{id}/openings", ticket(422)),
    ("GET", "/tickets/{id}/openings/{opening}", ticket(404)),
    ("POST", "/tickets/{id}/openings/{opening}/end", ticket(404)),
    ("GET", "/openings", OVERSEER),
    ("GET", "/openings/{id}", OVERSEER),
    ("GET", "/openings/{id}/read", OVERSEER),
    ("POST", "/openings/{id}/{act}", OVERSEER),
    ("GET", "/reports", OVERSEER),
    ("GET", "/reports/{report_id}", OVERSEER),
    ("POST", "/reports/{report_id}/openings", OVERSEER),
    ("GET", "/reads", OVERSEER),
    ("GET", "/api/v1/tickets/{id}/openings", api(ticket(200))),
    ("POST", "/api/v1/tickets/{id}/openings", api(ticket(422))),
    ("GET", "/api/v1/tickets/{id}/openings/{opening}", api(ticket(404))),
    ("POST", "/api/v1/tickets/{id}/openings/{opening}/end", api(ticket(404))),
    ("GET", "/api/v1/openings", api(OVERSEER)),
    ("GET", "/api/v1/openings/{id}", api(OVERSEER)),
    ("GET", "/api/v1/openings/{id}/read", api(OVERSEER)),
    ("POST", "/api/v1/openings/{id}/{act}", api(OVERSEER)),
    ("GET", "/api/v1/reports/{report_id}", api(OVERSEER)),
    ("POST", "/api/v1/reports/{report_id}/openings", api(OVERSEER)),
    ("GET", "/api/v1/reads", api(OVERSEER)),
    ("GET", "/api/v1/openapi.json", [200; 8]),
    ("GET", "/api/v1/tickets", api(UNIT)),
    ("GET", "/api/v1/tickets/{id}", api(ticket(200))),
    ("POST", "/api/v1/tickets/{id}/sign", api(ticket(422))),
    ("POST", "/api/v1/tickets/{id}/assign", api(ticket(422))),
    ("POST", "/api/v1/tickets/{id}/contact", api(ticket(422))),
    ("POST", "/api/v1/tickets/{id}/evidence", api(ticket(422))),
    ("POST", "/api/v1/tickets/{id}/resolve", api(ticket(422))),
    ("POST", "/api/v1/tickets/{id}/confirm", api(ticket(422))),
    ("POST", "/api/v1/tickets/{id}/refuse", api(ticket(422))),
    ("POST", "/api/v1/tickets/{id}/take-back", api(ticket(422))),
    ("POST", "/api/v1/tickets/{id}/return", api(ticket(422))),
    ("POST", "/api/v1/tickets/{id}/extend", api(ticket(422))),
    ("POST", "/api/v1/tickets/{id}/unask", api(ticket(422))),
    ("GET", "/drills", OVERSEER),
    ("POST", "/drills", OFFICE),
    ("GET", "/drills/{id}", OVERSEER),
    ("POST", "/drills/{id}/{act}", OFFICE),
    ("GET", "/api/v1/drills", api(OVERSEER)),
    ("POST", "/api/v1/drills", api(OFFICE)),
    ("GET", "/api/v1/drills/{id}", api(OVERSEER)),
    ("POST", "/api/v1/drills/{id}/{act}", api(OFFICE)),
    ("GET", "/board", OVERSEER),
    ("GET", "/board/now", OVERSEER),
    ("GET", "/board/unsigned", OVERSEER),
    ("GET", "/board/overdue", OVERSEER),
    ("GET", "/board/failed", OVERSEER),
    ("GET", "/board/tickets/{id}", OVERSEER),
    ("GET", "/board/tickets/{id}/telephone", OFFICE),
    ("POST", "/board/tickets/{id}/telephone", OFFICE),
    ("GET", "/api/v1/board/tickets/{id}/telephone", api(OFFICE)),
    ("POST", "/api/v1/board/tickets/{id}/telephone", api(OFFICE)),
    ("GET", "/api/v1/board/arrivals", api(OVERSEER)),
    ("GET", "/api/v1/tickets/{id}/rings", api(ticket(200))),
    ("GET", "/api/v1/board/tickets/{id}/rings", api(OVERSEER)),
    ("POST", "/api/v1/board/tickets/{id}/call", api(OFFICE)),
    ("POST", "/api/v1/board/tickets/{id}/answered", api(OFFICE)),
    ("POST", "/board/tickets/{id}/call", OFFICE),
    ("POST", "/board/tickets/{id}/answered", OFFICE),
    ("POST", "/board/notices/{notice}/resend", OFFICE),
    ("POST", "/api/v1/notices/{notice}/resend", api(OFFICE)),
    ("GET", "/triage", OVERSEER),
    ("GET", "/triage/{report_id}", OVERSEER),
    ("POST", "/triage/{report_id}/take", OFFICE),
    ("POST", "/triage/{report_id}/assign", OFFICE),
    ("POST", "/triage/{report_id}/reroute", OFFICE),
    ("GET", "/callbacks", OVERSEER),
    ("GET", "/callbacks/{report_id}", OVERSEER),
    ("POST", "/callbacks/{report_id}", OFFICE),
    ("POST", "/callbacks/{report_id}/open", OFFICE),
    ("POST", "/callbacks/{report_id}/decide", OFFICE),
    ("GET", "/closings", OVERSEER),
    ("GET", "/closings/{id}", OVERSEER),
    ("POST", "/closings/{id}/confirm", OFFICE),
    ("POST", "/closings/{id}/refuse", OFFICE),
    ("GET", "/floods/{id}", OVERSEER),
    ("POST", "/floods/{id}/{act}", OFFICE),
    ("GET", "/api/v1/floods", api(OVERSEER)),
    ("GET", "/api/v1/floods/{id}", api(OVERSEER)),
    ("POST", "/api/v1/floods/{id}/{act}", api(OFFICE)),
    ("GET", "/api/v1/closings", api(OVERSEER)),
    ("POST", "/api/v1/closings/{id}/{act}", api(OFFICE)),
    ("GET", "/motions", OVERSEER),
    ("GET", "/motions/{id}", OVERSEER),
    ("POST", "/motions/{id}/{act}", OFFICE),
    ("GET", "/api/v1/motions", api(OVERSEER)),
    ("POST", "/api/v1/motions/{id}/{act}", api(OFFICE)),
    ("GET", "/api/v1/callbacks", api(OVERSEER)),
    ("GET", "/api/v1/callbacks/undecided", api(OVERSEER)),
    ("GET", "/api/v1/callbacks/{report_id}", api(OVERSEER)),
    ("POST", "/api/v1/callbacks/{report_id}/decide", api(OFFICE)),
    ("POST", "/api/v1/callbacks/{report_id}", api(OFFICE)),
    ("GET", "/api/v1/triage", api(OVERSEER)),
    ("POST", "/api/v1/triage/{report_id}/{act}", api(OFFICE)),
    ("GET", "/api/v1/board/now", api(OVERSEER)),
    ("GET", "/api/v1/board/times", api(OVERSEER)),
    ("GET", "/rules", OVERSEER),
    ("POST", "/rules", OFFICE),
    ("GET", "/rules/{version}", OVERSEER),
    ("GET", "/rules/{version}/replay", OVERSEER),
    ("POST", "/rules/{version}/replay", OFFICE),
    ("GET", "/rules/{version}/try", OVERSEER),
    ("GET", "/rules/{version}/tables/{table}", OVERSEER),
    ("GET", "/rules/{version}/tables/{table}/rows/{row}", OFFICE),
    ("POST", "/rules/{version}/tables/{table}/rows/{row}", OFFICE),
    ("POST", "/rules/{version}/tables/{table}/rows/{row}/check", OFFICE),
    ("GET", "/rules/{version}/workbook", OVERSEER),
    ("POST", "/rules/{version}/workbook", OFFICE),
    ("GET", "/rules/{version}/rules.xlsx", OVERSEER),
    ("POST", "/rules/{version}/submit", OFFICE),
    ("POST", "/rules/{version}/decline", OFFICE),
    ("POST", "/rules/{version}/approve", OFFICE),
    ("POST", "/rules/{version}/withdraw", OFFICE),
    ("GET", "/calendar", OVERSEER),
    ("POST", "/calendar/look", OFFICE),
    ("POST", "/calendar", OFFICE),
    ("POST", "/calendar/{id}/{act}", OFFICE),
    ("GET", "/api/v1/calendar", api(OVERSEER)),
    ("POST", "/api/v1/calendar/look", api(OFFICE)),
    ("POST", "/api/v1/calendar", api(OFFICE)),
    ("POST", "/api/v1/calendar/{id}/{act}", api(OFFICE)),
    ("GET", "/people", KEEPER),
    ("GET", "/api/v1/people", api(KEEPER)),
    ("POST", "/people", KEEPER),
    ("GET", "/people/import", ADMIN),
    ("GET", "/people/import/people.xlsx", ADMIN),
    ("POST", "/people/import", ADMIN),
    ("POST", "/people/import/confirm", ADMIN),
    ("GET", "/people/{id}", KEEPER),
    ("GET", "/people/{id}/phones", KEEPER),
    ("POST", "/people/{id}/phones", KEEPER),
    ("POST", "/people/{id}/phones/{phone}/end", NO_PHONE),
    ("GET", "/duty", STAFF),
    ("POST", "/duty/numbers", [LOGIN, 404, 404, 404, 200, 404, 200, 404]),
    ("GET", "/duty/{unit}", STAFF),
    // The roster of a unit that is somebody else's.
    ("POST", "/duty/{unit}/hours", KEPT_BY_ADMIN),
    ("POST", "/duty/{unit}/phone", KEPT_BY_ADMIN),
    (
        "GET",
        "/duty/{unit}/pattern",
        [LOGIN, 404, 404, 404, 404, 404, 404, 200],
    ),
    ("POST", "/duty/{unit}/pattern", KEPT_BY_ADMIN),
    (
        "POST",
        "/duty/{unit}/patterns/{pattern}/end",
        [LOGIN, 404, 404, 404, 404, 404, 404, 409],
    ),
    (
        "GET",
        "/duty/{unit}/roster.xlsx",
        [LOGIN, 404, 404, 404, 404, 404, 404, 200],
    ),
    ("GET", "/duty/{unit}/import", [LOGIN, 404, 404, 404, 404, 404, 404, 200]),
    ("POST", "/duty/{unit}/import", KEPT_BY_ADMIN),
    ("POST", "/duty/{unit}/import/confirm", KEPT_BY_ADMIN),
    ("POST", "/duty/{unit}/absences", KEPT_BY_ADMIN),
    ("POST", "/duty/{unit}/swaps", NO_PHONE),
    ("POST", "/duty/{unit}/exceptions", KEPT_BY_ADMIN),
    ("POST", "/duty/{unit}/changes/{change}/{act}", NO_PHONE),
    // The desk of another unit.
    ("GET", "/duty/{unit}/handover", NO_PHONE),
    ("POST", "/duty/{unit}/handover", NO_PHONE),
    ("POST", "/duty/{unit}/handovers/{handover}/take", NO_PHONE),
    ("GET", "/on-duty", DUTY),
    // For a unit of one's own, which is not named here.
    ("GET", "/on-duty/list", NO_PHONE),
    ("GET", "/on-duty/stream", DUTY_OF_NO_PAGE),
    ("GET", "/on-duty/state", DUTY_OF_NO_PAGE),
    ("POST", "/on-duty/begin", NO_PHONE),
    ("POST", "/on-duty/beat", DUTY_UNSAID),
    ("POST", "/on-duty/here", DUTY_UNSAID),
    ("POST", "/on-duty/end", DUTY_UNSAID),
    ("POST", "/on-duty/acknowledge", NO_PHONE),
    ("GET", "/on-duty/open/{call}", DUTY_OF_NO_PAGE),
    ("GET", "/api/v1/on-duty", api(DUTY)),
    ("POST", "/api/v1/on-duty", api(DUTY_UNSAID)),
    ("GET", "/api/v1/on-duty/{page}", api(NO_PHONE)),
    ("POST", "/api/v1/on-duty/{page}/beat", api(NO_PHONE)),
    ("POST", "/api/v1/on-duty/{page}/end", api(NO_PHONE)),
    ("POST", "/people/{id}/phones/mail", KEEPER),
    // Nobody is named, and nothing rings.
    (
        "POST",
        "/board/tickets/{id}/next",
        [LOGIN, 404, 404, 404, 303, 404, 404, 404],
    ),
    (
        "POST",
        "/api/v1/board/tickets/{id}/next",
        api([LOGIN, 404, 404, 404, 409, 404, 404, 404]),
    ),
    // A roster is written by whoever keeps it; nothing is named.
    (
        "GET",
        "/api/v1/duty/{unit}/roster",
        api([LOGIN, 404, 404, 404, 404, 404, 404, 200]),
    ),
    (
        "PUT",
        "/api/v1/duty/{unit}/roster",
        api([LOGIN, 422, 422, 422, 422, 422, 422, 422]),
    ),
    ("POST", "/phones/mail", SIGNED_IN),
    // Nobody has an address here, and nothing is typed.
    ("POST", "/phones/mail/code", [LOGIN, 409, 409, 409, 409, 409, 409, 409]),
    (
        "POST",
        "/phones/mail/verify",
        [LOGIN, 422, 422, 422, 422, 422, 422, 422],
    ),
    ("GET", "/api/v1/mail", api(SIGNED_IN)),
    ("POST", "/api/v1/mail", api([LOGIN, 422, 422, 422, 422, 422, 422, 422])),
    (
        "POST",
        "/api/v1/mail/code",
        api([LOGIN, 409, 409, 409, 409, 409, 409, 409]),
    ),
    (
        "POST",
        "/api/v1/mail/verify",
        api([LOGIN, 422, 422, 422, 422, 422, 422, 422]),
    ),
    ("GET", "/phones", SIGNED_IN),
    ("POST", "/phones", [LOGIN, 422, 422, 422, 422, 422, 422, 422]),
    // Here nobody has a telephone.
    ("POST", "/phones/{phone}/code", NO_PHONE),
    ("POST", "/phones/{phone}/verify", NO_PHONE),
    ("POST", "/phones/{phone}/up", NO_PHONE),
    ("POST", "/phones/{phone}/night", NO_PHONE),
    ("POST", "/phones/{phone}/end", NO_PHONE),
    ("POST", "/duty-pin", [LOGIN, 422, 422, 422, 422, 422, 422, 422]),
    ("GET", "/people/{id}/leave", KEEPER),
    ("POST", "/people/{id}/mend", KEEPER),
    ("GET", "/units", ADMIN),
    ("GET", "/units/{code}", ADMIN),
    ("POST", "/units/{code}", ADMIN),
    ("GET", "/leading", LEADING),
    ("GET", "/api/v1/leading", api(LEADING)),
    ("GET", "/gateways", CONFIRMER),
    ("GET", "/api/v1/gateways", api(CONFIRMER)),
    ("GET", "/outlets", ADMIN),
    ("GET", "/api/v1/outlets", api(ADMIN)),
    ("POST", "/outlets", ADMIN),
    ("POST", "/api/v1/outlets", api(ADMIN)),
    ("POST", "/outlets/folders", ADMIN),
    ("POST", "/api/v1/outlets/folders", api(ADMIN)),
    ("POST", "/outlets/{id}/{act}", ADMIN),
    ("POST", "/api/v1/outlets/{id}/{act}", api(ADMIN)),
    ("GET", "/api/v1/tickets/{id}/posts", api(ticket(200))),
    ("GET", "/api/v1/board/tickets/{id}/posts", api(OVERSEER)),
    // Nothing is typed.
    (
        "POST",
        "/leading/tickets/{id}/instruct",
        [LOGIN, 404, 404, 404, 404, 404, 422, 404],
    ),
    (
        "POST",
        "/api/v1/leading/tickets/{id}/instruct",
        api([LOGIN, 404, 404, 404, 404, 404, 422, 404]),
    ),
    ("POST", "/people/{id}/grant", KEEPER),
    ("POST", "/people/{id}/end", KEEPER),
    ("POST", "/people/{id}/invite", KEEPER),
    ("POST", "/people/{id}/invitation-void", KEEPER),
    ("POST", "/people/{id}/disable", KEEPER),
    ("POST", "/people/{id}/enable", KEEPER),
    ("GET", "/grants", CONFIRMER),
    ("POST", "/grants/{id}/{act}", CONFIRMER),
    ("GET", "/api/v1/grants", api(CONFIRMER)),
    ("POST", "/api/v1/grants/{id}/{act}", api(CONFIRMER)),
    ("GET", "/trail", AUDITOR),
    ("GET", "/api/v1/trail", api(AUDITOR)),
    ("GET", "/access", WATCHER),
    ("GET", "/api/v1/access", api(WATCHER)),
    ("GET", "/account", SIGNED_IN),
    ("GET", "/api/v1/account", api(SIGNED_IN)),
    ("GET", "/sessions", SIGNED_IN),
    ("POST", "/sessions/end", SIGNED_IN),
    ("POST", "/sessions/end-others", SIGNED_IN),
    ("GET", "/answer/{call}/{code}", [404; 8]),
    ("POST", "/answer/{call}/{code}", [404; 8]),
    ("GET", "/invitation", EVERYBODY),
    ("GET", "/invitation/{code}", [404; 8]),
    ("POST", "/invitation", [404; 8]),
    ("GET", "/factor", SIGNED_IN),
    ("POST", "/factor", SIGNED_IN),
    ("POST", "/factor/codes", SIGNED_IN),
    ("POST", "/factor/off", SIGNED_IN),
    ("GET", "/factor-resets", [LOGIN, 404, 404, 200, 200, 404, 404, 200]),
    (
        "POST",
        "/factor-resets/{id}/confirm",
        [LOGIN, 404, 404, 404, 404, 404, 404, 404],
    ),
    (
        "POST",
        "/factor-resets/{id}/refuse",
        [LOGIN, 404, 404, 404, 404, 404, 404, 404],
    ),
    ("POST", "/people/{id}/factor-reset", ADMIN),
    ("POST", "/people/{id}/sessions-end", ADMIN),
    ("GET", "/password", SIGNED_IN),
    ("POST", "/password", SIGNED_IN),
    ("GET", "/rules/{version}/expert", OVERSEER),
    ("POST", "/rules/{version}/expert", OFFICE),
    ("GET", "/rules/{version}/routing.dmn", OVERSEER),
    ("GET", "/assets/{file}", EVERYBODY),
    ("GET", "/assets/vendor/dmn-js/{digest}/{*file}", EVERYBODY),
    ("GET", "/favicon.ico", EVERYBODY),
    ("GET", "/robots.txt", EVERYBODY),
];
const LAST: (&str, &str, Cells) = ("GET", "/leave", EVERYBODY);

fn table() -> impl Iterator<Item = &'static (&'static str, &'static str, Cells)> {
    TABLE.iter().chain([&LAST])
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
