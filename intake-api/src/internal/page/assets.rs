//! Answers with the files of the pages; `/robots.txt`; 快速离开.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    Frame, Language,
    files::{FILES, FOREVER, digest},
    problem, render,
};

const ICON: &str = include_str!("../../../assets/icon.svg");

/// `GET /assets/{file}`
pub(super) async fn file(Path(wanted): Path<String>, RawQuery(query): RawQuery) -> Response {
    let Some((_, kind, content)) = FILES.iter().find(|(name, ..)| *name == wanted) else {
        return problem::not_found().into_response();
    };
    // An old page may ask for an old digest; it must not keep the answer under that name.
    let current = query.as_deref().and_then(|q| q.strip_prefix("v=")) == Some(digest(content).as_str());
    let keep = if current { FOREVER } else { "no-cache" };
    ([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, keep)], *content).into_response()
}

/// `GET /favicon.ico`
pub(super) async fn icon() -> Response {
    (
        [
            (header::CONTENT_TYPE, "image/svg+xml"),
            (header::CACHE_CONTROL, "public, max-age=86400"),
        ],
        ICON,
    )
        .into_response()
}

/// `GET /robots.txt`: nothing here is for search engines.
pub(super) async fn robots() -> Response {
    (
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        "User-agent: *\nDisallow: /\n",
    )
        .into_response()
}

#[derive(Template)]
#[template(path = "internal/leave.html")]
struct LeavePage {
    frame: Frame,
}

/// `GET /leave`: a neutral page. It ends nothing, so that coming back is one touch.
pub(super) async fn leave(Language(lang): Language) -> Response {
    render(
        StatusCode::OK,
        &LeavePage {
            frame: Frame::nobody(lang),
        },
    )
}
