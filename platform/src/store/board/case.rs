//! A case with all of its obligations, as the office sees it.

use casework::ticket::{
    TicketState,
    standing::{Standing, closed_at},
};
use casework::words::TicketClock;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::types::Json;

use crate::store::{Board, CaseId, Decider, ReportId, Store, StoreError, TicketId};

/// A case.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BoardCase {
    /// Case.
    pub case_id: CaseId,
    /// Its tickets, the lead first.
    pub tickets: Json<Vec<CaseTicket>>,
}

/// One of its obligations.
#[derive(Clone, Debug, Deserialize)]
pub struct CaseTicket {
    /// Ticket.
    pub id: TicketId,
    /// Unit code.
    pub unit: String,
    /// Unit's name.
    pub unit_name: String,
    /// Obligation code.
    pub obligation: String,
    /// 主办.
    pub lead: bool,
    /// State.
    pub state: TicketState,
    /// When it ended; none: it is owed.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who has it inside the unit.
    pub assignee: Option<String>,
    /// Who confirms a closing that waits.
    pub close_by: Option<Decider>,
    /// Code of the unit that is to take it over.
    pub transfer_to: Option<String>,
    /// What runs, or waits for its event.
    pub clocks: Vec<CaseClock>,
}

/// A clock that has not ended.
#[derive(Clone, Debug, Deserialize)]
pub struct CaseClock {
    /// Which.
    pub clock: TicketClock,
    /// None while its event has not happened.
    pub due_at: Option<DateTime<Utc>>,
    /// Code of the event that starts it.
    pub event: String,
}

impl BoardCase {
    /// Since when nothing is owed in it any more; none: something is.
    pub fn closed_at(&self) -> Option<DateTime<Utc>> {
        closed_at(self.tickets.iter().map(|ticket| (ticket.state, ticket.ended_at)))
    }

    /// What holds it open.
    pub fn open(&self) -> impl Iterator<Item = &CaseTicket> {
        self.tickets
            .iter()
            .filter(|ticket| ticket.state.standing() == Standing::Open)
    }
}

impl Store<Board> {
    /// The case of a report; none before it is routed.
    pub async fn board_case(&self, county: &str, report: ReportId) -> Result<Option<BoardCase>, StoreError> {
        Ok(sqlx::query_as(include_str!("case.sql"))
            .bind(county)
            .bind(report)
            .fetch_optional(&self.pool)
            .await?)
    }
}
