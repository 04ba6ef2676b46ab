//! `/reports/child`, `/tickets/child`: a child's tickets, by name with birth date or by the number of an identity paper. What is typed
//! goes by form, is turned into a token of the blind index and is gone: it stands in no address, no log and no table.

use std::collections::HashMap;

use askama::Template;
use axum::{Form, extract::Query, http::StatusCode, response::Response};
use casework::typed::plain;
use chrono::NaiveDate;
use platform::{
    clock,
    seal::normalise,
    store::{ChildToken, ListSort, Listed, SearchKind, Searching, TicketsAsked},
};

use super::{line::Line, reach::Reach};
use crate::internal::{
    By, Visit,
    again::{Again, Fields, Wrong},
    auth::{Desk, Overseer},
    detached,
    error::PageError,
    page::{Frame, render, words::Telling},
};

/// Why somebody searches: a closed list, because a sentence would name the child.
pub(super) const REASONS: [&str; 5] = ["repeat", "case", "inquiry", "handover", "supervision"];
/// Longest name or number.
const LONGEST: usize = 60;
/// Tickets of an answer: as many as the store finds.
const MOST: i64 = 200;

#[derive(Template)]
#[template(path = "internal/finding/child.html")]
struct ChildPage {
    frame: Frame,
    path: String,
    back: &'static str,
    limits: &'static str,
    typed: Fields,
    wrong: Wrong,
    reasons: Vec<(&'static str, &'static str)>,
    /// What was found; none: nothing was searched for.
    found: Option<Vec<Line>>,
}

impl ChildPage {
    fn typed(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn fault(&self, name: &str) -> Option<&'static str> {
        self.wrong.get(name).map(|key| self.frame.lang.t(key))
    }
}

/// `GET /reports/child`
pub(super) async fn county(by: By<Overseer>) -> Response {
    page(&by, &Reach::County, Again::default(), None)
}

/// `POST /reports/child`
pub(super) async fn county_find(by: By<Overseer>, Form(fields): Form<Fields>) -> Result<Response, PageError> {
    find(&by, Reach::County, fields).await
}

/// `GET /tickets/child`
pub(super) async fn unit(by: By<Desk>, Query(query): Query<HashMap<String, String>>) -> Result<Response, PageError> {
    let reach = Reach::of_desk(&by, query.get("unit").map_or("", String::as_str))?;
    Ok(page(&by, &reach, Again::default(), None))
}

/// `POST /tickets/child`
pub(super) async fn unit_find(
    by: By<Desk>,
    Query(query): Query<HashMap<String, String>>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let reach = Reach::of_desk(&by, query.get("unit").map_or("", String::as_str))?;
    find(&by, reach, fields).await
}

fn page(visit: &Visit, reach: &Reach, again: Again<Fields>, found: Option<Vec<Line>>) -> Response {
    let lang = visit.lang;
    let page = ChildPage {
        frame: visit.frame(reach.path()),
        path: match reach.unit() {
            Some(unit) => format!("{}/child?unit={unit}", reach.path()),
            None => format!("{}/child", reach.path()),
        },
        back: reach.path(),
        limits: lang.t(match reach {
            Reach::County => "finding.child_county",
            Reach::Unit { .. } => "finding.child_unit",
        }),
        typed: again.fields,
        wrong: again.wrong,
        reasons: REASONS
            .iter()
            .map(|reason| (*reason, lang.t(&format!("finding.reason.{reason}"))))
            .collect(),
        found,
    };
    render(again.status, &page)
}

async fn find(visit: &Visit, reach: Reach, fields: Fields) -> Result<Response, PageError> {
    let (internal, now) = (visit.internal.clone(), clock::now());
    let (token, reason) = match read(visit, &fields) {
        Ok(read) => read,
        Err(wrong) => {
            let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, None, fields).with_wrong(wrong);
            return Ok(page(visit, &reach, again, None));
        }
    };
    let me = visit.me();
    let (searched, reaching) = (internal.clone(), reach.clone());
    let tickets = detached(async move {
        let by = Searching {
            county: &searched.county,
            account: me,
            reason,
            at: now,
        };
        reaching.child(&searched, &token, by).await
    })
    .await?;
    let asked = TicketsAsked {
        unit: reach.unit().map(ToOwned::to_owned),
        tickets: Some(tickets),
        sort: ListSort::New,
        ..TicketsAsked::all(&internal.county, me)
    };
    let found = reach.found(&internal, &asked, MOST).await?;
    let loaded = internal.pack.current();
    let telling = Telling {
        pack: &loaded.pack,
        lang: visit.lang,
        now,
    };
    let (lines, _) = Listed::sorted(found.lines);
    let county = reach.is_county();
    let lines = lines.iter().map(|line| Line::of(line, county, telling)).collect();
    Ok(page(visit, &reach, Again::default(), Some(lines)))
}

/// The token and the reason.
fn read(visit: &Visit, fields: &Fields) -> Result<(ChildToken, &'static str), Wrong> {
    let field = |name: &str| plain(fields.get(name).map_or("", String::as_str)).trim().to_owned();
    let (name, birth, number) = (field("name"), field("birth"), field("number"));
    let mut wrong = Wrong::new();
    let reason = REASONS.iter().find(|reason| **reason == field("reason")).copied();
    if reason.is_none() {
        wrong.insert("reason", "finding.wrong.reason");
    }
    let county = &visit.internal.county;
    let token = |kind: SearchKind, parts: &[&str]| ChildToken {
        kind,
        token: visit.internal.keys.blind_token(county, kind.as_str(), parts),
    };
    let long = |text: &str| text.chars().count() > LONGEST || normalise(text).is_empty();
    let token = match (name.is_empty() && birth.is_empty(), number.is_empty()) {
        (true, true) => {
            wrong.insert("name", "finding.wrong.child");
            None
        }
        (false, false) => {
            wrong.insert("number", "finding.wrong.both");
            None
        }
        (true, false) if long(&number) => {
            wrong.insert("number", "finding.wrong.number");
            None
        }
        (true, false) => Some(token(SearchKind::IdNumber, &[&normalise(&number)])),
        (false, true) => {
            if long(&name) {
                wrong.insert("name", "finding.wrong.name");
            }
            let day = NaiveDate::parse_from_str(&birth, "%Y-%m-%d").ok();
            if day.is_none() {
                wrong.insert("birth", "finding.wrong.birth");
            }
            day.map(|day| token(SearchKind::NameBirth, &[&normalise(&name), &day.to_string()]))
        }
    };
    match (token, reason) {
        (Some(token), Some(reason)) if wrong.is_empty() => Ok((token, reason)),
        _ => Err(wrong),
    }
}
