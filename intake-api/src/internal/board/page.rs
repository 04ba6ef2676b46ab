//! `GET /board`: now, then response times, then the ledger.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::clock;
use serde::Deserialize;

use super::{
    now::{self, Now},
    times::{self, Times},
};
use crate::internal::{
    Internal,
    auth::Overseer,
    page::{Frame, Language, Live, Paper, render},
    unavailable,
};

/// By which column.
#[derive(Default, Deserialize)]
pub(crate) struct Sort {
    #[serde(default)]
    sort: String,
}

#[derive(Template)]
#[template(path = "internal/board/board.html")]
struct BoardPage {
    frame: Frame,
    paper: Paper,
    live: Live,
    now: Now,
    times: Option<Times>,
}

/// The page.
pub(crate) async fn page(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Query(query): Query<Sort>,
) -> Response {
    let now = match now::look(&internal, &actor, lang).await {
        Ok(now) => now,
        Err(e) => return unavailable(&e),
    };
    let times = match internal.board.board_snapshot(&internal.county).await {
        Ok(found) => found.and_then(|(at, _, data)| {
            times::say(at, data, &query.sort, &internal.pack.current().pack, lang, clock::now())
        }),
        Err(e) => return unavailable(&e),
    };
    let frame = now::frame(&actor, lang, &now);
    let loaded = internal.pack.current();
    let county = loaded.pack.county_name(lang.pack());
    render(
        StatusCode::OK,
        &BoardPage {
            paper: Paper::new(&frame, county, lang.t("board.title"), lang.t("board.now"), &now.at),
            live: Live::new(lang, "now-part", "/board", 15),
            frame,
            now,
            times,
        },
    )
}
