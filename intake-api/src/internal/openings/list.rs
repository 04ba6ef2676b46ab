//! `GET /openings`: what waits for a decision or a review, what is open, and everything before.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use platform::{
    clock,
    store::{Opening, OpeningId, OpeningList},
};
use serde::Deserialize;

use super::words::{Line, line};
use crate::internal::{
    By,
    auth::Overseer,
    error::PageError,
    page::{Frame, render},
};

/// Lines of a page of the long lists.
pub(super) const LINES: i64 = 50;

/// Which list, and where it goes on.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    pub(super) list: String,
    pub(super) before: Option<OpeningId>,
}

impl Asked {
    /// The list; anything unknown is what waits.
    pub(super) fn which(&self) -> Option<OpeningList> {
        Some(match self.list.as_str() {
            "asked" => OpeningList::Asked,
            "review" => OpeningList::Review,
            "open" => OpeningList::Open,
            "all" => OpeningList::All,
            _ => return None,
        })
    }
}

struct Group {
    id: &'static str,
    title: &'static str,
    calm: &'static str,
    lines: Vec<Line>,
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "internal/openings/list.html")]
struct ListPage {
    frame: Frame,
    groups: Vec<Group>,
}

/// A part of a list, with the id below which it goes on.
pub(super) fn cut(mut found: Vec<Opening>, list: OpeningList) -> (Vec<Opening>, Option<OpeningId>) {
    let lines = usize::try_from(LINES).unwrap_or_default();
    let long = matches!(list, OpeningList::Open | OpeningList::All);
    let more = long && found.len() > lines;
    if long {
        found.truncate(lines);
    }
    let before = found.last().filter(|_| more).map(|o| o.id);
    (found, before)
}

/// How many to read: one more than is shown tells that there are more.
pub(super) fn limit(list: OpeningList) -> i64 {
    match list {
        OpeningList::Asked | OpeningList::Review => 200,
        OpeningList::Open | OpeningList::All => LINES + 1,
    }
}

/// The page: without a list asked, what waits, what is open, and the last.
pub(super) async fn list(by: By<Overseer>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&by.internal, by.lang, clock::now());
    let every = [
        OpeningList::Asked,
        OpeningList::Review,
        OpeningList::Open,
        OpeningList::All,
    ];
    let wanted: Vec<OpeningList> = asked.which().map_or_else(|| every.to_vec(), |list| vec![list]);
    let loaded = internal.pack.current();
    let mut groups = Vec::new();
    for list in wanted {
        let found = internal
            .board
            .openings_list(&internal.county, list, asked.before, limit(list), now)
            .await?;
        let (found, before) = cut(found, list);
        let id = match list {
            OpeningList::Asked => "asked",
            OpeningList::Review => "review",
            OpeningList::Open => "open",
            OpeningList::All => "all",
        };
        groups.push(Group {
            id,
            title: lang.t(&format!("openings.list_{id}")),
            calm: lang.t(&format!("openings.calm_{id}")),
            lines: found.iter().map(|o| line(o, &loaded.pack, lang, now)).collect(),
            more: before.map(|before| format!("/openings?list={id}&before={before}")),
        });
    }
    let frame = by.frame("/openings");
    Ok(render(StatusCode::OK, &ListPage { frame, groups }))
}
