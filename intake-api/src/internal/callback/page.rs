//! `/callbacks/{report_id}`: what the case is, what was recorded, and the forms that fit how far it is.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::callback::{CallResult, FollowUp};
use casework::ticket::opening::OpeningState;
use casework::words::Identity;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    receipt::ReportId,
    seal::{Column, MasterKey},
    store::{CallbackCase, CallbackTicket, CallbackTry, Loose, Opening, OpeningId, Role, StoreError, TicketId, Word},
    text::Lang,
};

use super::{call::Typed, result::result};
use crate::internal::{
    By, Internal, Visit,
    again::Again,
    auth::Overseer,
    board::{facts, look::look},
    error::PageError,
    openings,
    page::{Frame, render, tail, words},
};

/// What an act says on the page that it answers with.
#[derive(Default)]
pub(super) struct Said {
    pub(super) good: Option<String>,
    pub(super) bad: Option<String>,
}

impl Said {
    /// It was done.
    pub(super) fn good(text: impl Into<String>) -> Self {
        Self {
            good: Some(text.into()),
            bad: None,
        }
    }

    /// It was not.
    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self {
            good: None,
            bad: Some(text.into()),
        }
    }
}

/// How far the calls of a report are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    /// Some ticket is open.
    Open,
    /// To be called now.
    Waiting,
    /// Not reached today.
    PutOff,
    /// 不满意 waits for a second person.
    Undecided,
    /// Over.
    Over,
}

struct CallLine {
    head: String,
    note: String,
    reason: String,
    decision: String,
}

struct Choice {
    id: TicketId,
    label: String,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "internal/callback/page.html")]
struct CallbackPage {
    frame: Frame,
    report_id: ReportId,
    receipt: String,
    drill: bool,
    resolved: String,
    said: Said,
    standing: &'static str,
    facts: Vec<(&'static str, String)>,
    calls: Vec<CallLine>,
    /// Every asking for the contact.
    openings: Vec<openings::Line>,
    /// The one that this person may read now.
    open_now: Option<OpeningId>,
    /// Theirs waits for somebody else.
    open_waits: bool,
    attempt: i16,
    can_open: bool,
    results: Vec<(&'static str, &'static str, bool)>,
    follows: bool,
    decides: Option<i16>,
    own: bool,
    tickets: Vec<Choice>,
    note: String,
    reason: String,
    follow_up: String,
}

/// `GET /callbacks/{report_id}`
pub(crate) async fn page(by: By<Overseer>, Path(id): Path<ReportId>) -> Result<Response, PageError> {
    show(&by, id, Again::default()).await
}

struct Found {
    case: CallbackCase,
    calls: Vec<CallbackTry>,
    tickets: Vec<CallbackTicket>,
    openings: Vec<Opening>,
    due: bool,
}

async fn find(internal: &Internal, id: ReportId, now: DateTime<Utc>) -> Result<Option<Found>, StoreError> {
    let Some(case) = internal.board.callback_case(&internal.county, id).await? else {
        return Ok(None);
    };
    let calls = internal.board.callback_tries(id).await?;
    // Before every ticket is closed there is nothing to see here, unless somebody was called before.
    if calls.is_empty() && (case.tickets == 0 || case.open > 0) {
        return Ok(None);
    }
    Ok(Some(Found {
        case,
        calls,
        tickets: internal.board.callback_tickets(&internal.county, id).await?,
        openings: internal.board.openings_of_report(&internal.county, id).await?,
        due: internal.board.callback_due(&internal.county, id, now).await?.is_some(),
    }))
}

impl Found {
    fn stand(&self, now: DateTime<Utc>) -> Stand {
        let last = self.calls.last();
        if last.is_some_and(CallbackTry::is_undecided) {
            Stand::Undecided
        } else if self.case.open > 0 {
            Stand::Open
        } else if self.due {
            Stand::Waiting
        } else if last.and_then(|last| last.retry_at).is_some_and(|retry| retry > now) {
            Stand::PutOff
        } else {
            Stand::Over
        }
    }
}

/// The results that may be recorded.
fn offered(stand: Stand, anonymous: bool) -> &'static [CallResult] {
    use CallResult::{Anonymous, Dissatisfied, Satisfied, Unreachable};
    match (stand, anonymous) {
        (Stand::Waiting, true) => &[Anonymous],
        (Stand::Waiting, false) => &[Satisfied, Dissatisfied, Unreachable],
        (Stand::PutOff, false) => &[Satisfied, Dissatisfied],
        (Stand::Over, false) => &[Dissatisfied],
        _ => &[],
    }
}

