//! Calendars as programs read them.

use casework::calendar::{DayChange, NamedDay, rfc3339};
use casework::office::days_off::DaysOff;
use casework::words::TicketClock;
use chrono::NaiveDate;
use platform::store::{CalendarChange, CalendarChangeId, CalendarMove, CalendarSource, ReportId};
use serde::Serialize;

use super::moves::Moves;
use crate::internal::{Answer, By, auth::Overseer, error::ApiError};

/// The calendar in force and what was proposed.
#[derive(Serialize)]
pub(super) struct InForce {
    version: String,
    /// The last day that is published.
    through: NaiveDate,
    days: Vec<Day>,
    /// The newest first.
    changes: Vec<Change>,
}

/// A day that a notice decides.
#[derive(Serialize)]
struct Day {
    day: NaiveDate,
    off: bool,
    name: String,
}

/// A calendar that was proposed.
#[derive(Serialize)]
struct Change {
    id: CalendarChangeId,
    source: CalendarSource,
    years: Vec<i32>,
    through: NaiveDate,
    proposed_at: String,
    proposed_by: String,
    confirmed_at: Option<String>,
    confirmed_by: Option<String>,
    withdrawn_at: Option<String>,
    withdrawn_by: Option<String>,
    /// Dues that it moved, so far.
    moved: i32,
    /// When every open clock followed it; null: not yet.
    done_at: Option<String>,
}

/// What a text says, and would move.
#[derive(Serialize)]
pub(super) struct Looked {
    source: CalendarSource,
    years: Vec<i32>,
    through: NaiveDate,
    changes: Vec<Changed>,
    /// Sentences of a notice that decided nothing.
    unread: Vec<String>,
    /// Open dues that would move.
    moved: usize,
    /// Provisional dues that would stay, and be provisional no more.
    settled: usize,
    /// At most 200 of them.
    moves: Vec<Moved>,
    /// There are more open clocks than were looked at.
    stopped: bool,
}

/// A day that becomes another.
#[derive(Serialize)]
struct Changed {
    day: NaiveDate,
    works: bool,
    worked: bool,
    name: String,
}

/// A due before and after.
#[derive(Serialize)]
struct Moved {
    report_id: ReportId,
    unit: String,
    stage: TicketClock,
    was: String,
    due: String,
}

/// A calendar that was proposed or decided.
#[derive(Serialize)]
pub(super) struct Made {
    pub(super) id: CalendarChangeId,
}

/// `GET /api/v1/calendar`
pub(super) async fn api(by: By<Overseer>) -> Result<Answer<InForce>, ApiError> {
    let internal = &by.internal;
    let loaded = internal.pack.current();
    let calendar = loaded.pack.calendar();
    let changes = internal.board.calendar_changes(&internal.county).await?;
    Ok(Answer(InForce {
        version: calendar.version().to_owned(),
        through: calendar.published_through(),
        days: calendar.named_days().map(Into::into).collect(),
        changes: changes.into_iter().map(Into::into).collect(),
    }))
}

impl From<NamedDay> for Day {
    fn from(named: NamedDay) -> Self {
        Self {
            day: named.day,
            off: named.off,
            name: named.name,
        }
    }
}

impl From<CalendarChange> for Change {
    fn from(change: CalendarChange) -> Self {
        Self {
            id: change.id,
            source: change.source,
            years: change.years,
            through: change.through,
            proposed_at: rfc3339(change.proposed_at),
            proposed_by: change.proposed_by,
            confirmed_at: change.confirmed_at.map(rfc3339),
            confirmed_by: change.confirmed_by,
            withdrawn_at: change.withdrawn_at.map(rfc3339),
            withdrawn_by: change.withdrawn_by,
            moved: change.moved,
            done_at: change.done_at.map(rfc3339),
        }
    }
}

impl From<CalendarMove> for Moved {
    fn from(of: CalendarMove) -> Self {
        Self {
            report_id: of.report_id,
            unit: of.unit,
            stage: of.clock,
            was: rfc3339(of.was),
            due: rfc3339(of.due),
        }
    }
}

impl From<&DayChange> for Changed {
    fn from(change: &DayChange) -> Self {
        Self {
            day: change.day,
            works: change.becomes.is_worked(),
            worked: change.was.is_worked(),
            name: change.name.clone(),
        }
    }
}

impl Looked {
    pub(super) fn of(read: &DaysOff, found: &Moves) -> Self {
        Self {
            source: source_of(read),
            years: read.years.iter().copied().collect(),
            through: read.calendar.published_through(),
            changes: read.changes.iter().map(Into::into).collect(),
            unread: read.unread.clone(),
            moved: found.moved,
            settled: found.settled,
            moves: found.listed.iter().cloned().map(Into::into).collect(),
            stopped: found.stopped,
        }
    }
}

/// Where days off that were pasted come from.
pub(super) const fn source_of(read: &DaysOff) -> CalendarSource {
    if read.table {
        CalendarSource::Table
    } else {
        CalendarSource::Notice
    }
}
