//! `GET /closings/{id}`: one closing or transfer that waits, with what the unit wrote.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use casework::ticket::TicketState;
use casework::words::reserved::{NOT_FILED, TRANSFERRED};
use platform::{
    clock,
    store::{Listed, Role, TicketId},
};

use super::list::{Line, say};
use crate::internal::{
    By, Visit,
    again::Again,
    auth::Overseer,
    board::{facts, look::look},
    desk::waiting::written,
    error::PageError,
    page::{Frame, render, words},
};

#[derive(Template)]
#[template(path = "internal/closings/page.html")]
struct ClosingPage {
    frame: Frame,
    line: Line,
    version: i32,
    transfer: bool,
    decide: bool,
    not_due: bool,
    goes_on: bool,
    seen: String,
    written: Vec<(&'static str, String)>,
    facts: Vec<(&'static str, String)>,
    case_clock: String,
    notice: Option<String>,
    typed: String,
}

/// `GET /closings/{id}`
pub(super) async fn page(by: By<Overseer>, Path(id): Path<TicketId>) -> Result<Response, PageError> {
    show(&by, id, Again::default()).await
}

/// The page, with a reason whose act was refused.
pub(super) async fn show(visit: &Visit, id: TicketId, again: Again<String>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    // What was written is sealed: the office's login may read it, the board's may not.
    let Some(case) = internal.office.closing_case(&internal.county, id).await? else {
        let ticket = internal.board.board_ticket(&internal.county, id).await?;
        ticket.ok_or(PageError::NotFound)?;
        return Ok(Redirect::to(&format!("/board/tickets/{id}")).into_response());
    };
    let waiting = internal.board.closings_waiting(&internal.county, now).await?;
    let waiting = waiting.iter().filter_map(Listed::read).any(|line| line.ticket_id == id);
    let opened = look(visit, case.line.report_id, Some(id)).await?;
    let loaded = internal.pack.current();
    let transfer = case.line.outcome.as_deref() == Some(TRANSFERRED);
    let office = visit.actor.is(&[Role::Office]) && case.line.state == TicketState::CloseRequested;
    let key = internal.keys.open_data_key(case.line.report_id, &case.data_key).ok();
    let at = case.line.requested_at.unwrap_or(now);
    let page = ClosingPage {
        // Oversight reads that a closing waits; what was written is for who decides.
        written: if visit.actor.is(&[Role::Office]) {
            written(&case.events, at, (case.line.report_id, key.as_ref()), (lang, now))
        } else {
            Vec::new()
        },
        version: case.line.version,
        transfer,
        decide: office && waiting,
        not_due: office && !waiting,
        goes_on: case.line.outcome.as_deref() == Some(NOT_FILED),
        seen: match (&case.contacted_by, case.seen_at) {
            (Some(by), Some(at)) => lang.fill("closings.seen", &[("by", by), ("at", &words::moment(lang, at, now))]),
            _ => lang.t("closings.unseen").to_owned(),
        },
        facts: facts::lines(&opened, &loaded.pack, lang),
        case_clock: case
            .case_dispatched_at
            .map(|at| lang.fill("close.case_clock", &[("at", &words::moment(lang, at, now))]))
            .unwrap_or_default(),
        line: say(&case.line, &loaded.pack, lang, now),
        notice: again.said,
        typed: again.fields,
        frame: visit.frame("/closings"),
    };
    Ok(render(again.status, &page))
}
