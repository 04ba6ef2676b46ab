//! Style, script and icon, embedded in the binary. Their address carries a digest of the content, so that a phone keeps
//! them for good and still sees a new version at once.

use std::sync::OnceLock;

use axum::{
    Router,
    extract::Path,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};

use super::state::App;

/// The stylesheet.
pub(super) static STYLE: Asset = Asset::new(
    "style",
    "css",
    "text/css; charset=utf-8",
    include_str!("../../assets/style.css"),
);
/// The scripts, without which everything works too; the first is what the others build on.
pub(super) static SCRIPTS: [Asset; 4] = [
    script("report", include_str!("../../assets/report.js")),
    script("fields", include_str!("../../assets/fields.js")),
    script("find", include_str!("../../assets/find.js")),
    script("receipt", include_str!("../../assets/receipt.js")),
];
const ICON: &str = include_str!("../../assets/icon.svg");
const ROBOTS: &str = "User-agent: *\nDisallow: /report\nDisallow: /status\nDisallow: /api/\n";
const FOREVER: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
const A_DAY: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=86400");

const fn script(stem: &'static str, content: &'static str) -> Asset {
    Asset::new(stem, "js", "text/javascript; charset=utf-8", content)
}

/// One file.
pub(super) struct Asset {
    stem: &'static str,
    ending: &'static str,
    kind: &'static str,
    content: &'static str,
    path: OnceLock<String>,
}

impl Asset {
    const fn new(stem: &'static str, ending: &'static str, kind: &'static str, content: &'static str) -> Self {
        Self {
            stem,
            ending,
            kind,
            content,
            path: OnceLock::new(),
        }
    }

    /// Where pages find it.
    pub(super) fn path(&self) -> &str {
        self.path.get_or_init(|| {
            let digest = Sha256::digest(self.content.as_bytes());
            let short: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            format!("/assets/{}.{short}.{}", self.stem, self.ending)
        })
    }
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/assets/{file}", get(show))
        .route("/favicon.ico", get(icon))
        .route("/robots.txt", get(async || ([A_DAY], ROBOTS)))
}

async fn show(Path(file): Path<String>) -> Response {
    let wanted = std::iter::once(&STYLE)
        .chain(&SCRIPTS)
        .find(|asset| asset.path().strip_prefix("/assets/") == Some(&file));
    match wanted {
        Some(asset) => ([FOREVER, (header::CONTENT_TYPE, asset.kind)], asset.content).into_response(),
        // An old page may still ask for an old digest; it must not keep the answer.
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn icon() -> Response {
    ([A_DAY, (header::CONTENT_TYPE, "image/svg+xml")], ICON).into_response()
}
