//! `POST /api/v1/tickets/several`: the same for programs.

use casework::calendar::rfc3339;
use platform::{
    clock,
    store::{AccountId, ActDone, TicketId},
    text::Lang,
};
use serde::{Deserialize, Serialize};

use super::{Came, fields_of, first, kind_of, one};
use crate::internal::{
    Answer, By,
    auth::Desk,
    desk::undone::{said, what_happened},
    error::{ApiError, PageError},
    wire::JsonBody,
};

/// Most tickets of one request.
const MOST: usize = 200;

/// What is asked.
#[derive(Deserialize)]
pub(crate) struct Several {
    act: String,
    /// Who is to have them, of 分办.
    account: Option<AccountId>,
    tickets: Vec<One>,
}

/// A ticket as it was read.
#[derive(Deserialize)]
struct One {
    id: TicketId,
    version: i32,
}

/// What became of all.
#[derive(Serialize)]
pub(crate) struct Outcomes {
    done: usize,
    tickets: Vec<Outcome>,
}

/// What became of one, with the status that its own address would have answered.
#[derive(Serialize)]
struct Outcome {
    id: TicketId,
    status: u16,
    detail: String,
}

/// `POST /api/v1/tickets/several`: `{"act": "sign" | "assign", "account", "tickets": [{"id", "version"}]}`.
pub(crate) async fn several(by: By<Desk>, JsonBody(asked): JsonBody<Several>) -> Result<Answer<Outcomes>, ApiError> {
    let kind = kind_of(Some(&asked.act)).ok_or_else(|| ApiError::said(422, "act is sign or assign"))?;
    if asked.tickets.is_empty() || asked.tickets.len() > MOST {
        return Err(ApiError::said(422, format!("tickets are 1 to {MOST}")));
    }
    let account = asked.account.map(|account| account.to_string()).unwrap_or_default();
    let mut tickets = Vec::new();
    for ticket in &asked.tickets {
        let sent = fields_of(&ticket.version.to_string(), &account);
        let (status, detail) = match one(&by, kind, &ticket.id.to_string(), &sent).await? {
            None => (404, Lang::En.t("finding.no_ticket").to_owned()),
            Some((_, came)) => in_words(came)?,
        };
        tickets.push(Outcome {
            id: ticket.id,
            status,
            detail,
        });
    }
    let done = tickets.iter().filter(|ticket| ticket.status == 200).count();
    Ok(Answer(Outcomes { done, tickets }))
}

fn in_words(came: Came) -> Result<(u16, String), PageError> {
    let lang = Lang::En;
    Ok(match came {
        Came::Done => (200, lang.t("finding.done").to_owned()),
        Came::Before(what, at) => (200, format!("{}, at {}", what_happened(lang, &what), rfc3339(at))),
        Came::Wrong(wrong) => (422, lang.t(first(&wrong)).to_owned()),
        Came::Not(ActDone::NotFound) => (404, lang.t("finding.no_ticket").to_owned()),
        Came::Not(other) => (409, said(&other, lang, clock::now())?),
        Came::Failed(why) => (503, lang.t(why.key()).to_owned()),
    })
}