/// The page after an act.
pub(super) async fn show(visit: &Visit, id: ReportId, again: Again<Typed, Said>) -> Result<Response, PageError> {
    let (internal, actor, lang, now) = (&visit.internal, &visit.actor, visit.lang, clock::now());
    let found = find(internal, id, now).await?.ok_or(PageError::NotFound)?;
    let open = opener(internal, id).await?;
    let opened = look(visit, id, None).await?;
    let (stand, office) = (found.stand(now), actor.is(&[Role::Office]));
    let anonymous = found.case.identity == Some(Loose::Known(Identity::Anonymous));
    let offered = if office { offered(stand, anonymous) } else { &[] };
    let typed = again.fields;
    let ticked = typed.tickets();
    let (asked, mine) = openings::identity_of(found.openings.clone(), visit.me(), now);
    let last = found.calls.last();
    let pack = internal.pack.current().pack.clone();
    let page = CallbackPage {
        frame: visit.frame("/callbacks").titled(tail(&id.to_string())),
        report_id: id,
        receipt: id.to_string(),
        drill: found.case.drill,
        resolved: found
            .case
            .resolved_at
            .map(|at| words::moment(lang, at, now))
            .unwrap_or_default(),
        standing: lang.t(standing(stand, anonymous, office, last)),
        facts: facts::lines(&opened, &pack, lang),
        calls: found.calls.iter().map(|call| line(call, lang, now, &open)).collect(),
        openings: asked.iter().map(|o| openings::line(o, &pack, lang, now)).collect(),
        open_now: mine.as_ref().filter(|o| o.is_open(now)).map(|o| o.id),
        open_waits: mine.as_ref().is_some_and(|o| o.state == OpeningState::Asked),
        attempt: last.map_or(1, |last| last.attempt + 1),
        can_open: office && !anonymous && !offered.is_empty() && mine.is_none(),
        results: offered
            .iter()
            .map(|r| (r.as_str(), result(lang, *r), typed.result == r.as_str()))
            .collect(),
        follows: offered.contains(&CallResult::Dissatisfied),
        decides: last
            .filter(|_| office && stand == Stand::Undecided)
            .map(|last| last.attempt),
        own: last.is_some_and(|last| last.by_account == Some(visit.me())),
        tickets: found
            .tickets
            .iter()
            .map(|ticket| Choice {
                id: ticket.id,
                label: label(ticket, &pack, lang),
                ticked: ticked.contains(&ticket.id),
            })
            .collect(),
        note: typed.note,
        reason: typed.reason,
        follow_up: typed.follow_up,
        said: again.said,
    };
    Ok(render(again.status, &page))
}

/// What stands above the forms.
fn standing(stand: Stand, anonymous: bool, office: bool, last: Option<&CallbackTry>) -> &'static str {
    match stand {
        Stand::Waiting if !office => "callback.waiting",
        Stand::Waiting if anonymous => "callback.next_anonymous",
        Stand::Waiting => "callback.next",
        Stand::Open => "callback.not_due",
        Stand::PutOff => "callback.is_put_off",
        Stand::Undecided => "callback.is_undecided",
        Stand::Over => match last.map(|last| (last.result, last.decision)) {
            Some((CallResult::Unreachable, _)) => "callback.over_unreachable",
            Some((CallResult::Dissatisfied, Some(Word(FollowUp::Keep)))) => "callback.over_kept",
            _ => "callback.over",
        },
    }
}

fn label(ticket: &CallbackTicket, pack: &casework::pack::Pack, lang: Lang) -> String {
    let words = pack.vocabulary();
    let outcome = ticket
        .outcome
        .as_deref()
        .map(|code| words.outcomes.label(code, lang.pack()));
    let parts = [
        Some(words.obligations.label(&ticket.obligation, lang.pack())),
        Some(ticket.unit_name.as_str()),
        outcome,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Opens what the office wrote about calls.
async fn opener(internal: &Internal, id: ReportId) -> Result<impl Fn(Option<&Vec<u8>>) -> String + use<>, StoreError> {
    let sealed = internal.office.callback_sealed(&internal.county, id).await?;
    let key = sealed.and_then(|sealed| internal.keys.open_data_key(id, &sealed.data_key).ok());
    Ok(move |sealed: Option<&Vec<u8>>| {
        let plain = sealed
            .zip(key.as_ref())
            .map(|(sealed, key)| MasterKey::open(key, Column::Event, id, sealed));
        match plain {
            Some(Ok(plain)) => String::from_utf8_lossy(&plain).into_owned(),
            Some(Err(_)) => "（…）".to_owned(),
            None => String::new(),
        }
    })
}

fn line(call: &CallbackTry, lang: Lang, now: DateTime<Utc>, open: &impl Fn(Option<&Vec<u8>>) -> String) -> CallLine {
    let at = words::moment(lang, call.at, now);
    let decision = match (call.decision, call.proposal, call.nth) {
        (Some(Word(FollowUp::Reopen)), ..) => "callback.line_reopened",
        (Some(_), ..) => "callback.line_kept",
        (None, Some(_), _) => "callback.line_undecided",
        (None, None, Some(_)) if call.retry_at.is_some() => "callback.line_again",
        (None, None, Some(_)) => "callback.line_unreachable",
        _ => "callback.line_over",
    };
    let by = call.decided_by.as_deref().unwrap_or_default();
    let decided = call
        .decided_at
        .map(|at| words::moment(lang, at, now))
        .unwrap_or_default();
    let nth = call.nth.unwrap_or_default().to_string();
    CallLine {
        head: lang.fill(
            "callback.done",
            &[
                ("by", &call.by_name),
                ("at", &at),
                ("result", result(lang, call.result)),
            ],
        ),
        note: open(call.sealed.as_ref()),
        reason: open(call.reason.as_ref()),
        decision: lang.fill(decision, &[("by", by), ("at", &decided), ("n", &nth)]),
    }
}
