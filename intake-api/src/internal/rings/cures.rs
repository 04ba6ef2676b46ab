//! What the office does where a ticket rings and nobody answers: it has somebody called now, or writes down who answered by
//! telephone.

use axum::{
    Form,
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use platform::{
    clock,
    store::{AccountId, AnsweredHow, BellAnswer, CallId, LadderCall, Role, TicketId},
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
    person: String,
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

/// `POST /board/tickets/{id}/call`: somebody is called now.
pub(super) async fn call(
    by: By<Office>,
    Path(id): Path<TicketId>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, PageError> {
    let (person, _) = choice(&by, id, &chosen).await?;
    let (office, me, now) = (by.internal.office.clone(), by.me(), clock::now());
    detached(async move { office.call_by_hand(id, person, me, now).await }).await?;
    Ok(back(id))
}

/// `POST /board/tickets/{id}/answered`: somebody answered by telephone.
pub(super) async fn answered(
    by: By<Office>,
    Path(id): Path<TicketId>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, PageError> {
    let (person, open) = choice(&by, id, &chosen).await?;
    let answer = BellAnswer {
        by: person,
        how: AnsweredHow::Telephone,
        recorded_by: Some(by.me()),
        at: clock::now(),
    };
    let office = by.internal.office.clone();
    detached(async move { office.bell_answer(&open, answer).await }).await?;
    Ok(back(id))
}

/// The person that was chosen of those who can be, and the calls that ring.
async fn choice(by: &By<Office>, id: TicketId, chosen: &Chosen) -> Result<(AccountId, Vec<CallId>), PageError> {
    let ticket = by.internal.board.board_ticket(&by.internal.county, id).await?;
    let ticket = ticket.ok_or(PageError::NotFound)?;
    let calls = by.internal.board.ticket_calls(id).await?;
    let person = chosen.person.parse::<AccountId>().ok();
    let people = people(by, &ticket.unit, &calls).await?;
    let person = people.iter().find(|choice| Some(choice.id) == person);
    let open = calls.iter().filter(|call| call.open).map(|call| call.id).collect();
    // Nothing rings any more: somebody was faster, and the page says who.
    let Some(person) = person else {
        return Err(PageError::Page(Box::new(back(id))));
    };
    Ok((person.id, open))
}

fn back(id: TicketId) -> Response {
    Redirect::to(&format!("/board/tickets/{id}#rings")).into_response()
}
