//! 谁看过: `GET /reads`, who was shown what of which report. For the office and the oversight; the same by API.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response, routing::get};
use casework::calendar::midnight;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use platform::{
    asked, clock,
    receipt::ReportId,
    store::{AccountId, ReadCursor, ReadId, ReadLine, ReadsAsked, Role, StoreError, TicketId},
    text::Lang,
};
use serde::{Deserialize, Serialize};

use super::{
    Answer, By, Internal, Route,
    auth::Overseer,
    error::{ApiError, PageError},
    openings::parts,
    page::{Frame, render, words},
};

/// Lines of a page.
const LINES: i64 = 50;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/reads", get(page)), Route::get("/api/v1/reads", get(api))]
}

/// What somebody filters by. An empty field filters nothing.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// A receipt, as pasted.
    #[serde(default)]
    receipt: String,
    /// Number of a ticket.
    #[serde(default)]
    ticket: String,
    /// A login or a name.
    #[serde(default)]
    who: String,
    /// First day, `2026-11-24`.
    #[serde(default)]
    from: String,
    /// Last day.
    #[serde(default)]
    to: String,
    /// Only looks at who reported.
    #[serde(default)]
    identity: String,
    /// Where it goes on.
    #[serde(default)]
    before: String,
}

/// A stretch of the looks for programs, and where it goes on.
#[derive(Serialize)]
struct Looks {
    reads: Vec<Look>,
    before: Option<String>,
}

/// A look, for programs.
#[derive(Serialize)]
pub(crate) struct Look {
    id: ReadId,
    at: DateTime<Utc>,
    report_id: ReportId,
    ticket_id: Option<TicketId>,
    /// None: nobody looked; it was written into the folder of `unit_name`.
    account_id: Option<AccountId>,
    name: Option<String>,
    login: Option<String>,
    unit_name: Option<String>,
    role: Role,
    parts: Vec<String>,
    how: String,
}

impl From<ReadLine> for Look {
    fn from(line: ReadLine) -> Self {
        Self {
            id: line.id,
            at: line.at,
            report_id: line.report_id,
            ticket_id: line.ticket_id,
            account_id: line.account_id,
            name: line.name,
            login: line.login,
            unit_name: line.unit_name,
            role: line.role,
            parts: line.parts,
            how: line.how,
        }
    }
}

/// A look in words.
pub(crate) struct ReadWords {
    pub(crate) at: String,
    pub(crate) who: String,
    pub(crate) role: String,
    pub(crate) parts: String,
    pub(crate) how: &'static str,
    pub(crate) receipt: String,
    pub(crate) report: ReportId,
    pub(crate) ticket: Option<TicketId>,
    /// Who reported was shown.
    pub(crate) identity: bool,
}

#[derive(Template)]
#[template(path = "internal/reads/list.html")]
struct ReadsPage {
    frame: Frame,
    asked: Asked,
    wrong: Option<&'static str>,
    lines: Vec<ReadWords>,
    more: Option<String>,
}

/// A look in words.
pub(crate) fn say(read: &ReadLine, lang: Lang, now: DateTime<Utc>) -> ReadWords {
    let hows = [
        "page",
        "api",
        "print",
        "draft",
        "opening",
        "call-back",
        "folder",
        "search",
    ];
    let how = hows.into_iter().find(|how| *how == read.how).unwrap_or("other");
    let unit = read.unit_name.as_ref().filter(|_| read.role.holds_tickets());
    let role = lang.t(&format!("accounts.role.{}", read.role));
    ReadWords {
        at: words::moment(lang, read.at, now),
        who: match (&read.name, &read.login) {
            (Some(name), Some(login)) => format!("{name}（{login}）"),
            _ => lang.t("reads.nobody").to_owned(),
        },
        role: unit.map_or_else(|| role.to_owned(), |unit| format!("{unit} · {role}")),
        parts: parts(lang, &read.parts),
        how: lang.t(&format!("reads.how_{how}")),
        receipt: read.report_id.to_string(),
        report: read.report_id,
        ticket: read.ticket_id,
        identity: read.parts.iter().any(|part| part == "identity"),
    }
}

