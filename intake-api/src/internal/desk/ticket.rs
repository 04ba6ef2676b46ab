//! `GET /tickets/{id}`: everything about one ticket on one screen, the next act as the one big button.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    run::telemetry::chain,
    store::{AccountId, DeskEvent, DeskTicket, UnitContacts},
};
use serde::Deserialize;
use tracing::error;

use super::{
    attempt::{Attempt, Choice, outcomes, people},
    case::{DeskCase, case as case_of},
    draft::Kind,
    found::{Case, read},
    unsent::{Unsent, unsent},
    view::{View, view},
    waiting::{Waiting, waiting},
};
use crate::internal::{
    By, Internal,
    auth::Desk,
    error::PageError,
    motions::{DeskMotions, of_ticket as motions_of},
    openings::{DeskOpenings, of_ticket},
    page::{
        Frame, Paper, Phone,
        minute::local,
        render, tail,
        words::{self, Telling},
    },
    requests::{self, Requests},
    rings::ladder::{self, Ladder},
};

/// The office's unit in every pack.
const OFFICE: &str = "office";
/// For how long a page says what was just done.
const JUST_NOW: TimeDelta = TimeDelta::minutes(10);

/// What was just done.
#[derive(Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "internal/desk/ticket.html")]
struct TicketPage {
    frame: Frame,
    paper: Paper,
    v: View,
    ladder: Ladder,
    /// Why its case is open.
    standing: DeskCase,
    /// A closing that waits, or that this person may take back.
    closing: Waiting,
    /// Mails that did not reach the unit, for its leader.
    unsent: Vec<Unsent>,
    people: Vec<Choice>,
    outcomes: Vec<Choice>,
    attempt: Attempt,
    /// What was asked beyond the ticket, and what can be.
    openings: DeskOpenings,
    /// What was asked of other units, and what can be.
    requests: Requests,
    /// What was asked of the office, and what can be.
    motions: DeskMotions,
    done: Option<&'static str>,
    my_name: String,
    /// Why the unit has it.
    why: String,
    /// 值班电话 of the case's units and of the office, as far as they are known.
    phones: HashMap<String, Phone>,
    /// Now, as a field for date and time takes it.
    now_local: String,
}

impl TicketPage {
    fn t(&self, key: &str) -> &'static str {
        self.frame.lang.t(key)
    }

    fn fill(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        words::fill(self.frame.lang, key, name, value)
    }

    /// What was typed into a field of a form.
    fn typed(&self, form: &str, field: &str) -> &str {
        self.attempt.typed(form, field)
    }

    fn wrong(&self, form: &str, field: &str) -> Option<&'static str> {
        self.attempt.fault(form, field).map(|key| self.t(key))
    }

    /// A part that was ticked in an asking that was refused.
    fn ticked(&self, part: &str) -> bool {
        !self.typed("openings", &format!("part-{part}")).is_empty()
    }

    fn phone(&self, unit: &str) -> Option<&Phone> {
        self.phones.get(unit)
    }

    fn is_open(&self, form: &str) -> bool {
        self.attempt.form == form
    }
}

/// `GET /tickets/{id}`
pub(super) async fn page(
    by: By<Desk>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let case = Case::fetch(&by, &id).await?;
    let done = asked.done.as_deref().and_then(done_key);
    let done = done.filter(|_| was_just_done(&case.ticket.events, by.me(), clock::now()));
    let done = done.map(|key| by.t(key));
    shown(&by, &case, Attempt::default(), done).await
}

/// Whether the last act on the ticket is this person's, and of just now. The address of a page outlives what it says: opened again
/// after somebody else has acted, it would say that a ticket is closed which was reopened.
fn was_just_done(events: &[DeskEvent], me: AccountId, now: DateTime<Utc>) -> bool {
    let last = events.iter().max_by_key(|event| event.at);
    last.is_some_and(|event| event.account == Some(me) && now - event.at < JUST_NOW)
}

