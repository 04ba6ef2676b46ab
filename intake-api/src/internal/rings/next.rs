//! Whom the office has called next where a ringing does not arrive: the unit's own seats one after the other, then the office's.

use axum::{Form, extract::Path, response::Response};
use casework::{pack::Pack, words::Seat};
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    store::{AccountId, DutyBook, LadderCall, TicketId},
    text::Lang,
};

use super::cures::{Chosen, Cured, back, ring};
use crate::internal::{By, Visit, auth::Office, error::PageError};

/// Whoever was called about it this lately is not next.
const LATELY: TimeDelta = TimeDelta::days(1);

/// A person to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Next {
    pub(crate) account: AccountId,
    pub(crate) name: String,
    /// Code of the unit whose seat they have.
    pub(crate) unit: String,
    pub(crate) seat: Seat,
}

impl Next {
    /// As a button says it, on a ticket of `unit`.
    pub(crate) fn say(&self, unit: &str, pack: &Pack, lang: Lang) -> String {
        let seat = lang.t(&format!("duty.seat.{}", self.seat)).to_owned();
        let seat = match pack.units().get(&self.unit).filter(|_| self.unit != unit) {
            Some(other) => format!("{} {seat}", other.name),
            None => seat,
        };
        lang.fill("arrivals.next", &[("name", &self.name), ("seat", &seat)])
    }
}

/// The first of a unit's chain who was not called yet; none: everybody was.
pub(crate) fn next(
    (book, pack): (&DutyBook, &Pack),
    unit: &str,
    called: &[AccountId],
    at: DateTime<Utc>,
) -> Option<Next> {
    let chain = book.watch(pack).chain(unit, at).into_iter();
    let mut uncalled = chain.filter_map(|link| {
        let account = book.account(&link.person).filter(|account| !called.contains(account))?;
        Some(Next {
            account,
            name: book.people.get(&link.person)?.name.clone(),
            unit: link.unit,
            seat: link.seat,
        })
    });
    uncalled.next()
}

/// `POST /board/tickets/{id}/next`: whoever is named on the button, while they are next.
pub(super) async fn submit(
    by: By<Office>,
    Path(id): Path<TicketId>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, PageError> {
    if let Ok(named) = chosen.person.parse() {
        call_next(&by, id, Some(named)).await?;
    }
    Ok(back(id))
}

/// Has the next person called about a ticket. `named`: whom a page named; where somebody else is next by now, nobody is called.
pub(super) async fn call_next(visit: &Visit, ticket: TicketId, named: Option<AccountId>) -> Result<Cured, PageError> {
    let (internal, now) = (&visit.internal, clock::now());
    let found = internal.board.board_ticket(&internal.county, ticket).await?;
    let unit = found.ok_or(PageError::NotFound)?.unit;
    let calls = internal.board.ticket_calls(ticket).await?;
    if !calls.iter().any(|call| call.open) {
        return Ok(Cured::Nobody);
    }
    let pack = internal.pack.current().pack.clone();
    let book = internal.people.duty_book(&pack, now).await?;
    let next = next((&book, &pack), &unit, &called(&calls, now), now);
    match next.filter(|next| named.is_none_or(|named| named == next.account)) {
        Some(next) => ring(visit, ticket, next.account).await,
        None => Ok(Cured::Nobody),
    }
}

fn called(calls: &[LadderCall], now: DateTime<Utc>) -> Vec<AccountId> {
    let lately = calls.iter().filter(|call| call.open && now - call.created_at < LATELY);
    lately.filter_map(|call| call.account_id).collect()
}
