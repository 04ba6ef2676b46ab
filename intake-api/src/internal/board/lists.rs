//! `GET /board/unsigned`, `/board/overdue`, `/board/failed`, `/board/in-vain`: each list of the board to its end, page by page.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use platform::{
    clock,
    store::{BoardList, Role, StoreError},
};

use super::line::{Line, about, failed, in_vain as vain_line, row};
use crate::internal::{
    By, Visit,
    auth::Overseer,
    error::PageError,
    page::{Frame, Pages, render, words},
};

#[derive(Template)]
#[template(path = "internal/board/list.html")]
struct ListPage {
    frame: Frame,
    title: String,
    calm: &'static str,
    lines: Vec<Line>,
    pages: Pages,
    at: String,
}

/// One of the lists.
#[derive(Clone, Copy)]
enum Which {
    Of(BoardList),
    Failed,
    InVain,
}

impl Which {
    fn id(self) -> &'static str {
        match self {
            Self::Of(BoardList::Unsigned) => "unsigned",
            Self::Of(BoardList::Overdue) => "overdue",
            Self::Failed => "failed",
            Self::InVain => "in-vain",
        }
    }
}

/// `GET /board/unsigned`
pub(crate) async fn unsigned(by: By<Overseer>, pages: Query<Pages>) -> Result<Response, PageError> {
    show(&by, pages.0, Which::Of(BoardList::Unsigned)).await
}

/// `GET /board/overdue`
pub(crate) async fn overdue(by: By<Overseer>, pages: Query<Pages>) -> Result<Response, PageError> {
    show(&by, pages.0, Which::Of(BoardList::Overdue)).await
}

/// `GET /board/failed`
pub(crate) async fn undelivered(by: By<Overseer>, pages: Query<Pages>) -> Result<Response, PageError> {
    show(&by, pages.0, Which::Failed).await
}

/// `GET /board/in-vain`
pub(crate) async fn in_vain(by: By<Overseer>, pages: Query<Pages>) -> Result<Response, PageError> {
    show(&by, pages.0, Which::InVain).await
}

async fn show(visit: &Visit, mut pages: Pages, which: Which) -> Result<Response, PageError> {
    let (lang, now) = (visit.lang, clock::now());
    let lines = lines(visit, &mut pages, which).await?;
    let title = lang.t(&format!("board.{}", which.id()));
    let page = ListPage {
        frame: visit.frame("/board").titled(title),
        title: words::fill(lang, "board.all_of", "title", title),
        calm: lang.t(&format!("board.{}_calm", which.id())),
        lines,
        pages: pages.at(format!("/board/{}", which.id())),
        at: words::fill(lang, "desk.as_of", "at", words::moment(lang, now, now)),
    };
    Ok(render(StatusCode::OK, &page))
}

async fn lines(visit: &Visit, pages: &mut Pages, which: Which) -> Result<Vec<Line>, StoreError> {
    let (internal, lang) = (&visit.internal, visit.lang);
    let office = visit.actor.is(&[Role::Office]);
    let loaded = internal.pack.current();
    let (pack, now) = (&loaded.pack, clock::now());
    let (offset, limit) = pages.part();
    Ok(match which {
        Which::Failed => {
            let found = internal.board.board_failed(&internal.county, offset, limit).await?;
            pages
                .cut(found)
                .iter()
                .map(|n| row(n, lang, |n| failed("board.failed_at", n, office, lang, now)))
                .collect()
        }
        Which::InVain => {
            let found = internal.board.visits_in_vain(&internal.county, offset, limit).await?;
            pages
                .cut(found)
                .iter()
                .map(|v| row(v, lang, |v| vain_line(v, pack, lang, now)))
                .collect()
        }
        Which::Of(list) => {
            let key = if list == BoardList::Overdue {
                "board.overdue_at"
            } else {
                "board.unsigned_at"
            };
            let found = internal
                .board
                .board_list(&internal.county, list, false, offset, limit)
                .await?;
            pages
                .cut(found)
                .iter()
                .map(|l| row(l, lang, |l| about(key, l, pack, lang, now)))
                .collect()
        }
    })
}
