//! `GET /openings/{id}`: one opening with what was written, its trail with each look, and the forms that fit.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use casework::ticket::opening::{Judge, decides, reviews};
use platform::{
    clock,
    foreign::Foreign,
    store::{Opening, OpeningId, OpeningSealed, Role},
    text::Lang,
};
use serde::Deserialize;

use super::words::{Line, line, trail};
use crate::internal::{
    By, Internal, Visit,
    again::Again,
    auth::{Actor, Overseer},
    desk::sealed,
    error::PageError,
    page::{Frame, render, tail},
};

#[derive(Template)]
#[template(path = "internal/openings/page.html")]
struct OpeningPage {
    frame: Frame,
    line: Line,
    done: Option<&'static str>,
    notice: Option<String>,
    /// What was written: label and words.
    written: Vec<(&'static str, Foreign)>,
    trail: Vec<(String, String)>,
    mine: bool,
    decides: bool,
    reviews: bool,
    typed: String,
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

/// The page.
pub(super) async fn page(
    by: By<Overseer>,
    Path(id): Path<OpeningId>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let done = asked.done.as_deref().and_then(|word| match word {
        "asked" => Some("openings.done_asked"),
        "approve" => Some("openings.done_approve"),
        "refuse" => Some("openings.done_refuse"),
        "review" => Some("openings.done_review"),
        "end" => Some("openings.done_end"),
        "withdraw" => Some("openings.done_withdraw"),
        _ => None,
    });
    show(&by, id, Again::default(), done.map(|key| by.t(key))).await
}

/// Opens what was written with an opening.
pub(super) fn written(
    internal: &Internal,
    opening: &Opening,
    sealed: &OpeningSealed,
    lang: Lang,
) -> Vec<(&'static str, Foreign)> {
    let key = internal.keys.open_data_key(opening.report_id, &sealed.data_key).ok();
    let note = |bytes: &[u8]| {
        let note = key
            .as_ref()
            .and_then(|key| sealed::note(key, opening.report_id, &hex::encode(bytes)));
        note.and_then(|note| note.reason)
            .unwrap_or_else(|| lang.t("desk.shut_here").into())
    };
    let mut lines = vec![(lang.t("openings.reason"), note(&sealed.reason))];
    if let Some(bytes) = &sealed.decided_note {
        lines.push((lang.t("openings.decided_note"), note(bytes)));
    }
    if let Some(bytes) = &sealed.review_note {
        lines.push((lang.t("openings.review_note"), note(bytes)));
    }
    lines
}

/// The roles of somebody who decides or reviews.
pub(super) fn judge(actor: &Actor) -> Judge {
    Judge {
        office: actor.is(&[Role::Office]),
        oversight: actor.is(&[Role::Oversight]),
    }
}

/// The page; `done` says what was just done, `again` holds a note whose act was refused.
pub(super) async fn show(
    visit: &Visit,
    id: OpeningId,
    again: Again<String>,
    done: Option<&'static str>,
) -> Result<Response, PageError> {
    let (internal, actor, lang, now) = (&visit.internal, &visit.actor, visit.lang, clock::now());
    let opening = internal.board.opening(&internal.county, id).await?;
    let opening = opening.ok_or(PageError::NotFound)?;
    // What was written is sealed: the office's login may read it, the board's may not.
    let sealed = internal.office.opening_sealed(&internal.county, id).await?;
    let reads = internal.board.reads_of_opening(&internal.county, &opening).await?;
    let loaded = internal.pack.current();
    let side = opening.side;
    let mine = opening.asked_account == visit.me();
    let judge = judge(actor);
    let line = line(&opening, &loaded.pack, lang, now);
    let page = OpeningPage {
        written: sealed
            .map(|sealed| written(internal, &opening, &sealed, lang))
            .unwrap_or_default(),
        trail: trail(&opening, &reads, lang, now),
        decides: line.waits && !mine && decides(side, judge),
        reviews: line.to_review && !mine && reviews(side, judge),
        mine,
        frame: visit.frame("/openings").titled(tail(&line.receipt)),
        line,
        done,
        notice: again.said,
        typed: again.fields,
    };
    Ok(render(again.status, &page))
}
