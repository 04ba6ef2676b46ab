//! The ticket of an address, as far as the person at this desk may have it.

use chrono::{DateTime, Utc};
use platform::{
    clock,
    pack::watch::LoadedPack,
    run::telemetry::chain,
    store::{AccountId, BoardTicket, DeskScope, DeskTicket, Reading, TicketId},
};
use tracing::error;

use super::draft::{Against, Person};
use crate::{
    internal::{
        By, Visit,
        auth::{Desk, Office},
        detached,
        error::PageError,
    },
    parts::Opened,
};

/// Reads the id of an address; anything else is no ticket.
pub(crate) fn id_of(text: &str) -> Option<TicketId> {
    text.parse().ok().filter(|id: &TicketId| id.0 > 0)
}

/// A ticket and the people of its unit: what a page with its acts is made from.
pub(crate) struct Case {
    /// The ticket.
    pub(crate) ticket: DeskTicket,
    /// Everybody who may act on it.
    pub(crate) people: Vec<Person>,
}

impl Case {
    /// The ticket of an address with its people.
    pub(crate) async fn fetch(by: &By<Desk>, id: &str) -> Result<Self, PageError> {
        Ok(Self::of(by, fetch(by, id).await?).await)
    }

    /// A ticket of any unit with its people, its unit, and its line on the board: for an act of the office. What the unit may see of
    /// the report is not opened.
    pub(crate) async fn of_any_unit(
        by: &By<Office>,
        id: TicketId,
    ) -> Result<(Self, DeskScope, BoardTicket), PageError> {
        let board = by.internal.board.board_ticket(&by.internal.county, id).await?;
        let board = board.ok_or(PageError::NotFound)?;
        let scope = DeskScope::new([board.unit.as_str()]);
        let case = Self::of(by, find(by, &scope, id).await?).await;
        Ok((case, scope, board))
    }

    /// What an act of somebody is read against.
    pub(crate) fn against<'a>(&'a self, loaded: &'a LoadedPack, account: AccountId, now: DateTime<Utc>) -> Against<'a> {
        Against {
            ticket: &self.ticket,
            people: &self.people,
            loaded,
            account,
            now,
        }
    }

    /// Of a ticket. A page is shown also while its people can't be read.
    pub(crate) async fn of(by: &Visit, ticket: DeskTicket) -> Self {
        let people = by.internal.desk.desk_people(&by.internal.county, &ticket.unit).await;
        let people = people.inspect_err(|e| {
            error!(
                ticket = ticket.id.0,
                error = chain(e),
                "the people of a unit can't be read"
            );
        });
        Self {
            people: people.unwrap_or_default(),
            ticket,
        }
    }
}

/// The ticket of an address.
pub(crate) async fn fetch(by: &By<Desk>, id: &str) -> Result<DeskTicket, PageError> {
    find(by, &by.right.scope, id_of(id).ok_or(PageError::NotFound)?).await
}

async fn find(visit: &Visit, scope: &DeskScope, id: TicketId) -> Result<DeskTicket, PageError> {
    let found = visit.internal.desk.desk_ticket(scope, id).await?;
    let mut ticket = found.ok_or(PageError::NotFound)?;
    ticket.ground = visit.internal.office.ticket_ground(id).await?.unwrap_or_default();
    Ok(ticket)
}

/// What this person may see of the ticket's report; that they saw it is written down.
pub(crate) async fn read(by: &By<Desk>, ticket: &DeskTicket, how: &'static str) -> Result<Opened, PageError> {
    let (store, scope, id) = (by.internal.desk.clone(), by.right.scope.clone(), ticket.id);
    let reading = Reading {
        account: by.me(),
        how,
        at: clock::now(),
    };
    let handed = detached(async move { store.desk_ticket_read(&scope, id, reading).await }).await?;
    let handed = handed.ok_or(PageError::NotFound)?;
    Ok(Opened::new(&by.internal.keys, ticket.report_id, &handed))
}
