//! `GET /tickets/{id}`: everything about one ticket on one screen, the next act as the one big button.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use casework::{calendar::shanghai, pack::Pack};
use platform::{
    clock,
    run::telemetry::chain,
    store::{DeskTicket, Reading, StoreError, UnitContacts},
    text::Lang,
};
use serde::Deserialize;
use tracing::error;

use super::{
    act::{Fields, Kind, People, Wrong},
    closing,
    resend::{Unsent, unsent},
    view::{View, view},
    waiting::{Waiting, waiting},
};
use crate::{
    internal::{
        Internal,
        auth::Desk,
        detached,
        openings::{DeskOpenings, of_ticket},
        page::{Frame, Language, Paper, Phone, problem, render, tail, words},
    },
    parts::Opened,
};

/// The office's unit in every pack.
const OFFICE: &str = "office";

/// What was just done.
#[derive(Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

/// A choice of a form.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
}

/// What was typed into the form of one act, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Attempt {
    /// Id of the form: `contact`, `reporter` …
    pub(crate) form: &'static str,
    /// As typed.
    pub(crate) fields: Fields,
    /// What is wrong.
    pub(crate) wrong: Wrong,
    /// Text key of a trouble of the whole form.
    pub(crate) trouble: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "internal/desk/ticket.html")]
struct TicketPage {
    frame: Frame,
    paper: Paper,
    v: View,
    /// A closing that waits, or that this person may take back.
    closing: Waiting,
    /// Mails that did not reach the unit, for its leader.
    unsent: Vec<Unsent>,
    people: Vec<Choice>,
    outcomes: Vec<Choice>,
    attempt: Attempt,
    /// What was asked beyond the ticket, and what can be.
    openings: DeskOpenings,
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
        if self.attempt.form == form {
            self.attempt.fields.get(field).map_or("", String::as_str)
        } else {
            ""
        }
    }

    fn wrong(&self, form: &str, field: &str) -> Option<&'static str> {
        if self.attempt.form != form {
            return None;
        }
        self.attempt.wrong.get(field).map(|key| self.t(key))
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

/// Reads the id of an address; anything else is no ticket.
pub(super) fn id_of(text: &str) -> Option<i64> {
    text.parse().ok().filter(|id| *id > 0)
}

/// The ticket of an address, or the answer instead of it.
pub(crate) async fn fetch(internal: &Internal, desk: &Desk, id: &str) -> Result<DeskTicket, Response> {
    let Some(id) = id_of(id) else {
        return Err(problem::not_found().into_response());
    };
    let found = async {
        let Some(mut ticket) = internal.desk.desk_ticket(&desk.scope, id).await? else {
            return Ok(None);
        };
        ticket.ground = internal.office.ticket_ground(id).await?.unwrap_or_default();
        Ok::<_, StoreError>(Some(ticket))
    };
    match found.await {
        Ok(Some(ticket)) => Ok(ticket),
        Ok(None) => Err(problem::not_found().into_response()),
        Err(e) => {
            error!(ticket = id, error = chain(&e), "a ticket can't be read");
            Err(problem::unavailable().into_response())
        }
    }
}

/// What this person may see of the ticket's report; that they saw it is written down.
pub(super) async fn read(
    internal: &Internal,
    desk: &Desk,
    ticket: &DeskTicket,
    how: &'static str,
) -> Result<Opened, Response> {
    let (store, scope, id) = (internal.desk.clone(), desk.scope.clone(), ticket.id);
    let reading = Reading {
        account: desk.person.account.id,
        how,
        at: clock::now(),
    };
    let handed = detached(async move { store.desk_ticket_read(&scope, id, reading).await }).await?;
    let handed = handed.ok_or_else(|| problem::not_found().into_response())?;
    Ok(Opened::new(&internal.keys, ticket.report_id, &handed))
}

/// People of the ticket's unit.
pub(crate) async fn people_of(internal: &Internal, ticket: &DeskTicket) -> Vec<(i64, String, Option<String>, bool)> {
    internal
        .desk
        .desk_people(&internal.county, &ticket.unit)
        .await
        .unwrap_or_else(|e| {
            error!(
                ticket = ticket.id,
                error = chain(&e),
                "the people of a unit can't be read"
            );
            Vec::new()
        })
}

/// `GET /tickets/{id}`
pub(super) async fn page(
    State(internal): State<Internal>,
    desk: Desk,
    Language(lang): Language,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let ticket = match fetch(&internal, &desk, &id).await {
        Ok(ticket) => ticket,
        Err(response) => return response,
    };
    let people = people_of(&internal, &ticket).await;
    let done = asked.done.as_deref().and_then(done_key).map(|key| lang.t(key));
    show(
        StatusCode::OK,
        &internal,
        &desk,
        lang,
        &ticket,
        &people,
        Attempt::default(),
        done,
    )
    .await
}

