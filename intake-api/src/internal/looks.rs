//! A report without a ticket: the oversight reads everything but who reported, the office what its row shows. Each look is
//! written down in the call that hands it out.

use askama::Template;
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use casework::disclosure::Part;
use casework::words::Identity;
use platform::{
    clock,
    receipt::ReportId,
    store::{BoardCase, Opening, ReadLine, Reading, ReadsAsked, ReportOutline, Role, TicketId},
};

use super::{
    Answer, By, Route, Visit,
    again::Again,
    auth::{Actor, Overseer},
    board::facts,
    desk::matter,
    detached,
    error::{ApiError, PageError},
    openings,
    page::{Frame, render, tail, words::Telling},
    reads::{self, ReadWords},
    standing::{self, CaseWords},
};
use crate::parts::Opened;

/// Looks that the page of a report lists; the rest is one press away.
const LISTED: i64 = 10;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/reports/{report_id}", get(page)),
        Route::get("/api/v1/reports/{report_id}", get(api)),
    ]
}

struct Ticked {
    part: &'static str,
    name: &'static str,
}

#[derive(Template)]
#[template(path = "internal/openings/look.html")]
struct LookPage {
    frame: Frame,
    report: ReportId,
    receipt: String,
    drill: bool,
    lines: Vec<(&'static str, String)>,
    shut: bool,
    hidden: Vec<Ticked>,
    openings: Vec<openings::Line>,
    reads: Vec<ReadWords>,
    tickets: Vec<(TicketId, String)>,
    /// Why its case is open; none before it is routed.
    case: Option<CaseWords>,
    notice: Option<String>,
    typed: String,
}

/// As what somebody looks: the oversight reads more, so it comes first.
fn role_of(actor: &Actor) -> Role {
    if actor.is(&[Role::Oversight]) {
        Role::Oversight
    } else {
        Role::Office
    }
}

struct Found {
    handed: platform::store::Handed,
    openings: Vec<Opening>,
    reads: Vec<ReadLine>,
    outline: ReportOutline,
    case: Option<BoardCase>,
}

/// Looks, in a task of its own: what was handed out is written down even when the browser hangs up.
async fn look(visit: &Visit, report: ReportId, how: &'static str) -> Result<Option<Found>, PageError> {
    let (internal, actor) = (&visit.internal, &visit.actor);
    let (board, office, county) = (internal.board.clone(), internal.office.clone(), internal.county.clone());
    let role = role_of(actor);
    let reading = Reading {
        account: actor.person.account.id,
        how,
        at: clock::now(),
    };
    detached(async move {
        let Some(outline) = board.report_outline(&county, report).await? else {
            return Ok(None);
        };
        let Some(handed) = office.report_look(report, None, role, reading).await? else {
            return Ok(None);
        };
        let asked = ReadsAsked {
            report: Some(report),
            ..ReadsAsked::default()
        };
        Ok::<_, platform::store::StoreError>(Some(Found {
            handed,
            openings: board.openings_of_report(&county, report).await?,
            reads: board.reads_list(&county, &asked, LISTED).await?,
            case: board.board_case(&county, report).await?,
            outline,
        }))
    })
    .await
}

/// `GET /reports/{report_id}`
async fn page(by: By<Overseer>, Path(id): Path<ReportId>) -> Result<Response, PageError> {
    show(&by, id, Again::default()).await
}

/// The page, with the reason that was typed into an asking that was refused.
pub(super) async fn show(visit: &Visit, id: ReportId, again: Again<String>) -> Result<Response, PageError> {
    let (internal, lang) = (&visit.internal, visit.lang);
    let found = look(visit, id, "page").await?.ok_or(PageError::NotFound)?;
    let (loaded, now) = (internal.pack.current(), clock::now());
    let pack = &loaded.pack;
    let opened = Opened::new(&internal.keys, id, &found.handed);
    let receipt = id.to_string();
    let label = |code: &str| pack.vocabulary().obligations.label(code, lang.pack()).to_owned();
    let hidden = opened
        .shows
        .hidden()
        .filter(|part| *part != Part::Identity || opened.raw.identity() != Some(Identity::Anonymous));
    let page = LookPage {
        frame: visit.frame("/reports").titled(tail(&receipt)),
        report: id,
        drill: found.outline.drill,
        lines: facts::lines(&opened, pack, lang),
        shut: opened.shut,
        hidden: hidden
            .map(|part| Ticked {
                part: part.as_str(),
                name: lang.t(&format!("parts.{part}")),
            })
            .collect(),
        openings: found
            .openings
            .iter()
            .map(|o| openings::line(o, pack, lang, now))
            .collect(),
        reads: found.reads.iter().map(|read| reads::say(read, lang, now)).collect(),
        tickets: found
            .outline
            .tickets
            .iter()
            .map(|(ticket, unit, obligation)| (*ticket, format!("{unit} · {}", label(obligation))))
            .collect(),
        case: found.case.map(|case| standing::say(&case, Telling { pack, lang, now })),
        receipt,
        notice: again.said,
        typed: again.fields,
    };
    Ok(render(again.status, &page))
}

/// `GET /api/v1/reports/{report_id}`
async fn api(by: By<Overseer>, Path(id): Path<ReportId>) -> Result<Response, ApiError> {
    let found = look(&by, id, "api").await.map_err(ApiError::of_read)?;
    let found = found.ok_or(ApiError::said(404, "no such report"))?;
    let internal = &by.internal;
    let opened = Opened::new(&internal.keys, id, &found.handed);
    let body = openings::answers::Report {
        report_id: id,
        receipt: id.to_string(),
        hidden: opened.shows.hidden().collect(),
        matter: matter(&opened),
        shows: opened.shows,
        facts: opened.raw,
        reporter: opened.reporter,
        tickets: found.outline.tickets.iter().map(|(ticket, ..)| *ticket).collect(),
        case: found.case.as_ref().map(Into::into),
        openings: found.openings.into_iter().map(Into::into).collect(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Answer(body)).into_response())
}
