//! Response times per unit, from the snapshot: shares in time, median and 90th percentile, with the counts they rest on.
//!
//! Court and procuratorate are listed apart and never ranked: they are independent of the leading group.

use std::cmp::Ordering;

use casework::calendar::rfc3339;
use chrono::{DateTime, TimeDelta, Utc};
use platform::text::Lang;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::ledger::{Ledger, LedgerLine};
use crate::internal::{
    Answer, By,
    auth::Overseer,
    error::ApiError,
    page::words::{self, Telling},
};

/// One unit's figures as the snapshot keeps them. Percentiles are seconds, kept as the numbers that the database wrote: programs read
/// them digit by digit.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Figures {
    unit: String,
    unit_name: String,
    unit_kind: String,
    tickets: i64,
    signed: i64,
    contacted: i64,
    resolved: i64,
    signed_in_time: Option<i64>,
    sign_judged: Option<i64>,
    #[serde(default)]
    contacted_in_time: Option<i64>,
    #[serde(default)]
    contact_judged: Option<i64>,
    resolved_in_time: Option<i64>,
    resolve_judged: Option<i64>,
    sign_p50_s: Option<Number>,
    sign_p90_s: Option<Number>,
    contact_p50_s: Option<Number>,
    contact_p90_s: Option<Number>,
    resolve_p50_s: Option<Number>,
    resolve_p90_s: Option<Number>,
}

/// A snapshot, as it is kept and as programs read it.
#[derive(Deserialize, Serialize)]
struct Snapshot {
    days: i64,
    times: Vec<Figures>,
    ledger: Ledger,
}

/// A figure and what it rests on; `–` and empty when it rests on nothing.
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) rests_on: String,
}

/// One unit.
pub(crate) struct Row {
    pub(crate) unit: String,
    pub(crate) tickets: i64,
    /// In the order of [`COLUMNS`].
    pub(crate) cells: Vec<Cell>,
}

/// Head of a column.
pub(crate) struct Head {
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) current: bool,
}

/// Everything below the live part.
pub(crate) struct Times {
    pub(crate) as_of: String,
    pub(crate) heads: Vec<Head>,
    pub(crate) rows: Vec<Row>,
    pub(crate) letters: Vec<Row>,
    pub(crate) ledger: LedgerLine,
}

/// Columns by which one may sort: the worst comes first.
const COLUMNS: [&str; 6] = [
    "sign_rate",
    "contact_rate",
    "resolve_rate",
    "sign",
    "contact",
    "resolve",
];

impl Figures {
    fn share(part: Option<i64>, of: Option<i64>) -> Option<f64> {
        let (part, of) = (part.unwrap_or(0), of.unwrap_or(0));
        (of > 0).then(|| part as f64 / of as f64)
    }

    /// What a column sorts by, greater = worse; `None` comes last.
    fn badness(&self, column: &str) -> Option<f64> {
        match column {
            "sign_rate" => Self::share(self.signed_in_time, self.sign_judged).map(|s| -s),
            "contact_rate" => Self::share(self.contacted_in_time, self.contact_judged).map(|s| -s),
            "resolve_rate" => Self::share(self.resolved_in_time, self.resolve_judged).map(|s| -s),
            "sign" => seconds_of(self.sign_p50_s.as_ref()),
            "contact" => seconds_of(self.contact_p50_s.as_ref()),
            "resolve" => seconds_of(self.resolve_p50_s.as_ref()),
            _ => Some(self.tickets as f64),
        }
    }

