//! `GET /reads/searches`: who searched for a child, and who took a list away. For the office and the oversight.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{SearchKind, SearchLine},
};
use serde::Deserialize;

use super::child::REASONS;
use crate::internal::{
    By,
    auth::Overseer,
    error::PageError,
    page::{Frame, render, words},
};

/// Lines of a page.
const LINES: i64 = 50;

/// Where it goes on.
#[derive(Deserialize)]
pub(super) struct Part {
    before: Option<i64>,
}

/// A line in words.
struct Said {
    at: String,
    who: String,
    role: String,
    what: String,
    /// Of a workbook: where its list is.
    list: Option<String>,
    found: String,
}

#[derive(Template)]
#[template(path = "internal/finding/searches.html")]
struct SearchesPage {
    frame: Frame,
    lines: Vec<Said>,
    more: Option<String>,
}

/// `GET /reads/searches`
pub(super) async fn page(by: By<Overseer>, Query(part): Query<Part>) -> Result<Response, PageError> {
    let now = clock::now();
    let before = part.before.and_then(DateTime::from_timestamp_micros);
    let internal = &by.internal;
    let before = before.unwrap_or(DateTime::<Utc>::MAX_UTC.min(now + chrono::TimeDelta::days(1)));
    let mut found = internal.board.searches(&internal.county, before, LINES + 1).await?;
    let lines = usize::try_from(LINES).unwrap_or_default();
    let more = found.len() > lines;
    found.truncate(lines);
    let page = SearchesPage {
        frame: by.frame("/reads"),
        more: found
            .last()
            .filter(|_| more)
            .map(|line| format!("/reads/searches?before={}", line.at.timestamp_micros())),
        lines: found.iter().map(|line| said(&by, line, now)).collect(),
    };
    Ok(render(StatusCode::OK, &page))
}

fn said(by: &By<Overseer>, line: &SearchLine, now: DateTime<Utc>) -> Said {
    let lang = by.lang;
    let role = lang.t(&format!("accounts.role.{}", line.role));
    let kind = lang.t(&format!("finding.kind.{}", line.kind));
    let reason = line.reason.as_deref().map(|reason| {
        let known = REASONS.iter().find(|known| **known == reason);
        known.map_or(reason, |known| lang.t(&format!("finding.reason.{known}")))
    });
    let what = match (line.kind, reason) {
        (SearchKind::Workbook, _) | (_, None) => kind.to_owned(),
        (_, Some(reason)) => format!("{kind} · {reason}"),
    };
    Said {
        at: words::moment(lang, line.at, now),
        who: format!("{}（{}）", line.name, line.login),
        role: match &line.unit_name {
            Some(unit) => format!("{unit} · {role}"),
            None => role.to_owned(),
        },
        what,
        list: line.list.clone(),
        found: words::fill(lang, "finding.found_n", "n", line.found),
    }
}