/// Which sentence says that an act was done; a word from elsewhere says nothing.
fn done_key(word: &str) -> Option<&'static str> {
    Some(match word {
        "sign" => "desk.done.sign",
        "assign" => "desk.done.assign",
        "contact" => "desk.done.contact",
        "evidence" => "desk.done.evidence",
        "resolve" => "desk.done.resolve",
        "request" => "desk.done.request",
        "transfer" => "desk.done.transfer",
        "confirm" => "desk.done.confirm",
        "refuse" => "desk.done.refuse",
        "take-back" => "desk.done.take-back",
        "resend" => "desk.done.resend",
        "opening-asked" => "desk.done.opening-asked",
        "opening-opened" => "desk.done.opening-opened",
        "opening-both" => "desk.done.opening-both",
        "opening-withdrawn" => "desk.done.opening-withdrawn",
        "opening-ended" => "desk.done.opening-ended",
        _ => return None,
    })
}

/// The page, with what was typed if an act was refused.
#[expect(clippy::too_many_arguments, reason = "the parts of one page")]
pub(crate) async fn show(
    status: StatusCode,
    internal: &Internal,
    desk: &Desk,
    lang: Lang,
    ticket: &DeskTicket,
    people: &People,
    attempt: Attempt,
    done: Option<&'static str>,
) -> Response {
    let opened = match read(internal, desk, ticket, "page").await {
        Ok(opened) => opened,
        Err(response) => return response,
    };
    let asked = match internal.desk.desk_openings(&desk.scope, ticket.id).await {
        Ok(asked) => asked,
        Err(e) => {
            error!(
                ticket = ticket.id,
                error = chain(&e),
                "the openings of a ticket can't be read"
            );
            return problem::unavailable().into_response();
        }
    };
    let why = internal
        .why
        .ticket(ticket.ground.made.as_ref(), &opened.sight(&ticket.own))
        .await
        .text();
    let (loaded, now) = (internal.pack.current(), clock::now());
    let v = view(
        ticket,
        &opened,
        &internal.keys,
        &loaded.pack,
        lang,
        now,
        desk.leads(&ticket.unit),
    );
    let mut frame = Frame::of(desk, lang, "/desk");
    lang.t("frame.tab.ticket").clone_into(&mut frame.title);
    let frame = frame.titled(tail(&v.receipt));
    let county = loaded.pack.county_name(lang.pack());
    let page = TicketPage {
        paper: Paper::new(&frame, county, &v.unit, &v.receipt, &words::moment(lang, now, now)),
        frame,
        v,
        closing: waiting(
            ticket,
            people,
            desk.person.account.id,
            &internal.keys,
            &loaded.pack,
            lang,
            now,
        ),
        unsent: unsent(internal, desk, (ticket.id, &ticket.unit), lang).await,
        people: people
            .iter()
            .map(|(id, name, ..)| Choice {
                value: id.to_string(),
                label: name.clone(),
            })
            .collect(),
        outcomes: outcomes(&loaded.pack, ticket, lang),
        attempt,
        openings: of_ticket(ticket, &asked, desk.person.account.id, &loaded.pack, lang, now),
        done,
        my_name: desk.person.account.name.clone(),
        why,
        phones: phones(internal, ticket).await,
        now_local: now.with_timezone(&shanghai()).format("%Y-%m-%dT%H:%M").to_string(),
    };
    render(status, &page)
}

/// The office and who else is in the case; a ticket is shown also while their phones can't be read.
async fn phones(internal: &Internal, ticket: &DeskTicket) -> HashMap<String, Phone> {
    let mut codes: Vec<&str> = ticket.others.iter().map(|other| other.unit.as_str()).collect();
    codes.push(OFFICE);
    let found = internal.desk.units_contacts(&internal.county, &codes).await;
    let found = found.inspect_err(|e| {
        error!(ticket = ticket.id, error = chain(e), "phones of units can't be read");
    });
    let phone = |unit: UnitContacts| Some((unit.code, Phone::of(&unit.duty_phone?)));
    found.unwrap_or_default().into_iter().filter_map(phone).collect()
}

/// The outcomes to choose from, closed ones not offered.
pub(super) fn outcomes(pack: &Pack, ticket: &DeskTicket, lang: Lang) -> Vec<Choice> {
    closing::offered(pack, ticket)
        .map(|outcome| Choice {
            value: outcome.term.code.clone(),
            label: outcome.term.label.get(lang.pack()).to_owned(),
        })
        .collect()
}
