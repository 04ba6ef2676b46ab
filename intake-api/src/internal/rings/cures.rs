//! What the office does where a ticket rings and nobody answers: it has somebody called now, or writes down who answered by
//! telephone.

use axum::{
    Form,
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{AccountId, AnsweredHow, BellAnswer, CallId, LadderCall, Role, StoreError, TicketId},
};
use serde::Deserialize;

use crate::internal::{By, Visit, auth::Office, detached, error::PageError};

/// A person to choose.
pub(crate) struct Choice {
    pub(crate) id: AccountId,
    pub(crate) name: String,
}

/// Who was chosen.
#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    pub(super) person: String,
}

/// Who can be called or was reached: whom the ticket called, then the people of its unit; nobody where nothing rings or this person is not
/// of the office.
pub(crate) async fn people(visit: &Visit, unit: &str, calls: &[LadderCall]) -> Result<Vec<Choice>, PageError> {
    if !visit.actor.is(&[Role::Office]) || !calls.iter().any(|call| call.open) {
        return Ok(Vec::new());
    }
    let internal = &visit.internal;
    let called = calls
        .iter()
        .filter_map(|call| Some((call.account_id?, call.person.clone()?)));
    let unit = internal.desk.desk_people(&internal.county, unit).await?;
    let unit = unit.into_iter().map(|(id, name, ..)| (id, name));
    let mut people: Vec<Choice> = Vec::new();
    for (id, name) in called.chain(unit) {
        if !people.iter().any(|person| person.id == id) {
            people.push(Choice { id, name });
        }
    }
    Ok(people)
}

/// What came of a cure.
pub(super) enum Cured {
    /// It was done.
    Done,
    /// Nothing rings any more, because somebody was faster, or nobody who can be called was chosen.
    Nobody,
}

/// `POST /board/tickets/{id}/call`: somebody is called now. Where nothing rings any more the page says who was faster.
pub(super) async fn call(
    by: By<Office>,
    Path(id): Path<TicketId>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, PageError> {
    called(&by, id, chosen.person.parse().ok()).await?;
    Ok(back(id))
}

/// `POST /board/tickets/{id}/answered`: somebody answered by telephone.
pub(super) async fn record(
    by: By<Office>,
    Path(id): Path<TicketId>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, PageError> {
    answered(&by, id, (chosen.person.parse().ok(), clock::now())).await?;
    Ok(back(id))
}

/// Has somebody called now.
pub(super) async fn called(visit: &Visit, id: TicketId, person: Option<AccountId>) -> Result<Cured, PageError> {
    match choice(visit, id, person).await? {
        Some((person, _)) => ring(visit, id, person).await,
        None => Ok(Cured::Nobody),
    }
}

/// Calls a person about a ticket.
pub(super) async fn ring(visit: &Visit, id: TicketId, person: AccountId) -> Result<Cured, PageError> {
    let (office, me, now) = (visit.internal.office.clone(), visit.me(), clock::now());
    let calls = detached(async move {
        let calls = office.call_by_hand(id, person, me, now).await?;
        // A bell that is not heard costs a poll, never a call.
        let _ = office.notices_wake().await;
        Ok::<_, StoreError>(calls)
    });
    Ok(match calls.await? {
        0 => Cured::Nobody,
        _ => Cured::Done,
    })
}

/// Writes down who answered by telephone.
pub(super) async fn answered(
    visit: &Visit,
    id: TicketId,
    (person, at): (Option<AccountId>, DateTime<Utc>),
) -> Result<Cured, PageError> {
    let Some((person, open)) = choice(visit, id, person).await? else {
        return Ok(Cured::Nobody);
    };
    let answer = BellAnswer {
        by: person,
        how: AnsweredHow::Telephone,
        recorded_by: Some(visit.me()),
        at,
    };
    let office = visit.internal.office.clone();
    detached(async move { office.bell_answer(&open, answer).await }).await?;
    Ok(Cured::Done)
}

/// The person that was chosen of those who can be, and the calls that ring.
async fn choice(
    visit: &Visit,
    id: TicketId,
    person: Option<AccountId>,
) -> Result<Option<(AccountId, Vec<CallId>)>, PageError> {
    let ticket = visit.internal.board.board_ticket(&visit.internal.county, id).await?;
    let ticket = ticket.ok_or(PageError::NotFound)?;
    let calls = visit.internal.board.ticket_calls(id).await?;
    let people = people(visit, &ticket.unit, &calls).await?;
    let person = people.iter().find(|choice| Some(choice.id) == person);
    let open = calls.iter().filter(|call| call.open).map(|call| call.id).collect();
    Ok(person.map(|person| (person.id, open)))
}

pub(super) fn back(id: TicketId) -> Response {
    Redirect::to(&format!("/board/tickets/{id}#rings")).into_response()
}