/// Which sentence says that an act was done; a word from elsewhere says nothing.
pub(super) fn done_key(word: &str) -> Option<&'static str> {
    Some(match word {
        "sign" => "desk.done.sign",
        "assign" => "desk.done.assign",
        "contact" => "desk.done.contact",
        "evidence" => "desk.done.evidence",
        "progress" => "desk.done.progress",
        "start" => "desk.done.start",
        "asked" => "desk.done.asked",
        "resolve" => "desk.done.resolve",
        "request" => "desk.done.request",
        "transfer" => "desk.done.transfer",
        "confirm" => "desk.done.confirm",
        "refuse" => "desk.done.refuse",
        "take-back" => "desk.done.take-back",
        "reopen" => "desk.done.reopen",
        "return" => "desk.done.return",
        "extend" => "desk.done.extend",
        "reinforce" => "desk.done.reinforce",
        "waive" => "desk.done.waive",
        "unask" => "desk.done.unask",
        "resend" => "desk.done.resend",
        "acknowledge" => "desk.done.acknowledge",
        "acknowledged-before" => "desk.done.acknowledged-before",
        "opening-asked" => "desk.done.opening-asked",
        "opening-opened" => "desk.done.opening-opened",
        "opening-both" => "desk.done.opening-both",
        "opening-withdrawn" => "desk.done.opening-withdrawn",
        "opening-ended" => "desk.done.opening-ended",
        _ => return None,
    })
}

/// The page with a form that comes back.
pub(crate) async fn again(by: &By<Desk>, case: &Case, attempt: Attempt) -> Result<Response, PageError> {
    shown(by, case, attempt, None).await
}

/// The page; `done` says what was just done.
async fn shown(
    by: &By<Desk>,
    case: &Case,
    attempt: Attempt,
    done: Option<&'static str>,
) -> Result<Response, PageError> {
    let (internal, lang, ticket) = (&by.internal, by.lang, &case.ticket);
    let opened = read(by, ticket, "page").await?;
    let asked = internal.desk.desk_openings(&by.right.scope, ticket.id).await?;
    let requested = internal.desk.desk_requests(&by.right.scope, ticket.id).await?;
    let motions = internal.desk.desk_motions(&by.right.scope, ticket.id).await?;
    let why = internal
        .why
        .ticket(ticket.ground.made.as_ref(), &opened.sight(&ticket.own))
        .await
        .text();
    let (loaded, now) = (internal.pack.current(), clock::now());
    let how = Telling {
        pack: &loaded.pack,
        lang,
        now,
    };
    let calls = internal.desk.desk_ticket_calls(&by.right.scope, ticket.id).await?;
    let posts = internal.desk.desk_ticket_posts(&by.right.scope, ticket.id).await?;
    let letters = words::letters(&loaded.pack, &ticket.unit);
    let v = view(ticket, &opened, &internal.keys, by.actor.leads(&ticket.unit), how);
    let mut frame = by.frame("/desk");
    lang.t("frame.tab.ticket").clone_into(&mut frame.title);
    let frame = frame.titled(tail(&v.receipt));
    let county = loaded.pack.county_name(lang.pack());
    let status = attempt.again.status;
    let page = TicketPage {
        paper: Paper::new(&frame, county, &v.unit, &v.receipt, &words::moment(lang, now, now)),
        frame,
        v,
        ladder: ladder::say((&calls, &posts), letters, lang, now),
        standing: case_of(ticket, how),
        closing: waiting(case, by.me(), &internal.keys, how),
        unsent: unsent(by, ticket).await,
        people: people(&case.people),
        outcomes: outcomes(&loaded.pack, ticket, lang),
        attempt,
        openings: of_ticket(ticket, &asked, by.me(), how),
        requests: requests::of_ticket(ticket, &requested, how),
        motions: motions_of(ticket, &motions, how),
        done,
        my_name: by.actor.person.account.name.clone(),
        why,
        phones: phones(internal, ticket).await,
        now_local: local(now),
    };
    Ok(render(status, &page))
}

/// The office and who else is in the case; a ticket is shown also while their phones can't be read.
async fn phones(internal: &Internal, ticket: &DeskTicket) -> HashMap<String, Phone> {
    let mut codes: Vec<&str> = ticket.others.iter().map(|other| other.unit.as_str()).collect();
    codes.push(OFFICE);
    let found = internal.desk.units_contacts(&internal.county, &codes).await;
    let found = found.inspect_err(|e| {
        error!(ticket = ticket.id.0, error = chain(e), "phones of units can't be read");
    });
    let phone = |unit: UnitContacts| Some((unit.code, Phone::of(&unit.duty_phone?)));
    found.unwrap_or_default().into_iter().filter_map(phone).collect()
}

#[cfg(test)]
mod tests;
