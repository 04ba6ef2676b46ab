//! A calendar that was proposed: what it is, and how it is read.

use casework::calendar::Calendar;
use casework::pack::days_of_table;
use casework::words::TicketClock;
use chrono::{DateTime, NaiveDate, Utc};

use crate::store::{AccountId, CalendarChangeId, ReportId, SeesCounty, Store, StoreError};

/// Changes that the page lists.
const LISTED: i64 = 20;

casework::words! {
    /// Where a calendar comes from.
    CalendarSource {
        /// Pasted from the State Council's notice
        Notice = "notice",
        /// Rows of `holidays.csv`
        Table = "table",
        /// A folder that was loaded had another calendar than that in force
        Pack = "pack",
    }
}

/// A calendar to be proposed.
#[derive(Clone, Debug)]
pub struct NewCalendar<'a> {
    /// County.
    pub county: &'a str,
    /// Where it comes from.
    pub source: CalendarSource,
    /// As pasted or uploaded.
    pub said: &'a str,
    /// The years that it publishes, or publishes anew.
    pub years: Vec<i32>,
    /// The calendar with them.
    pub calendar: &'a Calendar,
    /// Version of the calendar that it replaces.
    pub base: &'a str,
    /// Who; `None`: a command.
    pub account: Option<AccountId>,
    /// Their name.
    pub by: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

/// A calendar that was proposed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CalendarChange {
    /// Id.
    pub id: CalendarChangeId,
    /// Where it comes from.
    #[sqlx(try_from = "String")]
    pub source: CalendarSource,
    /// As pasted or uploaded.
    pub said: String,
    /// The years that it publishes, or publishes anew.
    pub years: Vec<i32>,
    /// `holidays.csv` as it stands with it.
    pub holidays: String,
    /// The last day that is published with it.
    pub through: NaiveDate,
    /// Its version.
    pub calendar: String,
    /// Version of the calendar that it replaces.
    pub base: String,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
    /// By whom.
    pub proposed_by: String,
    /// Their account; `None`: by a command.
    pub proposed_account: Option<AccountId>,
    /// When a second person confirmed it.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Who.
    pub confirmed_by: Option<String>,
    /// When it was given up.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// By whom.
    pub withdrawn_by: Option<String>,
    /// Dues that it moved, so far.
    pub moved: i32,
    /// When every open clock followed it.
    pub done_at: Option<DateTime<Utc>>,
}

/// A due that a calendar moved.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CalendarMove {
    /// Report of the ticket.
    pub report_id: ReportId,
    /// Unit that held it.
    pub unit: String,
    /// Which clock.
    #[sqlx(try_from = "String")]
    pub clock: TicketClock,
    /// By the calendar before.
    pub was: DateTime<Utc>,
    /// By the new one.
    pub due: DateTime<Utc>,
}

/// Why a step can't be taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// There is no such change, or it was decided already.
    #[error("no such calendar waits")]
    NotWaiting,
    /// Another one waits: one at a time.
    #[error("another calendar waits for its second person")]
    Waiting,
    /// Who proposed it can't confirm it.
    #[error("a second person must confirm")]
    SamePerson,
    /// Another calendar is in force than that which it was compared with.
    #[error("another calendar came into force in between")]
    Stale,
    /// The pack with it can't be read.
    #[error("the pack can't take this calendar: {0}")]
    Unfit(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for CalendarError {
    fn from(e: sqlx::Error) -> Self {
        Self::Store(e.into())
    }
}

/// The columns of a [`CalendarChange`].
macro_rules! select_change {
    ($rest:literal) => {
        concat!(
            "SELECT id, source, said, years, holidays, through, calendar, base, proposed_at,
                    person_shown(proposed_account, proposed_by) AS proposed_by, proposed_account, confirmed_at,
                    person_shown(confirmed_account, confirmed_by) AS confirmed_by, withdrawn_at,
                    person_shown(withdrawn_account, withdrawn_by) AS withdrawn_by, moved, done_at
             FROM calendar_changes WHERE county = $1 ",
            $rest
        )
    };
}
pub(super) use select_change;

// Below the macro, which it uses.
impl<L: SeesCounty> Store<L> {
    /// The newest changes, the last first.
    pub async fn calendar_changes(&self, county: &str) -> Result<Vec<CalendarChange>, StoreError> {
        let query = sqlx::query_as(select_change!("ORDER BY id DESC LIMIT $2"));
        Ok(query.bind(county).bind(LISTED).fetch_all(&self.pool).await?)
    }

    /// Dues that a change moved, up to `limit`.
    pub async fn calendar_moves(&self, change: CalendarChangeId, limit: i64) -> Result<Vec<CalendarMove>, StoreError> {
        let moves = sqlx::query_as(
            "SELECT t.report_id, m.unit, s.stage AS clock, m.was, m.due FROM calendar_moves m
             JOIN tickets t ON t.id = m.ticket_id JOIN stages s ON s.id = m.stage_id
             WHERE m.change_id = $1 ORDER BY m.due, m.stage_id LIMIT $2",
        )
        .bind(change)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(moves)
    }
}

impl CalendarChange {
    /// The calendar as it stands with the change. Error: why its days can't be read.
    pub fn calendar(&self) -> Result<Calendar, String> {
        let days = days_of_table(&self.holidays)
            .map_err(|problems| problems.first().map(ToString::to_string).unwrap_or_default())?;
        let days = days.into_iter().map(|named| (named.day, named.off, named.name));
        Ok(Calendar::new(days, self.through))
    }
}
