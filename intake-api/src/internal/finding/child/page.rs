//! `/reports/child`, `/tickets/child`: the search for people. What is typed goes by form, and stands in no address.

use std::collections::HashMap;

use askama::Template;
use axum::{Form, extract::Query, http::StatusCode, response::Response};
use platform::{clock, store::Listed};

use super::{
    super::{line::Line, reach::Reach},
    REASONS, find, read,
};
use crate::internal::{
    By, Visit,
    again::{Again, Fields, Wrong},
    auth::{Desk, Overseer},
    error::PageError,
    page::{Frame, render, words::Telling},
};

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
pub(crate) async fn county(by: By<Overseer>) -> Response {
    page(&by, &Reach::County, Again::default(), None)
}

/// `POST /reports/child`
pub(crate) async fn county_find(by: By<Overseer>, Form(fields): Form<Fields>) -> Result<Response, PageError> {
    answer(&by, &Reach::County, fields).await
}

/// `GET /tickets/child`
pub(crate) async fn unit(by: By<Desk>, Query(query): Query<HashMap<String, String>>) -> Result<Response, PageError> {
    let reach = Reach::of_desk(&by, query.get("unit").map_or("", String::as_str))?;
    Ok(page(&by, &reach, Again::default(), None))
}

/// `POST /tickets/child`
pub(crate) async fn unit_find(
    by: By<Desk>,
    Query(query): Query<HashMap<String, String>>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let reach = Reach::of_desk(&by, query.get("unit").map_or("", String::as_str))?;
    answer(&by, &reach, fields).await
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

async fn answer(visit: &Visit, reach: &Reach, fields: Fields) -> Result<Response, PageError> {
    let search = match read(visit, &fields) {
        Ok(search) => search,
        Err(wrong) => {
            let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, None, fields).with_wrong(wrong);
            return Ok(page(visit, reach, again, None));
        }
    };
    let now = clock::now();
    let found = find(visit, reach, search, now).await?;
    let loaded = visit.internal.pack.current();
    let telling = Telling {
        pack: &loaded.pack,
        lang: visit.lang,
        now,
    };
    let (lines, _) = Listed::sorted(found.lines);
    let county = reach.is_county();
    let lines = lines.iter().map(|line| Line::of(line, county, telling)).collect();
    Ok(page(visit, reach, Again::default(), Some(lines)))
}
