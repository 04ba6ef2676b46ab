//! `GET /closings`: what waits for the office, the next due first.

use askama::Template;
use axum::{Json, extract::Query, http::StatusCode, response::Response};
use casework::pack::Pack;
use casework::words::{TicketClock, Urgency};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{ClosingLine, Decider, Listed, TicketId},
    text::Lang,
};
use serde::Deserialize;

use super::answers::Closing;
use crate::internal::{
    By,
    auth::Overseer,
    error::{ApiError, PageError},
    page::{Frame, render, words},
};

/// A closing that waits, in a line.
pub(super) struct Line {
    pub(super) id: TicketId,
    pub(super) receipt: String,
    pub(super) unit: String,
    pub(super) obligation: String,
    pub(super) urgency: &'static str,
    pub(super) hot: bool,
    pub(super) what: String,
    pub(super) why: &'static str,
    pub(super) asked: String,
    pub(super) due: words::Countdown,
    pub(super) drill: bool,
}

#[derive(Template)]
#[template(path = "internal/closings/list.html")]
struct ListPage {
    frame: Frame,
    lines: Vec<Line>,
    /// Of each row that can't be read.
    unread: Vec<String>,
    count: String,
    done: Option<&'static str>,
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

/// `GET /closings`
pub(super) async fn list(by: By<Overseer>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&by.internal, by.lang, clock::now());
    let found = internal.board.closings_waiting(&internal.county, now).await?;
    let (found, unread) = Listed::sorted(found);
    let count = internal.board.closings_count(&internal.county, now).await?;
    let loaded = internal.pack.current();
    let done = asked.done.as_deref().and_then(|word| match word {
        "confirm" => Some("closings.done_confirm"),
        "approve" => Some("closings.done_approve"),
        "refuse" => Some("closings.done_refuse"),
        _ => None,
    });
    let page = ListPage {
        frame: by.frame("/closings"),
        lines: found.iter().map(|line| say(line, &loaded.pack, lang, now)).collect(),
        unread: unread.into_iter().map(|row| words::unread(lang, row)).collect(),
        count: lang.fill("closings.count", &[("n", &count.to_string())]),
        done: done.map(|key| lang.t(key)),
    };
    Ok(render(StatusCode::OK, &page))
}

/// `GET /api/v1/closings`
pub(super) async fn api(by: By<Overseer>) -> Result<Json<Vec<Closing>>, ApiError> {
    let (board, county) = (&by.internal.board, &by.internal.county);
    let waiting = board.closings_waiting(county, clock::now()).await?;
    Ok(Json(Listed::whole(waiting)?.into_iter().map(Into::into).collect()))
}

/// In words.
pub(super) fn say(line: &ClosingLine, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let pl = lang.pack();
    let unit = |code: &str| words::unit_name(pack, code);
    let outcome = line.outcome.as_deref().unwrap_or_default();
    let stage = if line.transfer_to.is_some() {
        TicketClock::Approve
    } else {
        TicketClock::Confirm
    };
    Line {
        id: line.ticket_id,
        receipt: line.report_id.to_string(),
        unit: line.unit_name.clone(),
        obligation: pack.vocabulary().obligations.label(&line.obligation, pl).to_owned(),
        urgency: words::urgency(lang, line.urgency),
        hot: line.urgency == Urgency::P1,
        what: match &line.transfer_to {
            Some(to) => lang.fill("closings.transfer", &[("unit", &unit(to))]),
            None => pack.vocabulary().outcomes.label(outcome, pl).to_owned(),
        },
        why: match (&line.transfer_to, line.close_by.map(|by| by.0)) {
            (None, Some(Decider::Office)) => lang.t("closings.alone"),
            (None, _) if line.due_at.is_some_and(|due| due <= now) => lang.t("closings.late"),
            _ => "",
        },
        asked: lang.fill(
            "close.asked",
            &[
                ("by", line.requested_by.as_deref().unwrap_or("–")),
                (
                    "at",
                    &line
                        .requested_at
                        .map(|at| words::moment(lang, at, now))
                        .unwrap_or_default(),
                ),
                ("outcome", pack.vocabulary().outcomes.label(outcome, pl)),
            ],
        ),
        due: words::countdown(lang, Some(stage), line.due_at, now),
        drill: line.drill,
    }
}
