//! `GET /tickets/{id}/close`: the outcome first, then only what that outcome needs.
//!
//! Without JavaScript the choice leads to this page; with it the ticket's page takes the form out of the answer.

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use casework::pack::Pack;
use casework::ticket::closing::{confirmers, needs_confirmation};
use casework::words::Need;
use casework::words::reserved::{NOT_APPLICABLE, NOT_FILED, TRANSFERRED};
use chrono::{DateTime, Utc};
use platform::{clock, store::AccountId, text::Lang};
use serde::Deserialize;

use super::{
    attempt::{Attempt, Choice, outcomes},
    closing::{colleagues, offered, owes_contact, owes_evidence, statutory},
    draft::People,
    found::Case,
    head::{Head, head},
    units::movable,
};
use crate::internal::{
    By,
    again::Again,
    auth::Desk,
    error::PageError,
    page::{Frame, render, words},
};

/// The outcome that was chosen.
#[derive(Deserialize)]
pub(super) struct Chosen {
    outcome: Option<String>,
}

/// What the chosen outcome needs.
pub(crate) struct Needed {
    pub(crate) code: String,
    pub(crate) label: String,
    pub(crate) evidence: Option<String>,
    pub(crate) decision: bool,
    /// Kinds of units, each with its units to choose from; empty = no unit is asked.
    pub(crate) units: Vec<(String, Vec<Choice>)>,
    pub(crate) police_only: bool,
    pub(crate) contact: bool,
    pub(crate) note: bool,
    /// Who must confirm or approve.
    pub(crate) waits: Option<String>,
    /// 不予立案 goes on to the procuratorate.
    pub(crate) goes_on: bool,
    pub(crate) submit: &'static str,
}

#[derive(Template)]
#[template(path = "internal/desk/close.html")]
struct ClosePage {
    frame: Frame,
    v: Head,
    outcomes: Vec<Choice>,
    form: Option<Needed>,
    attempt: Attempt,
    today: String,
}

impl ClosePage {
    fn t(&self, key: &str) -> &'static str {
        self.frame.lang.t(key)
    }

    fn fill(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        words::fill(self.frame.lang, key, name, value)
    }

    fn typed(&self, _form: &str, field: &str) -> &str {
        self.attempt.typed("resolve", field)
    }

    fn wrong(&self, _form: &str, field: &str) -> Option<&'static str> {
        self.attempt.fault("resolve", field).map(|key| self.t(key))
    }

    fn is_open(&self, form: &str) -> bool {
        form == "resolve"
    }
}

/// The page.
pub(super) async fn page(
    by: By<Desk>,
    Path(id): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, PageError> {
    let case = Case::fetch(&by, &id).await?;
    let outcome = chosen.outcome.map(|code| ("outcome".to_owned(), code));
    let attempt = Attempt {
        form: "resolve",
        again: Again::keeping(StatusCode::OK, None, outcome.into_iter().collect()),
    };
    Ok(again(&by, &case, attempt))
}

/// The page with what was typed.
pub(super) fn again(by: &By<Desk>, case: &Case, attempt: Attempt) -> Response {
    let (lang, loaded, now) = (by.lang, by.internal.pack.current(), clock::now());
    let status = attempt.again.status;
    let page = ClosePage {
        frame: by.frame("/desk"),
        v: head(&case.ticket, &loaded.pack, lang),
        outcomes: outcomes(&loaded.pack, &case.ticket, lang),
        form: needed(&loaded.pack, case, by.me(), attempt.typed("resolve", "outcome"), lang),
        attempt,
        today: today(now),
    };
    render(status, &page)
}

pub(crate) fn today(now: DateTime<Utc>) -> String {
    now.with_timezone(&casework::calendar::shanghai())
        .format("%Y-%m-%d")
        .to_string()
}

/// What the outcome needs that was chosen; `None` when none was, or it is not offered.
pub(crate) fn needed(pack: &Pack, case: &Case, me: AccountId, chosen: &str, lang: Lang) -> Option<Needed> {
    let (ticket, people, pl) = (&case.ticket, &case.people, lang.pack());
    let outcome = offered(pack, ticket).find(|outcome| outcome.term.code == chosen)?;
    let code = outcome.term.code.as_str();
    let needs = |need: Need| outcome.needs.contains(&need);
    let moves = needs(Need::Unit);
    let statutory = statutory(&ticket.ground.facts);
    let (waits, submit) = if code == TRANSFERRED {
        (Some(lang.t("close.wait_transfer").to_owned()), "close.submit_transfer")
    } else if needs_confirmation(ticket.urgency, statutory) {
        (Some(confirms(people, me, lang)), "close.submit_request")
    } else {
        (None, "close.submit")
    };
    let units = if moves { movable(pack, ticket, lang) } else { Vec::new() };
    Some(Needed {
        code: code.to_owned(),
        label: outcome.term.label.get(pl).to_owned(),
        evidence: owes_evidence(ticket)
            .filter(|_| needs(Need::Evidence))
            .map(|kind| pack.vocabulary().evidence.label(kind, pl).to_owned()),
        decision: needs(Need::Decision),
        police_only: moves && units.len() == 1,
        units,
        contact: owes_contact(ticket) && code != NOT_APPLICABLE,
        note: needs(Need::Note) || needs(Need::Evidence) && ticket.evidence.is_none(),
        waits,
        goes_on: code == NOT_FILED && statutory != Some(false),
        submit: lang.t(submit),
    })
}

/// Who confirms what this person closes.
fn confirms(people: &People, me: AccountId, lang: Lang) -> String {
    let may = confirmers(me, &colleagues(people));
    let who: Vec<_> = people.iter().filter(|p| may.contains(&p.0)).collect();
    if who.is_empty() {
        return lang.t("close.wait_office").to_owned();
    }
    let key = if who.iter().all(|p| p.3) {
        "close.wait_leader"
    } else {
        "close.wait_colleague"
    };
    let names: Vec<&str> = who.iter().map(|p| p.1.as_str()).collect();
    lang.fill(key, &[("who", &names.join("、"))])
}
