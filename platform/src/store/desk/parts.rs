//! The doors to a report's parts. Each hands out what the person may see and writes down that it did, in one call of one
//! function of the database: no part can be had without the record (`migrations/0013_disclosure.sql`).

use casework::{office::explain::Stored, report::StoredFacts};
use chrono::{DateTime, Utc};
use sqlx::{PgExecutor, types::Json};

use crate::store::{AccountId, Desk, DeskScope, FileId, Legible, Office, ReportId, Role, Store, StoreError, TicketId};

/// Parts of a report as somebody was handed them: what is not shown is `None`, and so is what was not given.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Handed {
    /// The parts that are shown ([`casework::disclosure::Part`]).
    pub shows: Vec<String>,
    /// The unsealed facts that are shown.
    pub facts: Json<StoredFacts>,
    /// Sealed.
    pub place: Option<Vec<u8>>,
    /// Sealed.
    pub child: Option<Vec<u8>>,
    /// Sealed.
    pub birth: Option<Vec<u8>>,
    /// Sealed.
    pub school: Option<Vec<u8>>,
    /// Sealed.
    pub home: Option<Vec<u8>>,
    /// Sealed.
    pub narrative: Option<Vec<u8>>,
    /// Sealed.
    pub reporter: Option<Vec<u8>>,
    /// The report's data key, wrapped.
    pub data_key: Vec<u8>,
}

/// Who reads, when, and where it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// The person.
    pub account: AccountId,
    /// `page`, `api`.
    pub how: &'static str,
    /// When.
    pub at: DateTime<Utc>,
}

/// What the program itself judges by: never shown as it is.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    /// All routing facts.
    pub facts: StoredFacts,
    /// What the ticket was made from, for [`crate::office::why::Why`].
    pub made: Option<Legible<Stored>>,
}

impl Store<Desk> {
    /// The parts of a ticket's report that this person may see; `None` when that is nothing. For the desk's login.
    pub async fn desk_ticket_read(
        &self,
        scope: &DeskScope,
        ticket: TicketId,
        reading: Reading,
    ) -> Result<Option<Handed>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let handed = handed(
            "SELECT * FROM desk_ticket_read($1, $2, $3, $4)",
            ticket,
            reading,
            &mut *tx,
        )
        .await?;
        tx.commit().await?;
        Ok(handed)
    }

    /// What the folder of these units is handed of a ticket's report, to be written into this file; `None` when that is nothing. What is open
    /// for one person just then is not in it. Nobody looks at a page: the record names the file.
    pub async fn desk_folder_read(
        &self,
        scope: &DeskScope,
        file: FileId,
        at: DateTime<Utc>,
    ) -> Result<Option<Handed>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let handed = sqlx::query_as("SELECT * FROM desk_folder_read($1, $2)");
        let handed = handed.bind(file).bind(at).fetch_optional(&mut *tx).await?;
        tx.commit().await?;
        Ok(handed)
    }
}

impl Store<Office> {
    /// The same of a ticket of the office. For the office's login.
    pub async fn office_ticket_read(&self, ticket: TicketId, reading: Reading) -> Result<Option<Handed>, StoreError> {
        handed(
            "SELECT * FROM office_ticket_read($1, $2, $3, $4)",
            ticket,
            reading,
            &self.pool,
        )
        .await
    }

    /// What somebody of the office, the leading group or the oversight sees of a report without holding a ticket of it. The ticket
    /// is the one on whose page it is shown.
    pub async fn report_look(
        &self,
        report: ReportId,
        ticket: Option<TicketId>,
        role: Role,
        reading: Reading,
    ) -> Result<Option<Handed>, StoreError> {
        Ok(sqlx::query_as("SELECT * FROM report_look($1, $2, $3, $4, $5, $6)")
            .bind(report)
            .bind(ticket)
            .bind(reading.account)
            .bind(role.as_str())
            .bind(reading.how)
            .bind(reading.at)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// What the program judges a ticket by, and shows nobody uncut. Read with the office's login: a desk's and the board's can't.
    pub async fn ticket_ground(&self, ticket: TicketId) -> Result<Option<Ground>, StoreError> {
        type Row = (Json<StoredFacts>, Option<Json<Legible<Stored>>>);
        let row: Option<Row> = sqlx::query_as(
            "SELECT f.facts, ticket_made(t.id) FROM tickets t JOIN report_facts f ON f.report_id = t.report_id WHERE t.id = $1",
        )
        .bind(ticket)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(facts, made)| Ground {
            facts: facts.0,
            made: made.map(|made| made.0),
        }))
    }
}

async fn handed(
    sql: &'static str,
    ticket: TicketId,
    reading: Reading,
    db: impl PgExecutor<'_>,
) -> Result<Option<Handed>, StoreError> {
    Ok(sqlx::query_as(sql)
        .bind(ticket)
        .bind(reading.account)
        .bind(reading.how)
        .bind(reading.at)
        .fetch_optional(db)
        .await?)
}
