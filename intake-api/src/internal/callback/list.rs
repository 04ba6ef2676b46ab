//! `/callbacks`: who waits for a call, and what waits for a second person.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use platform::{
    clock,
    receipt::ReportId,
    store::{CallbackDue, Listed, StoreError},
    text::Lang,
};

use crate::internal::{
    By, Internal,
    auth::Overseer,
    error::PageError,
    page::{Frame, Pages, render, words},
};

struct Line {
    report_id: ReportId,
    receipt: String,
    since: String,
    what: String,
    tries: Option<String>,
    drill: bool,
}

#[derive(Template)]
#[template(path = "internal/callback/list.html")]
struct ListPage {
    frame: Frame,
    found: Found,
    pages: Pages,
}

/// What the page shows.
struct Found {
    undecided: Vec<Line>,
    due: Vec<Line>,
    /// Of each row that can't be read.
    unread: Vec<String>,
    put_off: Option<String>,
}

/// `GET /callbacks`
pub(crate) async fn list(by: By<Overseer>, Query(mut pages): Query<Pages>) -> Result<Response, PageError> {
    let found = look(&by.internal, by.lang, &mut pages).await?;
    let page = ListPage {
        frame: by.frame("/callbacks"),
        found,
        pages: pages.at("/callbacks"),
    };
    Ok(render(StatusCode::OK, &page))
}

async fn look(internal: &Internal, lang: Lang, pages: &mut Pages) -> Result<Found, StoreError> {
    let now = clock::now();
    let (offset, limit) = pages.part();
    let undecided = internal.board.callbacks_undecided(&internal.county).await?;
    let (undecided, mut unread) = Listed::sorted(undecided);
    let due = internal
        .board
        .callbacks_page(&internal.county, now, offset, limit)
        .await?;
    let (due, more) = Listed::sorted(pages.cut(due));
    unread.extend(more);
    let put_off = internal.board.callbacks_put_off(&internal.county, now).await?;
    let pack = internal.pack.current().pack.clone();
    let undecided = undecided.into_iter().map(|line| Line {
        report_id: line.report_id,
        receipt: line.report_id.to_string(),
        since: lang.fill(
            "callback.undecided_since",
            &[("by", &line.by_name), ("at", &words::moment(lang, line.at, now))],
        ),
        what: words::brief(lang, &pack, &line.facts),
        tries: None,
        drill: line.drill,
    });
    let due = due.iter().map(|due| line(internal, due, lang));
    let put_off = (put_off > 0).then(|| lang.fill("callback.put_off", &[("n", &put_off.to_string())]));
    Ok(Found {
        undecided: undecided.collect(),
        due: due.collect(),
        unread: unread.into_iter().map(|row| words::unread(lang, row)).collect(),
        put_off,
    })
}

fn line(internal: &Internal, due: &CallbackDue, lang: Lang) -> Line {
    let now = clock::now();
    let loaded = internal.pack.current();
    let outcomes = &loaded.pack.vocabulary().outcomes;
    let label = |code: &String| outcomes.label(code, lang.pack()).to_owned();
    let parts: Vec<String> = [words::brief(lang, &loaded.pack, &due.facts)]
        .into_iter()
        .chain(due.outcomes.iter().map(label))
        .collect();
    Line {
        report_id: due.report_id,
        receipt: due.report_id.to_string(),
        since: lang.fill(
            "callback.since",
            &[
                ("span", &words::span(lang, now - due.resolved_at)),
                ("at", &words::moment(lang, due.resolved_at, now)),
            ],
        ),
        what: parts.join(" · "),
        tries: (due.tries > 0).then(|| lang.fill("callback.tried", &[("n", &due.tries.to_string())])),
        drill: due.drill,
    }
}
