//! `GET /triage`: what waits for a person of the office, the oldest first.

use askama::Template;
use axum::{Json, extract::Query, http::StatusCode, response::Response};
use casework::words::{TicketClock, Urgency};
use platform::{
    clock,
    store::{Listed, ReportId},
};

use super::page::holder;
use crate::internal::{
    By,
    auth::Overseer,
    board::{answers, said::brief},
    error::{ApiError, PageError},
    page::{Frame, Pages, render, words},
};

/// Most reports of one answer of the API.
const API_MOST: i64 = 200;

struct Waiting {
    report_id: ReportId,
    /// Receipt, place, sex and age, what is reported.
    brief: String,
    drill: bool,
    urgency: &'static str,
    hot: bool,
    reasons: Vec<String>,
    since: String,
    due: words::Countdown,
    holder: String,
}

#[derive(Template)]
#[template(path = "internal/triage/list.html")]
struct ListPage {
    frame: Frame,
    waiting: Vec<Waiting>,
    /// Of each row that can't be read.
    unread: Vec<String>,
    pages: Pages,
}

/// `GET /triage`
pub(super) async fn list(by: By<Overseer>, Query(mut pages): Query<Pages>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&by.internal, by.lang, clock::now());
    let (offset, limit) = pages.part();
    let found = internal.board.triage_list(&internal.county, offset, limit).await?;
    let (waiting, unread) = Listed::sorted(pages.cut(found));
    let loaded = internal.pack.current();
    let waiting = waiting.into_iter().map(|line| Waiting {
        brief: brief(lang, &loaded.pack, line.report_id, line.facts.as_deref()),
        drill: line.drill,
        report_id: line.report_id,
        urgency: words::urgency(lang, line.urgency),
        hot: line.urgency == Urgency::P1,
        reasons: line.reasons.0,
        since: words::fill(
            lang,
            "board.waits_from",
            "at",
            words::moment(lang, line.dispatched_at, now),
        ),
        due: words::fixed(
            lang,
            line.next_due_at.map(|_| {
                if line.signed_by.is_some() {
                    TicketClock::Resolve
                } else {
                    TicketClock::Sign
                }
            }),
            line.next_due_at,
            now,
        )
        .since(line.dispatched_at, line.next_due_at, now),
        holder: holder(lang, line.signed_by.as_deref()),
    });
    let page = ListPage {
        frame: by.frame("/triage"),
        waiting: waiting.collect(),
        unread: unread.into_iter().map(|row| words::unread(lang, row)).collect(),
        pages: pages.at("/triage"),
    };
    Ok(render(StatusCode::OK, &page))
}

/// `GET /api/v1/triage`
pub(super) async fn api(by: By<Overseer>) -> Result<Json<Vec<answers::Triage>>, ApiError> {
    let found = by.internal.board.triage_list(&by.internal.county, 0, API_MOST).await?;
    Ok(Json(Listed::whole(found)?.into_iter().map(Into::into).collect()))
}
