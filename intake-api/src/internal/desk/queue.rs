//! `GET /desk`: the unit's open tickets, the next due first. `GET /desk/list` is the list alone, for its refresh.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{QueueLine, StoreError},
    telemetry::chain,
    text::Lang,
};
use serde::Deserialize;
use tracing::error;

use crate::internal::{
    Internal,
    auth::Desk,
    page::{
        Frame, Language, problem, render,
        words::{self, Countdown},
    },
};

/// Tickets on a page.
const PAGE: i64 = 50;
/// The store counts no further.
const MANY: i64 = 1000;

/// Which page.
#[derive(Deserialize)]
pub(super) struct Asked {
    page: Option<i64>,
}

/// One line in words.
struct Line {
    id: i64,
    obligation: String,
    urgency: &'static str,
    /// 特急
    hot_word: bool,
    /// 特急 without a signature: what must be seen first.
    burning: bool,
    countdown: Countdown,
    due: Option<String>,
    place: String,
    role: &'static str,
    state: &'static str,
    assignee: Option<String>,
    unit: Option<String>,
    danger: bool,
    drill: bool,
}

struct List {
    lang: Lang,
    lines: Vec<Line>,
    count: String,
    page: i64,
    previous: Option<i64>,
    next: Option<i64>,
    at: String,
}

impl List {
    fn fill(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        words::fill(self.lang, key, name, value)
    }
}

#[derive(Template)]
#[template(path = "internal/desk/queue.html")]
struct QueuePage {
    frame: Frame,
    list: List,
    units: String,
}

#[derive(Template)]
#[template(path = "internal/desk/list.html")]
struct Fragment {
    list: List,
}

/// `GET /desk`
pub(super) async fn page(
    State(internal): State<Internal>,
    desk: Desk,
    Language(lang): Language,
    Query(asked): Query<Asked>,
) -> Response {
    let list = match list(&internal, &desk, lang, asked.page).await {
        Ok(list) => list,
        Err(e) => return away(&e),
    };
    let loaded = internal.pack.current();
    let name = |code: &&str| {
        loaded
            .pack
            .units()
            .get(code)
            .map_or_else(|| (*code).to_owned(), |unit| unit.name.clone())
    };
    let units = desk
        .units(&["member", "leader"])
        .iter()
        .map(name)
        .collect::<Vec<_>>()
        .join("、");
    render(
        StatusCode::OK,
        &QueuePage {
            frame: Frame::of(&desk, lang, "/desk"),
            list,
            units,
        },
    )
}

/// `GET /desk/list`
pub(super) async fn fragment(
    State(internal): State<Internal>,
    desk: Desk,
    Language(lang): Language,
    Query(asked): Query<Asked>,
) -> Response {
    match list(&internal, &desk, lang, asked.page).await {
        Ok(list) => render(StatusCode::OK, &Fragment { list }),
        Err(e) => away(&e),
    }
}

fn away(e: &StoreError) -> Response {
    error!(error = chain(e), "the queue can't be read");
    problem::unavailable().into_response()
}

async fn list(internal: &Internal, desk: &Desk, lang: Lang, page: Option<i64>) -> Result<List, StoreError> {
    let now = clock::now();
    let page = page.unwrap_or(1).clamp(1, 1_000_000);
    let (lines, open) = internal
        .desk
        .desk_queue(&desk.scope, &internal.county, (page - 1) * PAGE, PAGE)
        .await?;
    let loaded = internal.pack.current();
    let many_units = desk.units(&["member", "leader"]).len() > 1;
    let full = lines.len() as i64 == PAGE && (open > page * PAGE || open >= MANY);
    Ok(List {
        lang,
        count: if open >= MANY {
            format!("{MANY}+")
        } else {
            open.to_string()
        },
        page,
        previous: (page > 1).then_some(page - 1),
        next: full.then_some(page + 1),
        at: words::moment(lang, now, now),
        lines: lines
            .into_iter()
            .map(|line| in_words(line, lang, &loaded.pack, many_units, now))
            .collect(),
    })
}

fn in_words(line: QueueLine, lang: Lang, pack: &Pack, many_units: bool, now: DateTime<Utc>) -> Line {
    let unsigned = matches!(line.state.as_str(), "dispatched" | "reopened");
    Line {
        id: line.id,
        obligation: pack
            .vocabulary()
            .obligations
            .label(&line.obligation, lang.pack())
            .to_owned(),
        urgency: words::urgency(lang, &line.urgency),
        hot_word: line.urgency == "P1",
        burning: line.urgency == "P1" && unsigned,
        countdown: words::countdown(lang, line.next_stage.as_deref(), line.next_due_at, now),
        due: line.next_due_at.map(|due| words::due(lang, due, now)),
        place: words::place(lang, pack, line.area.as_deref()),
        role: words::role(lang, line.lead),
        state: words::state(lang, &line.state),
        assignee: line.assignee_name,
        unit: many_units.then(|| {
            pack.units()
                .get(&line.unit)
                .map_or(line.unit.clone(), |unit| unit.name.clone())
        }),
        danger: line.present_danger,
        drill: line.drill,
    }
}
