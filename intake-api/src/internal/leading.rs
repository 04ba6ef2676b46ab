//! The leading group's one page: what is overdue at its level, the longest first, and whom to phone. It reads nothing else.
//!
//! Court and procuratorate are independent of the leading group: what they let pass stands apart, as 提示函 that was sent.

use askama::Template;
use axum::{http::StatusCode, response::Response, routing::get};
use casework::calendar::rfc3339;
use casework::county::AreaLevel;
use casework::pack::Pack;
use casework::words::{TicketClock, Urgency};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{LeadingLine, LeadingNow, StoreError, TicketId},
    text::Lang,
};
use serde::Serialize;

use super::{
    Answer, By, Internal, Route,
    auth::Leading,
    board::{
        answers,
        call::{Call, call},
    },
    error::{ApiError, PageError},
    page::{Frame, render, words},
};

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/leading", get(page)),
        Route::get("/api/v1/leading", get(api)),
    ]
}

struct Line {
    ticket: TicketId,
    unit: String,
    what: String,
    urgency: &'static str,
    township: String,
    since: String,
    told: String,
    drill: bool,
    hot: bool,
    call: Call,
}

#[derive(Template)]
#[template(path = "internal/leading.html")]
struct LeadingPage {
    frame: Frame,
    at: String,
    supervised: Vec<Line>,
    letters: Vec<Line>,
    more: bool,
    office_name: String,
    office: Option<Call>,
    office_failed: Option<String>,
    looks: Option<String>,
}

/// The page for programs.
#[derive(Serialize)]
struct Overdue {
    overdue: Vec<OverdueTicket>,
    /// There are more than are listed.
    more: bool,
    /// Null where the county has none.
    office: Option<answers::Call>,
    /// Its mailbox did not work then.
    office_failed_at: Option<String>,
    openings_overdue: i64,
}

/// A ticket that is overdue at the leading group's level.
#[derive(Serialize)]
struct OverdueTicket {
    ticket_id: TicketId,
    unit: String,
    unit_name: String,
    obligation: String,
    urgency: Urgency,
    stage: TicketClock,
    /// When it was due.
    since: String,
    sent_at: String,
    /// A 提示函, not 督办.
    letter: bool,
    drill: bool,
    /// Name of the township, never the village.
    township: Option<String>,
    call: answers::Call,
}

/// `GET /leading`
async fn page(by: By<Leading>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&by.internal, by.lang, clock::now());
    let loaded = internal.pack.current();
    let (found, looks) = look(internal, now).await?;
    let pack = &loaded.pack;
    let (letters, supervised): (Vec<_>, Vec<_>) = found.overdue.iter().partition(|line| line.letter);
    let say = |lines: Vec<&LeadingLine>| lines.into_iter().map(|l| line(l, pack, lang, now)).collect();
    let page = LeadingPage {
        at: words::moment(lang, now, now),
        supervised: say(supervised),
        letters: say(letters),
        more: found.more,
        office_name: pack
            .units()
            .get(pack.units().office())
            .map(|unit| unit.name.clone())
            .unwrap_or_default(),
        office: found.office.as_ref().map(call),
        looks: (looks > 0).then(|| lang.fill("leading.looks", &[("n", &looks.to_string())])),
        office_failed: found
            .office_failed_at
            .map(|at| lang.fill("leading.office_failed", &[("at", &words::moment(lang, at, now))])),
        frame: by.frame("/leading"),
    };
    Ok(render(StatusCode::OK, &page))
}

/// `GET /api/v1/leading`
async fn api(by: By<Leading>) -> Result<Answer<Overdue>, ApiError> {
    let internal = &by.internal;
    let (found, looks) = look(internal, clock::now()).await?;
    let loaded = internal.pack.current();
    Ok(Answer(Overdue {
        overdue: found
            .overdue
            .into_iter()
            .map(|line| OverdueTicket::of(line, &loaded.pack))
            .collect(),
        more: found.more,
        office: found.office.map(Into::into),
        office_failed_at: found.office_failed_at.map(rfc3339),
        openings_overdue: looks,
    }))
}

/// The page, and how many looks at what is hidden nobody decided or reviewed in time.
async fn look(internal: &Internal, now: DateTime<Utc>) -> Result<(LeadingNow, i64), StoreError> {
    let office = internal.pack.current().pack.units().office().to_owned();
    let found = internal.board.leading_now(&internal.county, &office).await?;
    let (_, _, overdue) = internal.board.openings_counts(&internal.county, now).await?;
    Ok((found, overdue))
}

fn line(line: &LeadingLine, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let told = if line.letter {
        "leading.letter_sent"
    } else {
        "leading.supervised_since"
    };
    Line {
        ticket: line.ticket_id,
        unit: line.unit_name.clone(),
        what: pack
            .vocabulary()
            .obligations
            .label(&line.obligation, lang.pack())
            .to_owned(),
        urgency: words::urgency(lang, line.urgency),
        township: township(pack, line.area.as_deref())
            .map_or_else(|| lang.t("leading.no_township").to_owned(), str::to_owned),
        since: lang.fill(
            "board.overdue_since",
            &[
                ("stage", words::stage(lang, line.stage)),
                ("span", &words::span(lang, now - line.since)),
                ("at", &words::due(lang, line.since, now)),
            ],
        ),
        told: lang.fill(told, &[("at", &words::moment(lang, line.sent_at, now))]),
        drill: line.drill,
        hot: line.urgency == Urgency::P1,
        call: call(&line.call),
    }
}

impl OverdueTicket {
    fn of(line: LeadingLine, pack: &Pack) -> Self {
        Self {
            township: township(pack, line.area.as_deref()).map(str::to_owned),
            ticket_id: line.ticket_id,
            unit: line.unit,
            unit_name: line.unit_name,
            obligation: line.obligation,
            urgency: line.urgency,
            stage: line.stage,
            since: rfc3339(line.since),
            sent_at: rfc3339(line.sent_at),
            letter: line.letter,
            drill: line.drill,
            call: line.call.0.into(),
        }
    }
}

/// The township of an area, never its village. A village that the list does not know has the township of its first nine digits.
fn township<'p>(pack: &'p Pack, area: Option<&str>) -> Option<&'p str> {
    let code = area?;
    let areas = pack.areas();
    let above = |code: &str| areas.climb(code).find(|area| area.level == AreaLevel::Township);
    let known = above(code).or_else(|| above(&format!("{}000", code.get(..9)?)));
    known.map(|area| area.name.as_str())
}
