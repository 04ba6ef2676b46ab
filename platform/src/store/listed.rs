//! Lists that show what they can: a row that can't be read is shown as one, and costs the others nothing.

use std::{
    collections::BTreeSet,
    sync::{LazyLock, Mutex},
};

use sqlx::{FromRow, Row, postgres::PgRow};
use tracing::error;

use crate::store::{ReportId, StoreError, TicketId};

/// Rows that a program says of; a list is read every few seconds.
const SAID: usize = 1000;

/// A row of a list of tickets.
#[derive(Clone, Debug)]
pub enum Listed<T> {
    /// As it stands.
    Read(T),
    /// It holds something that this version can't read.
    Unread(Unread),
}

/// Which row can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The ticket.
    pub ticket: TicketId,
    /// Its report.
    pub report: ReportId,
}

impl<T> Listed<T> {
    /// The row, where it can be read.
    pub fn read(&self) -> Option<&T> {
        match self {
            Self::Read(row) => Some(row),
            Self::Unread(_) => None,
        }
    }

    /// All rows, or the error of the first that can't be read: a program must not take a part for the whole.
    pub fn whole(rows: Vec<Self>) -> Result<Vec<T>, StoreError> {
        rows.into_iter()
            .map(|row| match row {
                Self::Read(row) => Ok(row),
                Self::Unread(row) => Err(StoreError::Unreadable(format!("the row of ticket {}", row.ticket))),
            })
            .collect()
    }
}

/// The rows of a list whose column `id` holds the ticket and `report_id` its report. What can't be read is logged once.
pub(in crate::store) fn listed<T>(rows: &[PgRow], id: &str) -> Result<Vec<Listed<T>>, StoreError>
where
    T: for<'r> FromRow<'r, PgRow>,
{
    rows.iter()
        .map(|row| match T::from_row(row) {
            Ok(line) => Ok(Listed::Read(line)),
            Err(wrong) => {
                let unread = Unread {
                    ticket: row.try_get(id)?,
                    report: row.try_get("report_id")?,
                };
                if is_news(unread.ticket) {
                    error!(report = %unread.report, ticket = %unread.ticket, error = %wrong, "a list shows a row that can't be read");
                }
                Ok(Listed::Unread(unread))
            }
        })
        .collect()
}

fn is_news(ticket: TicketId) -> bool {
    static LOGGED: LazyLock<Mutex<BTreeSet<TicketId>>> = LazyLock::new(Mutex::default);
    LOGGED
        .lock()
        .is_ok_and(|mut logged| logged.len() < SAID && logged.insert(ticket))
}
