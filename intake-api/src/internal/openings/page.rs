//! `GET /openings/{id}`: one opening with what was written, its trail with each look, and the forms that fit.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use casework::ticket::opening::{Judge, Side, decides, reviews};
use platform::{
    clock,
    foreign::Foreign,
    store::{Opening, OpeningSealed},
    text::Lang,
};
use serde::Deserialize;

use super::words::{Line, line, trail};
use crate::internal::{
    Internal,
    auth::{Actor, Overseer},
    desk::sealed,
    page::{Frame, Language, problem, render, tail},
    unavailable,
};

#[derive(Template)]
#[template(path = "internal/openings/page.html")]
struct OpeningPage {
    frame: Frame,
    line: Line,
    done: Option<&'static str>,
    notice: Option<&'static str>,
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
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
) -> Response {
    let done = asked.done.as_deref().and_then(|word| match word {
        "asked" => Some("openings.done_asked"),
        "approve" => Some("openings.done_approve"),
        "refuse" => Some("openings.done_refuse"),
        "review" => Some("openings.done_review"),
        "end" => Some("openings.done_end"),
        "withdraw" => Some("openings.done_withdraw"),
        _ => None,
    });
    let done = done.map(|key| lang.t(key));
    show(&internal, &actor, lang, id, StatusCode::OK, None, done, String::new()).await
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
        office: actor.is(&["office"]),
        oversight: actor.is(&["oversight"]),
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one page")]
pub(super) async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    id: i64,
    status: StatusCode,
    notice: Option<&'static str>,
    done: Option<&'static str>,
    typed: String,
) -> Response {
    let now = clock::now();
    let opening = match internal.board.opening(&internal.county, id).await {
        Ok(Some(opening)) => opening,
        Ok(None) => return problem::not_found().into_response(),
        Err(e) => return unavailable(&e),
    };
    // What was written is sealed: the office's login may read it, the board's may not.
    let sealed = match internal.office.opening_sealed(&internal.county, id).await {
        Ok(sealed) => sealed,
        Err(e) => return unavailable(&e),
    };
    let reads = match internal.board.reads_of_opening(&internal.county, &opening).await {
        Ok(reads) => reads,
        Err(e) => return unavailable(&e),
    };
    let loaded = internal.pack.current();
    let side = Side::from_word(&opening.side).unwrap_or(Side::Unit);
    let mine = opening.asked_account == actor.person.account.id;
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
        frame: Frame::of(actor, lang, "/openings").titled(tail(&line.receipt)),
        line,
        done,
        notice,
        typed,
    };
    render(status, &page)
}