    fn row(&self, lang: Lang) -> Row {
        let rate = |part: Option<i64>, of: Option<i64>| match Self::share(part, of) {
            Some(share) => Cell {
                text: format!("{:.0}%", share * 100.0),
                rests_on: format!("{}/{}", part.unwrap_or(0), of.unwrap_or(0)),
            },
            None => Cell {
                text: lang.t("board.no_value").to_owned(),
                rests_on: String::new(),
            },
        };
        let pace = |p50: Option<&Number>, p90: Option<&Number>, of: i64| match (seconds_of(p50), seconds_of(p90)) {
            (Some(p50), Some(p90)) => {
                let (p90, n) = (seconds(lang, p90), of.to_string());
                Cell {
                    text: seconds(lang, p50),
                    rests_on: lang.fill("board.p90", &[("p90", &p90), ("n", &n)]),
                }
            }
            _ => Cell {
                text: lang.t("board.no_value").to_owned(),
                rests_on: String::new(),
            },
        };
        Row {
            unit: self.unit_name.clone(),
            tickets: self.tickets,
            cells: vec![
                rate(self.signed_in_time, self.sign_judged),
                rate(self.contacted_in_time, self.contact_judged),
                rate(self.resolved_in_time, self.resolve_judged),
                pace(self.sign_p50_s.as_ref(), self.sign_p90_s.as_ref(), self.signed),
                pace(self.contact_p50_s.as_ref(), self.contact_p90_s.as_ref(), self.contacted),
                pace(self.resolve_p50_s.as_ref(), self.resolve_p90_s.as_ref(), self.resolved),
            ],
        }
    }
}

fn seconds_of(kept: Option<&Number>) -> Option<f64> {
    kept.and_then(Number::as_f64)
}

fn seconds(lang: Lang, seconds: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "years fit into whole seconds; the fraction is not said"
    )]
    words::span(lang, TimeDelta::seconds(seconds.round() as i64))
}

/// Reads a snapshot into words; `None` when it can't be read.
pub(crate) fn say(as_of: DateTime<Utc>, data: Value, sort: &str, how: Telling<'_>) -> Option<Times> {
    let Telling { pack, lang, now } = how;
    let snapshot: Snapshot = serde_json::from_value(data)
        .inspect_err(|e| tracing::error!(error = %e, "the board's snapshot can't be read"))
        .ok()?;
    let sort = COLUMNS.iter().copied().find(|c| *c == sort).unwrap_or(COLUMNS[0]);
    let (mut letters, mut ranked): (Vec<_>, Vec<_>) = snapshot.times.iter().partition(|f| {
        pack.vocabulary()
            .unit_kinds
            .get(&f.unit_kind)
            .is_some_and(|kind| kind.letter)
    });
    ranked.sort_by(|a, b| worst_first(a.badness(sort), b.badness(sort)).then_with(|| b.tickets.cmp(&a.tickets)));
    letters.sort_by(|a, b| a.unit_name.cmp(&b.unit_name));
    let days = snapshot.days.to_string();
    Some(Times {
        as_of: lang.fill(
            "board.as_of",
            &[("at", &words::moment(lang, as_of, now)), ("days", &days)],
        ),
        heads: COLUMNS
            .iter()
            .map(|code| Head {
                code,
                title: lang.t(&format!("board.col_{code}")),
                current: *code == sort,
            })
            .collect(),
        rows: ranked.iter().map(|f| f.row(lang)).collect(),
        letters: letters.iter().map(|f| f.row(lang)).collect(),
        ledger: snapshot.ledger.say(lang),
    })
}

fn worst_first(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// The snapshot for programs.
#[derive(Serialize)]
pub(crate) struct Figured {
    at: String,
    took_ms: i32,
    figures: Snapshot,
}

/// `GET /api/v1/board/times`: the snapshot as it is, with the missing receipts spelled out; 404 before the first one.
pub(crate) async fn api(by: By<Overseer>) -> Result<Answer<Figured>, ApiError> {
    let snapshot = by.internal.board.board_snapshot(&by.internal.county).await?;
    let (at, took_ms, data) = snapshot.ok_or(ApiError::said(
        404,
        "no figures yet; they are made within a minute of the start",
    ))?;
    Ok(Answer(Figured {
        at: rfc3339(at),
        took_ms,
        figures: serde_json::from_value(data).map_err(|e| ApiError::Unread(e.into()))?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first_and_the_unjudged_last() {
        let mut shares = [Some(-1.0), None, Some(-0.2), Some(-0.75)];
        shares.sort_by(|a, b| worst_first(*a, *b));
        assert_eq!(shares, [Some(-0.2), Some(-0.75), Some(-1.0), None]);
    }
}