impl Asked {
    /// The filter; the error is the key of what can't be read.
    fn read(&self) -> Result<(ReadsAsked, Option<String>), &'static str> {
        let given = |text: &str| Some(casework::typed::plain(text).trim().to_owned()).filter(|text| !text.is_empty());
        let day = |text: &str| match given(text) {
            None => Ok(None),
            Some(text) => NaiveDate::parse_from_str(&text, "%Y-%m-%d")
                .map(Some)
                .map_err(|_| "reads.wrong_day"),
        };
        let mut filter = ReadsAsked {
            identity: !self.identity.is_empty(),
            ..ReadsAsked::default()
        };
        if given(&self.receipt).is_some() {
            let receipt = asked::read(&self.receipt, "")
                .receipt
                .map_err(|_| "reads.wrong_receipt")?;
            filter.report = Some(receipt);
        }
        if let Some(ticket) = given(&self.ticket) {
            filter.ticket = Some(ticket.parse().map_err(|_| "reads.wrong_ticket")?);
        }
        filter.from = day(&self.from)?.and_then(midnight);
        filter.to = day(&self.to)?.and_then(|day| midnight(day + TimeDelta::days(1)));
        if let Some(cursor) = given(&self.before) {
            filter.before = Some(cursor_of(&cursor).ok_or("reads.wrong_before")?);
        }
        Ok((filter, given(&self.who)))
    }

    fn more(&self, line: &ReadLine) -> String {
        let before = cursor(line);
        let pairs = [
            ("receipt", &self.receipt),
            ("ticket", &self.ticket),
            ("who", &self.who),
            ("from", &self.from),
            ("to", &self.to),
            ("identity", &self.identity),
            ("before", &before),
        ];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        format!("/reads?{}", serde_urlencoded::to_string(given).unwrap_or_default())
    }
}

/// Below which line a list goes on: its time in microseconds and its id.
fn cursor(line: &ReadLine) -> String {
    format!("{}-{}", line.at.timestamp_micros(), line.id)
}

fn cursor_of(text: &str) -> Option<ReadCursor> {
    let (micros, id) = text.split_once('-')?;
    Some(ReadCursor {
        at: DateTime::from_timestamp_micros(micros.parse().ok()?)?,
        id: id.parse().ok()?,
    })
}

/// The lines, and the last of them where there are more.
async fn find(
    internal: &Internal,
    filter: ReadsAsked,
    who: Option<String>,
) -> Result<(Vec<ReadLine>, bool), StoreError> {
    let mut filter = filter;
    if let Some(who) = who {
        filter.accounts = Some(internal.board.reads_accounts(&internal.county, &who).await?);
    }
    let mut found = internal.board.reads_list(&internal.county, &filter, LINES + 1).await?;
    let lines = usize::try_from(LINES).unwrap_or_default();
    let more = found.len() > lines;
    found.truncate(lines);
    Ok((found, more))
}

/// `GET /reads`
async fn page(by: By<Overseer>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let (lang, now) = (by.lang, clock::now());
    let (status, wrong, found, more) = match asked.read() {
        Err(key) => (StatusCode::UNPROCESSABLE_ENTITY, Some(lang.t(key)), Vec::new(), false),
        Ok((filter, who)) => {
            let (found, more) = find(&by.internal, filter, who).await?;
            (StatusCode::OK, None, found, more)
        }
    };
    let page = ReadsPage {
        frame: by.frame("/reads"),
        wrong,
        lines: found.iter().map(|read| say(read, lang, now)).collect(),
        more: found.last().filter(|_| more).map(|line| asked.more(line)),
        asked,
    };
    Ok(render(status, &page))
}

/// `GET /api/v1/reads`
async fn api(by: By<Overseer>, Query(asked): Query<Asked>) -> Result<Answer<Looks>, ApiError> {
    let (filter, who) = asked.read().map_err(|key| ApiError::key(422, key))?;
    let (found, more) = find(&by.internal, filter, who).await?;
    let before = found.last().filter(|_| more).map(cursor);
    Ok(Answer(Looks {
        reads: found.into_iter().map(Into::into).collect(),
        before,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_as_people_type_it() {
        let asked = |receipt: &str, from: &str, to: &str| Asked {
            receipt: receipt.into(),
            from: from.into(),
            to: to.into(),
            ..Asked::default()
        };
        let (filter, who) = asked("", "２０２６-11-24", "2026-11-24").read().expect("a filter");
        assert!(who.is_none() && filter.report.is_none());
        let (from, to) = (filter.from.expect("from"), filter.to.expect("to"));
        assert_eq!(to - from, TimeDelta::hours(24), "the last day is whole");
        assert_eq!(from.to_rfc3339(), "2026-11-23T16:00:00+00:00", "days are Shanghai's");
        assert_eq!(asked("", "gestern", "").read().err(), Some("reads.wrong_day"));
        assert_eq!(asked("12", "", "").read().err(), Some("reads.wrong_receipt"));
        assert!(cursor_of("17-3").is_some() && cursor_of("x").is_none() && cursor_of("1-").is_none());
    }
}
