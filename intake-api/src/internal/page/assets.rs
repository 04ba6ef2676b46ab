//! Style and scripts of the internal pages, embedded in the binary; `/robots.txt`; 快速离开.
//!
//! Pages ask for a file with a digest of its content in the query, so that a browser keeps it for good and still sees a new
//! version at once. Nothing is ever loaded from elsewhere: the inner network has no way out.

use std::sync::LazyLock;

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::{Frame, Language, problem, render};

const STYLE: &str = concat!(
    include_str!("../../../assets/style.css"),
    "\n",
    include_str!("../../../assets/internal.css")
);
const FILES: [(&str, &str, &str); 6] = [
    ("style.css", "text/css; charset=utf-8", STYLE),
    (
        "htmx.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/htmx.min.js"),
    ),
    (
        "leave.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/leave.js"),
    ),
    (
        "expert.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/expert.js"),
    ),
    (
        "expert.css",
        "text/css; charset=utf-8",
        include_str!("../../../assets/expert.css"),
    ),
    (
        "live.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/live.js"),
    ),
];
const ICON: &str = include_str!("../../../assets/icon.svg");
const FOREVER: &str = "public, max-age=31536000, immutable";

/// Addresses with digests, in the order of [`FILES`].
static ADDRESSES: LazyLock<[String; 6]> =
    LazyLock::new(|| FILES.map(|(name, _, content)| format!("/assets/{name}?v={}", digest(content))));

fn digest(content: &str) -> String {
    hex::encode(&Sha256::digest(content.as_bytes())[..6])
}

/// Where a page finds the style sheet.
pub(super) fn style() -> &'static str {
    &ADDRESSES[0]
}

/// Where a page finds htmx.
pub(super) fn htmx() -> &'static str {
    &ADDRESSES[1]
}

/// Where a page finds the script behind 快速离开.
pub(super) fn leave_script() -> &'static str {
    &ADDRESSES[2]
}

/// Where a page finds the script for what it does while it stays open.
pub(super) fn live_script() -> &'static str {
    &ADDRESSES[5]
}

/// Where the expert's page of the rules finds its script.
pub(crate) fn expert_script() -> &'static str {
    &ADDRESSES[3]
}

/// Where it finds its style sheet.
pub(crate) fn expert_style() -> &'static str {
    &ADDRESSES[4]
}

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

#[cfg(test)]
mod tests {
    use super::{FILES, htmx, style};

    #[test]
    fn addresses_name_the_content() {
        assert!(style().starts_with("/assets/style.css?v=") && style() != htmx());
        assert!(FILES.iter().all(|(_, _, content)| content.len() > 50));
    }
}
