//! `GET /motions`: what waits for the office, the next due first.

use askama::Template;
use axum::{Json, extract::Query, http::StatusCode, response::Response};
use platform::clock;
use serde::Deserialize;

use super::{
    answers::Motion,
    words::{Line, line},
};
use crate::internal::{
    By,
    auth::Overseer,
    error::{ApiError, PageError},
    page::{Frame, render, words::Telling},
};

#[derive(Template)]
#[template(path = "internal/motions/list.html")]
struct ListPage {
    frame: Frame,
    lines: Vec<Line>,
    count: String,
    done: Option<&'static str>,
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

/// `GET /motions`
pub(super) async fn list(by: By<Overseer>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&by.internal, by.lang, clock::now());
    let found = internal.board.motions_waiting(&internal.county).await?;
    let count = internal.board.motions_count(&internal.county).await?;
    let loaded = internal.pack.current();
    let how = Telling {
        pack: &loaded.pack,
        lang,
        now,
    };
    let done = asked.done.as_deref().and_then(|word| match word {
        "grant" => Some("motions.done_grant"),
        "agree" => Some("motions.done_agree"),
        "refuse" => Some("motions.done_refuse"),
        _ => None,
    });
    let page = ListPage {
        frame: by.frame("/motions"),
        lines: found.iter().map(|m| line(m, how)).collect(),
        count: lang.fill("motions.count", &[("n", &count.to_string())]),
        done: done.map(|key| lang.t(key)),
    };
    Ok(render(StatusCode::OK, &page))
}

/// `GET /api/v1/motions`
pub(super) async fn api(by: By<Overseer>) -> Result<Json<Vec<Motion>>, ApiError> {
    let waiting = by.internal.board.motions_waiting(&by.internal.county).await?;
    Ok(Json(waiting.into_iter().map(Into::into).collect()))
}
