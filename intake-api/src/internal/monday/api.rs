//! `GET /api/v1/sheet`: the sheet for programs.

use axum::extract::Query;
use casework::{
    calendar::rfc3339,
    words::{Stage, TicketClock, Urgency},
};
use chrono::NaiveDate;
use platform::{
    clock,
    receipt::ReportId,
    store::{Judged, OverdueLine, ReceivedBy, TicketId, WhoseDelay},
};
use serde::Serialize;

use super::{
    figures,
    kept::{Counted, Figures},
    small::hidden,
    span::{Asked, Span},
};
use crate::internal::{Answer, By, auth::Overseer, board::answers, error::ApiError};

/// A sheet.
#[derive(Serialize)]
pub(super) struct Sheet {
    at: String,
    span: Part,
    before: Part,
    overdue: Vec<Overdue>,
    /// Those that can't be read.
    unread: Vec<answers::UnreadRow>,
    /// There are more than are listed.
    more: bool,
}

/// What is counted of one span.
#[derive(Serialize)]
struct Part {
    first: NaiveDate,
    last: NaiveDate,
    received: i64,
    received_by: Vec<Told>,
    units: Vec<Kept>,
}

/// What came, told apart by something.
#[derive(Serialize)]
struct Told {
    by: ReceivedBy,
    /// Null: too few to be told apart.
    kinds: Option<Vec<Kind>>,
}

/// Of one kind.
#[derive(Serialize)]
struct Kind {
    /// Empty: not known.
    code: String,
    /// Null: hidden, because it is small or would give away one that is.
    count: Option<i64>,
}

/// How a unit kept its clocks of one stage.
#[derive(Serialize)]
struct Kept {
    unit: String,
    stage: Stage,
    judged: i64,
    kept: i64,
    done: i64,
    p50_s: Option<f64>,
    p90_s: Option<f64>,
}

/// An overdue clock.
#[derive(Serialize)]
struct Overdue {
    ticket_id: TicketId,
    receipt: String,
    unit: String,
    obligation: String,
    urgency: Urgency,
    stage: TicketClock,
    since: String,
    level: i16,
    whose: WhoseDelay,
}

/// `GET /api/v1/sheet`
pub(super) async fn api(by: By<Overseer>, Query(asked): Query<Asked>) -> Result<Answer<Sheet>, ApiError> {
    let now = clock::now();
    let span = asked.read(now).map_err(|key| ApiError::key(422, key))?;
    let figures = figures::of(&by.internal, span, now).await?;
    let Figures {
        at,
        now,
        before,
        overdue,
        unread,
        more,
    } = &*figures;
    Ok(Answer(Sheet {
        at: rfc3339(*at),
        span: part(now, span),
        before: part(before, span.before()),
        overdue: overdue.iter().map(Overdue::from).collect(),
        unread: answers::unread("overdue", unread.clone()).collect(),
        more: *more,
    }))
}

fn part(counted: &Counted, span: Span) -> Part {
    let of = |by: ReceivedBy| counted.received.iter().filter(move |line| line.by == by);
    let apart = ReceivedBy::ALL.iter().filter(|by| **by != ReceivedBy::All);
    let told = apart.map(|by| {
        let counts: Vec<i64> = of(*by).map(|line| line.n).collect();
        let kinds = hidden(&counts).map(|counts| {
            let kinds = of(*by).zip(counts);
            kinds
                .map(|(line, count)| Kind {
                    code: line.code.clone(),
                    count,
                })
                .collect()
        });
        Told { by: *by, kinds }
    });
    Part {
        first: span.first,
        last: span.last,
        received: of(ReceivedBy::All).map(|line| line.n).sum(),
        received_by: told.collect(),
        units: counted.judged.iter().map(Kept::from).collect(),
    }
}

impl From<&Judged> for Kept {
    fn from(line: &Judged) -> Self {
        Self {
            unit: line.unit.clone(),
            stage: line.stage,
            judged: line.judged,
            kept: line.kept,
            done: line.done,
            p50_s: line.p50_s,
            p90_s: line.p90_s,
        }
    }
}

impl From<&OverdueLine> for Overdue {
    fn from(line: &OverdueLine) -> Self {
        Self {
            ticket_id: line.ticket_id,
            receipt: ReportId::to_string(&line.report_id),
            unit: line.unit.clone(),
            obligation: line.obligation.clone(),
            urgency: line.urgency,
            stage: line.stage,
            since: rfc3339(line.since),
            level: line.level,
            whose: line.whose,
        }
    }
}
