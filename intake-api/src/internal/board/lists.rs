//! `GET /board/unsigned`, `/board/overdue`, `/board/failed`: each list of the board to its end, page by page.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    clock,
    store::{BoardList, StoreError},
    text::Lang,
};

use super::now::{Line, about, failed};
use crate::internal::{
    Internal,
    auth::Overseer,
    page::{Frame, Language, Pages, render, words},
    unavailable,
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
}

impl Which {
    fn id(self) -> &'static str {
        match self {
            Self::Of(BoardList::Unsigned) => "unsigned",
            Self::Of(BoardList::Overdue) => "overdue",
            Self::Failed => "failed",
        }
    }
}

/// `GET /board/unsigned`
pub(crate) async fn unsigned(state: State<Internal>, actor: Overseer, lang: Language, pages: Query<Pages>) -> Response {
    show(state.0, &actor, lang.0, pages.0, Which::Of(BoardList::Unsigned)).await
}

/// `GET /board/overdue`
pub(crate) async fn overdue(state: State<Internal>, actor: Overseer, lang: Language, pages: Query<Pages>) -> Response {
    show(state.0, &actor, lang.0, pages.0, Which::Of(BoardList::Overdue)).await
}

/// `GET /board/failed`
pub(crate) async fn undelivered(
    state: State<Internal>,
    actor: Overseer,
    lang: Language,
    pages: Query<Pages>,
) -> Response {
    show(state.0, &actor, lang.0, pages.0, Which::Failed).await
}

async fn show(internal: Internal, actor: &Overseer, lang: Lang, mut pages: Pages, which: Which) -> Response {
    let lines = match lines(&internal, actor, lang, &mut pages, which).await {
        Ok(lines) => lines,
        Err(e) => return unavailable(&e),
    };
    let now = clock::now();
    let title = lang.t(&format!("board.{}", which.id()));
    render(
        StatusCode::OK,
        &ListPage {
            frame: Frame::of(actor, lang, "/board").titled(title),
            title: words::fill(lang, "board.all_of", "title", title),
            calm: lang.t(&format!("board.{}_calm", which.id())),
            lines,
            pages: pages.at(format!("/board/{}", which.id())),
            at: words::fill(lang, "desk.as_of", "at", words::moment(lang, now, now)),
        },
    )
}

async fn lines(
    internal: &Internal,
    actor: &Overseer,
    lang: Lang,
    pages: &mut Pages,
    which: Which,
) -> Result<Vec<Line>, StoreError> {
    let office = actor.is(&["office"]);
    let loaded = internal.pack.current();
    let (pack, now) = (&loaded.pack, clock::now());
    let (offset, limit) = pages.part();
    Ok(match which {
        Which::Failed => {
            let found = internal.board.board_failed(&internal.county, offset, limit).await?;
            pages
                .cut(found)
                .iter()
                .map(|n| failed("board.failed_at", n, office, lang, now))
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
                .map(|l| about(key, l, pack, lang, now))
                .collect()
        }
    })
}
