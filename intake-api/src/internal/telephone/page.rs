//! `GET /board/tickets/{id}/telephone`: whom to call, and the form of what they said.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use casework::{ticket::TicketAct, words::reserved::TRANSFERRED};
use platform::{
    clock,
    store::{DeskScope, DeskTicket, TicketId},
    text::Lang,
};
use serde::Deserialize;

use crate::internal::{
    By,
    auth::Office,
    board::call::{Call, call},
    desk::{
        attempt::{Attempt, Choice, outcomes, people},
        clocks::{awaited, waits_for},
        close::{Needed, needed, today},
        closing::owes_contact,
        draft::Kind,
        found::Case,
        head::{Head, head},
    },
    error::PageError,
    page::{Frame, minute::local, render, words},
};

/// A ticket whose unit is on the telephone.
pub(super) struct Telephone {
    /// The ticket, with the unit's people.
    pub(super) case: Case,
    /// The unit.
    pub(super) scope: DeskScope,
    call: Call,
}

impl Telephone {
    pub(super) async fn find(by: &By<Office>, id: TicketId) -> Result<Self, PageError> {
        let (case, scope, board) = Case::of_any_unit(by, id).await?;
        Ok(Self {
            case,
            scope,
            call: call(&board.call),
        })
    }
}

/// What was asked for.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    act: Option<String>,
    outcome: Option<String>,
    done: Option<String>,
}

impl Asked {
    pub(super) fn of(kind: Kind) -> Self {
        Self {
            act: Some(kind.word().to_owned()),
            ..Self::default()
        }
    }
}

/// What a unit may say by telephone.
pub(super) struct Kinds;

impl Kinds {
    pub(super) const ALL: [Kind; 6] = [
        Kind::Sign,
        Kind::Contact,
        Kind::Progress,
        Kind::Start,
        Kind::Evidence,
        Kind::Resolve,
    ];

    /// Of them what the ticket can have now.
    pub(super) fn open(ticket: &DeskTicket) -> impl Iterator<Item = Kind> {
        Self::ALL.into_iter().filter(|kind| {
            let (act, owed) = match kind {
                Kind::Sign => (TicketAct::Sign, true),
                Kind::Contact => (TicketAct::Contact, owes_contact(ticket)),
                Kind::Progress => (TicketAct::Progress, true),
                Kind::Start => (TicketAct::Start, waits_for(ticket).is_some()),
                Kind::Evidence => (TicketAct::Evidence, ticket.evidence.is_some()),
                _ => (TicketAct::Close, true),
            };
            owed && ticket.state.after(act).is_ok()
        })
    }
}

struct Tab {
    word: &'static str,
    name: &'static str,
    here: bool,
}

#[derive(Template)]
#[template(path = "internal/telephone.html")]
struct TelephonePage {
    frame: Frame,
    v: Head,
    call: Call,
    tabs: Vec<Tab>,
    /// Word of the form that is shown; empty: nothing can be said now.
    act: &'static str,
    people: Vec<Choice>,
    evidence: String,
    /// The event that a clock waits for.
    awaited: String,
    outcomes: Vec<Choice>,
    form: Option<Needed>,
    attempt: Attempt,
    done: Option<&'static str>,
    recorder: String,
    now_local: String,
    today: String,
}

impl TelephonePage {
    fn t(&self, key: &str) -> &'static str {
        self.frame.lang.t(key)
    }

    fn fill(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        words::fill(self.frame.lang, key, name, value)
    }

    fn typed(&self, _form: &str, field: &str) -> &str {
        self.attempt.typed(self.act, field)
    }

    fn wrong(&self, _form: &str, field: &str) -> Option<&'static str> {
        self.attempt.fault(self.act, field).map(|key| self.t(key))
    }

    /// The text of the button.
    fn submit(&self) -> &'static str {
        match self.act {
            "sign" => "telephone.save.sign",
            "resolve" => "telephone.save.resolve",
            _ => "telephone.save.record",
        }
    }

    fn is_open(&self, _form: &str) -> bool {
        self.attempt.form == self.act
    }
}

/// The page.
pub(super) async fn page(
    by: By<Office>,
    Path(id): Path<TicketId>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let found = Telephone::find(&by, id).await?;
    show(&by, &found, asked, Attempt::default()).await
}

/// The page with what was typed.
pub(super) async fn show(
    by: &By<Office>,
    found: &Telephone,
    asked: Asked,
    attempt: Attempt,
) -> Result<Response, PageError> {
    let (lang, loaded, now) = (by.lang, by.internal.pack.current(), clock::now());
    let (pack, case) = (&loaded.pack, &found.case);
    let open: Vec<Kind> = Kinds::open(&case.ticket).collect();
    let wanted = asked.act.as_deref().and_then(Kinds::of);
    let kind = wanted
        .filter(|kind| open.contains(kind))
        .or_else(|| open.first().copied());
    let tab = |of: Kind| Tab {
        word: of.word(),
        name: name(lang, of),
        here: Some(of) == kind,
    };
    let chosen = attempt.again.fields.get("outcome").cloned().or(asked.outcome);
    let status = attempt.again.status;
    let page = TelephonePage {
        frame: by.frame("/board"),
        v: head(&case.ticket, pack, lang),
        call: found.call.clone(),
        tabs: open.iter().copied().map(tab).collect(),
        act: kind.map_or("", Kind::word),
        people: people(&case.people),
        evidence: evidence(pack, &case.ticket, lang),
        awaited: awaited(&case.ticket, pack, lang),
        outcomes: outcomes(pack, &case.ticket, lang),
        form: needed(pack, case, by.me(), chosen.as_deref().unwrap_or_default(), lang).map(|form| Needed {
            waits: form.waits.as_ref().map(|waits| match form.code.as_str() {
                TRANSFERRED => waits.clone(),
                _ => lang.t("telephone.wait_office").to_owned(),
            }),
            ..form
        }),
        attempt,
        done: asked.done.as_deref().and_then(Kinds::of).map(|kind| done(lang, kind)),
        recorder: by.actor.person.account.name.clone(),
        now_local: local(now),
        today: today(now),
    };
    Ok(render(status, &page))
}

fn evidence(pack: &casework::pack::Pack, ticket: &DeskTicket, lang: Lang) -> String {
    let kind = ticket.evidence.as_deref().unwrap_or_default();
    pack.vocabulary().evidence.label(kind, lang.pack()).to_owned()
}

fn name(lang: Lang, kind: Kind) -> &'static str {
    lang.t(&format!("telephone.act.{}", kind.word()))
}

fn done(lang: Lang, kind: Kind) -> &'static str {
    lang.t(&format!("telephone.done.{}", kind.word()))
}
