//! `GET /board`: now, then response times, then the ledger.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use platform::{clock, store::Role};
use serde::Deserialize;

use super::{
    now::{self, Now},
    times::{self, Times},
};
use crate::internal::{
    By,
    auth::Overseer,
    error::PageError,
    page::{Frame, Live, Paper, render, words::Telling},
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
    /// Whose the board is, and who is on duty for it.
    office: bool,
}

/// The page.
pub(crate) async fn page(by: By<Overseer>, Query(query): Query<Sort>) -> Result<Response, PageError> {
    let (internal, lang) = (&by.internal, by.lang);
    let now = now::look(&by).await?;
    let loaded = internal.pack.current();
    let snapshot = internal.board.board_snapshot(&internal.county).await?;
    let how = Telling {
        pack: &loaded.pack,
        lang,
        now: clock::now(),
    };
    let times = snapshot.and_then(|(at, _, data)| times::say(at, data, &query.sort, how));
    let frame = now::frame(&by, &now);
    let county = loaded.pack.county_name(lang.pack());
    let page = BoardPage {
        paper: Paper::new(&frame, county, lang.t("board.title"), lang.t("board.now"), &now.at),
        live: Live::new(lang, "now-part", "/board", 15),
        frame,
        now,
        times,
        office: by.actor.is(&[Role::Office]),
    };
    Ok(render(StatusCode::OK, &page))
}
