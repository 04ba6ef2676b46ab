//! Lists that show what they can: a row that can't be read is shown as one, and costs the others nothing.

use std::{
    collections::BTreeSet,
    fmt::{self, Display},
    sync::{LazyLock, Mutex},
};

use sqlx::{FromRow, Row, postgres::PgRow};
use tracing::error;

use crate::store::{GrantRequestId, NoticeId, ReportId, StoreError, TicketId};

/// Rows that a program says of; a list is read every few seconds.
const SAID: usize = 1000;

/// A row of a list.
#[derive(Clone, Debug)]
pub enum Listed<T> {
    /// As it stands.
    Read(T),
    /// It holds something that this version can't read.
    Unread(Unread),
}

/// Which row can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// Of a ticket.
    Ticket {
        /// The ticket.
        ticket: TicketId,
        /// Its report.
        report: ReportId,
    },
    /// Of a report.
    Report(ReportId),
    /// Of a notice.
    Notice(NoticeId),
    /// Of a ticket, in a list that names no reports.
    Numbered(TicketId),
    /// Of a role that was asked for.
    Request(GrantRequestId),
}

impl Unread {
    /// Of a list whose columns `ticket_id` and `report_id` say which ticket it is.
    pub(in crate::store) fn ticket(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self::Ticket {
            ticket: row.try_get("ticket_id")?,
            report: row.try_get("report_id")?,
        })
    }

    /// Of a list of reports.
    pub(in crate::store) fn report(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self::Report(row.try_get("report_id")?))
    }

    /// Of a list of notices.
    pub(in crate::store) fn notice(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self::Notice(row.try_get("id")?))
    }

    /// Of a list of tickets whose reports are not named.
    pub(in crate::store) fn numbered(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self::Numbered(row.try_get("ticket_id")?))
    }

    /// Of a list of roles that were asked for.
    pub(in crate::store) fn request(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self::Request(row.try_get("id")?))
    }
}

impl Unread {
    /// The number that people are asked to name; of a report and its tickets that is the receipt, where the list names it.
    pub fn number(&self) -> String {
        match self {
            Self::Ticket { report, .. } | Self::Report(report) => report.to_string(),
            Self::Notice(notice) => notice.to_string(),
            Self::Numbered(ticket) => ticket.to_string(),
            Self::Request(request) => request.to_string(),
        }
    }
}

impl Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket { ticket, report } => write!(f, "ticket {ticket} of {report}"),
            Self::Report(report) => write!(f, "report {report}"),
            Self::Notice(notice) => write!(f, "notice {notice}"),
            Self::Numbered(ticket) => write!(f, "ticket {ticket}"),
            Self::Request(request) => write!(f, "request for a role {request}"),
        }
    }
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
                Self::Unread(row) => Err(StoreError::Unreadable(format!("the row of {row}"))),
            })
            .collect()
    }

    /// The rows that can be read, and which can't.
    pub fn sorted(rows: Vec<Self>) -> (Vec<T>, Vec<Unread>) {
        let (mut read, mut unread) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            match row {
                Self::Read(row) => read.push(row),
                Self::Unread(row) => unread.push(row),
            }
        }
        (read, unread)
    }
}

/// The rows of a list; `which` says of one that can't be read which it is. What can't be read is logged once.
pub(in crate::store) fn listed<T>(
    rows: &[PgRow],
    which: impl Fn(&PgRow) -> sqlx::Result<Unread>,
) -> Result<Vec<Listed<T>>, StoreError>
where
    T: for<'r> FromRow<'r, PgRow>,
{
    rows.iter()
        .map(|row| match T::from_row(row) {
            Ok(line) => Ok(Listed::Read(line)),
            Err(wrong) => {
                let unread = which(row)?;
                if is_news(unread) {
                    error!(row = %unread, error = %wrong, "a list shows a row that can't be read");
                }
                Ok(Listed::Unread(unread))
            }
        })
        .collect()
}

fn is_news(row: Unread) -> bool {
    static LOGGED: LazyLock<Mutex<BTreeSet<Unread>>> = LazyLock::new(Mutex::default);
    LOGGED
        .lock()
        .is_ok_and(|mut logged| logged.len() < SAID && logged.insert(row))
}
