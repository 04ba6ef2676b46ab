//! `GET /floods/{id}`: what the office sees of a flood. Grouping concerns notices alone: every ticket is there with its clocks.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    receipt::ReportId,
    store::{AccountId, FloodClosing, FloodClosingId, FloodDecision, FloodId, FloodReport, FloodState, Role, Word},
    text::Lang,
};

use super::{
    answers::{Floods, OneFlood},
    said::{numbers, of},
};
use crate::internal::{
    Answer, By, Visit,
    again::Again,
    auth::Overseer,
    board::said::brief,
    error::{ApiError, PageError},
    page::{Frame, Pages, render, words},
};

struct Line {
    id: ReportId,
    brief: String,
    at: String,
    href: String,
    unsigned: i64,
    said: String,
}

struct Asked {
    id: FloodClosingId,
    said: String,
    /// On what ground, and which report stays.
    ground: String,
    reason: String,
    outcome: String,
    /// Another person may confirm.
    open: bool,
    own: bool,
    /// Tickets that ended may be given back.
    ended: bool,
    late: bool,
}

#[derive(Template)]
#[template(path = "internal/floods/page.html")]
struct FloodPage {
    frame: Frame,
    id: FloodId,
    of: String,
    state: &'static str,
    numbers: String,
    decided: String,
    grouped: bool,
    may_treat: bool,
    /// The button that takes what waits for a human in hand; empty where nothing does.
    take: String,
    office: bool,
    may_ask: bool,
    closings: Vec<Asked>,
    lines: Vec<Line>,
    pages: Pages,
    notice: Option<String>,
    typed: String,
}

/// `GET /floods/{id}`
pub(super) async fn page(
    by: By<Overseer>,
    Path(id): Path<FloodId>,
    Query(pages): Query<Pages>,
) -> Result<Response, PageError> {
    show(&by, (id, pages), Again::default()).await
}

/// The page, with a reason whose act was refused.
pub(super) async fn show(
    visit: &Visit,
    (id, mut pages): (FloodId, Pages),
    again: Again<String>,
) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let (offset, limit) = pages.part();
    let flood = internal.board.flood(&internal.county, id, now).await?;
    let flood = flood.ok_or(PageError::NotFound)?;
    let reports = internal.board.flood_reports(id, offset, limit).await?;
    let closings = internal.board.flood_closings(id).await?;
    let loaded = internal.pack.current();
    let pack = &loaded.pack;
    let lines = pages
        .cut(reports)
        .into_iter()
        .map(|report| line(&report, pack, lang, now))
        .collect();
    let decided = match (&flood.decided_by, flood.decided_at) {
        (Some(by), Some(at)) => lang.fill("floods.decided", &[("by", by), ("at", &words::moment(lang, at, now))]),
        _ => String::new(),
    };
    let office = visit.actor.is(&[Role::Office]);
    let own = visit.me();
    let page = FloodPage {
        frame: visit.frame("/board"),
        id,
        of: of(&flood, pack, lang),
        state: lang.t(&format!("floods.state.{}", flood.state)),
        numbers: numbers(&flood, lang, now),
        decided,
        grouped: matches!(flood.state, FloodState::Open | FloodState::Confirmed),
        may_treat: flood.state == FloodState::Open,
        take: match flood.untaken {
            0 => String::new(),
            n => lang.fill("floods.take", &[("n", &n.to_string())]),
        },
        office,
        may_ask: office && !flood.closing_waits && flood.unsigned > 0,
        closings: closings.iter().map(|closing| asked(closing, own, lang, now)).collect(),
        lines,
        pages: pages.at(format!("/floods/{id}")),
        notice: again.said,
        typed: again.fields,
    };
    Ok(render(again.status, &page))
}

fn line(report: &FloodReport, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    Line {
        id: report.report_id,
        brief: brief(lang, pack, report.report_id, report.facts.as_deref()),
        at: words::moment(lang, report.received_at, now),
        href: report
            .ticket_id
            .map_or_else(String::new, |ticket| format!("/board/tickets/{ticket}")),
        unsigned: report.unsigned,
        said: lang.fill(
            "floods.report_tickets",
            &[
                ("tickets", &report.tickets.to_string()),
                ("unsigned", &report.unsigned.to_string()),
            ],
        ),
    }
}

fn asked(closing: &FloodClosing, own: AccountId, lang: Lang, now: DateTime<Utc>) -> Asked {
    let said = lang.fill(
        "floods.asked",
        &[
            ("by", &closing.asked_by),
            ("at", &words::moment(lang, closing.asked_at, now)),
            ("reports", &closing.reports.to_string()),
            ("due", &words::moment(lang, closing.due_at, now)),
        ],
    );
    let outcome = match (&closing.decision, &closing.decided_by, closing.decided_at) {
        (Some(decision), Some(by), Some(at)) => lang.fill(
            &format!("floods.decision.{}", decision.0),
            &[
                ("by", by),
                ("at", &words::moment(lang, at, now)),
                ("tickets", &closing.tickets.to_string()),
            ],
        ),
        _ => String::new(),
    };
    let stays = closing.stays.map(|id| id.to_string());
    Asked {
        id: closing.id,
        said,
        ground: match stays {
            Some(receipt) => lang.fill("floods.duplicate_of", &[("receipt", &receipt)]),
            None => lang.t(&format!("floods.ground.{}", closing.ground)).to_owned(),
        },
        reason: closing.reason.clone(),
        outcome,
        open: closing.decision.is_none(),
        own: closing.asked_account == own,
        ended: closing.decision == Some(Word(FloodDecision::Confirmed)),
        late: closing.decision.is_none() && closing.due_at <= now,
    }
}

/// `GET /api/v1/floods`
pub(super) async fn api_list(by: By<Overseer>) -> Result<Answer<Floods>, ApiError> {
    let floods = by.internal.board.floods(&by.internal.county, clock::now()).await?;
    Ok(Answer(Floods {
        floods: floods.into_iter().map(Into::into).collect(),
    }))
}

/// `GET /api/v1/floods/{id}`
pub(super) async fn api(by: By<Overseer>, Path(id): Path<FloodId>) -> Result<Answer<OneFlood>, ApiError> {
    let (board, county) = (&by.internal.board, &by.internal.county);
    let flood = board.flood(county, id, clock::now()).await?;
    let flood = flood.ok_or(ApiError::said(404, "there is no such flood"))?;
    let closings = board.flood_closings(id).await?;
    Ok(Answer(OneFlood {
        flood: flood.into(),
        closings: closings.into_iter().map(Into::into).collect(),
    }))
}
