//! A report without a ticket: the oversight reads everything but who reported, the office what its row shows. Each look is
//! written down in the call that hands it out.

use std::collections::HashMap;

use askama::Template;
use axum::{
    Json,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use casework::disclosure::Part;
use platform::{
    asked, clock,
    receipt::ReportId,
    store::{Opening, ReadLine, Reading, ReadsAsked, ReportOutline},
    text::Lang,
};
use serde_json::json;

use super::{
    Internal, Route, api_unavailable,
    auth::{Actor, Overseer},
    board::facts,
    desk::matter,
    detached, openings,
    page::{Frame, Language, problem, render, tail},
    reads::{self, ReadWords},
    unavailable,
};
use crate::parts::Opened;

/// Looks that the page of a report lists; the rest is one press away.
const LISTED: i64 = 10;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/reports", get(find)),
        Route::get("/reports/{report_id}", get(page)),
        Route::get("/api/v1/reports/{report_id}", get(api)),
    ]
}

#[derive(Template)]
#[template(path = "internal/openings/find.html")]
struct FindPage {
    frame: Frame,
    typed: String,
    wrong: Option<&'static str>,
}

struct Ticked {
    part: &'static str,
    name: &'static str,
}

#[derive(Template)]
#[template(path = "internal/openings/look.html")]
struct LookPage {
    frame: Frame,
    report: i64,
    receipt: String,
    drill: bool,
    lines: Vec<(&'static str, String)>,
    shut: bool,
    hidden: Vec<Ticked>,
    openings: Vec<openings::Line>,
    reads: Vec<ReadWords>,
    tickets: Vec<(i64, String)>,
    notice: Option<&'static str>,
    typed: String,
}

/// `GET /reports`: by its receipt.
async fn find(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let typed = query.get("receipt").cloned().unwrap_or_default();
    let mut wrong = None;
    if !typed.trim().is_empty() {
        match asked::read(&typed, "").receipt {
            Err(_) => wrong = Some("reads.wrong_receipt"),
            Ok(receipt) => match internal.board.report_outline(&internal.county, receipt.get()).await {
                Ok(Some(_)) => return Redirect::to(&format!("/reports/{}", receipt.get())).into_response(),
                Ok(None) => wrong = Some("looks.none"),
                Err(e) => return unavailable(&e),
            },
        }
    }
    render(
        if wrong.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        },
        &FindPage {
            frame: Frame::of(&actor, lang, "/reports"),
            typed,
            wrong: wrong.map(|key| lang.t(key)),
        },
    )
}

/// As what somebody looks: the oversight reads more, so it comes first.
fn role_of(actor: &Actor) -> &'static str {
    if actor.is(&["oversight"]) {
        "oversight"
    } else {
        "office"
    }
}

struct Found {
    handed: platform::store::Handed,
    openings: Vec<Opening>,
    reads: Vec<ReadLine>,
    outline: ReportOutline,
}

/// Looks, in a task of its own: what was handed out is written down even when the browser hangs up.
async fn look(internal: &Internal, actor: &Actor, report: i64, how: &'static str) -> Result<Option<Found>, Response> {
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
            outline,
        }))
    })
    .await
}

/// `GET /reports/{report_id}`
async fn page(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    show(&internal, &actor, lang, id, StatusCode::OK, None, String::new()).await
}

/// The page, with what was typed into an asking that was refused.
pub(super) async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    id: i64,
    status: StatusCode,
    notice: Option<&'static str>,
    typed: String,
) -> Response {
    let found = match look(internal, actor, id, "page").await {
        Ok(Some(found)) => found,
        Ok(None) => return problem::not_found().into_response(),
        Err(response) => return response,
    };
    let (loaded, now) = (internal.pack.current(), clock::now());
    let pack = &loaded.pack;
    let opened = Opened::new(&internal.keys, id, &found.handed);
    let receipt = ReportId::from_db(id).to_string();
    let label = |code: &str| pack.vocabulary().obligations.label(code, lang.pack()).to_owned();
    let hidden = opened
        .shows
        .hidden()
        .filter(|part| *part != Part::Identity || opened.raw["identity"] != "anonymous");
    let page = LookPage {
        frame: Frame::of(actor, lang, "/reports").titled(tail(&receipt)),
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
        receipt,
        notice,
        typed,
    };
    render(status, &page)
}

/// `GET /api/v1/reports/{report_id}`
async fn api(State(internal): State<Internal>, actor: Overseer, Path(id): Path<i64>) -> Response {
    let found = match look(&internal, &actor, id, "api").await {
        Ok(Some(found)) => found,
        Ok(None) => return problem::api(404, "no such report"),
        Err(_) => return api_unavailable(&std::io::Error::other("a report can't be read")),
    };
    let opened = Opened::new(&internal.keys, id, &found.handed);
    let tickets: Vec<_> = found.outline.tickets.iter().map(|(ticket, ..)| ticket).collect();
    let body = json!({
        "report_id": id, "receipt": ReportId::from_db(id).to_string(), "shows": opened.shows,
        "hidden": opened.shows.hidden().collect::<Vec<_>>(), "facts": opened.raw, "matter": matter(&opened), "reporter": opened.reporter,
        "tickets": tickets, "openings": found.openings,
    });
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
