//! A closing that waits for a person, in words, and what this person may do about it.

use casework::ticket::TicketState;
use casework::ticket::closing::{confirmers, may_be_done_again, may_take_back};
use casework::words::{TicketClock, reserved::TRANSFERRED};
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    seal::MasterKey,
    store::{AccountId, DeskEvent, DeskTicket, EventKind, ReportId, event_detail::OtherUnit},
    text::Lang,
};

use super::{closing::colleagues, found::Case, sealed, timeline::note_lines};
use crate::internal::page::words::{self, Telling};

/// The part of a ticket's page about its closing; empty on most.
#[derive(Default)]
pub(super) struct Waiting {
    /// Heading, when one waits.
    pub(super) title: Option<&'static str>,
    /// Sentences under it.
    pub(super) lines: Vec<String>,
    /// What was written with it.
    pub(super) written: Vec<(&'static str, String)>,
    /// This person may confirm or refuse.
    pub(super) confirm: bool,
    /// This person may take it back.
    pub(super) take_back: bool,
    /// Taking back tells the procuratorate.
    pub(super) told: bool,
    /// This person may have it done again.
    pub(super) reopen: bool,
    /// Where the ticket comes from and goes to, and the case's first clock.
    pub(super) chain: Vec<String>,
}

/// What was written in the act of `at`: a closing leaves up to four events within the same instant.
pub(crate) fn written(
    events: &[DeskEvent],
    at: DateTime<Utc>,
    (report_id, key): (ReportId, Option<&[u8; 32]>),
    (lang, now): (Lang, DateTime<Utc>),
) -> Vec<(&'static str, String)> {
    let instant = TimeDelta::milliseconds(1);
    let of_it = events.iter().filter(|e| e.at >= at && e.at < at + instant);
    let sealed = of_it.filter_map(|e| sealed::note(key?, report_id, e.sealed.as_deref()?));
    sealed.flat_map(|note| note_lines(note, lang, now)).collect()
}

/// Whether a ticket is closed and nothing goes on with it.
pub(crate) fn is_over(ticket: &DeskTicket) -> bool {
    may_be_done_again(
        ticket.state,
        &ticket.obligation,
        ticket.outcome.as_deref(),
        ticket.chain.as_ref().is_some_and(|chain| chain.is_followed()),
    )
}

/// What this person (`me`) sees of it.
pub(super) fn waiting(case: &Case, me: AccountId, keys: &MasterKey, how: Telling<'_>) -> Waiting {
    let (Telling { pack, lang, now }, Case { ticket, people }) = (how, case);
    let unit = |code: &str| words::unit_name(pack, code);
    let label = |code: &str| pack.vocabulary().outcomes.label(code, lang.pack()).to_owned();
    let moment = |at| words::moment(lang, at, now);
    let mut part = Waiting {
        chain: chain(ticket, &unit, lang, now),
        ..Waiting::default()
    };
    let closed_at = ticket.resolved_at.or(ticket.close_requested_at);
    let closed_by = ticket.resolved_by_account.or(ticket.close_requested_account);
    let handed_over = ticket.state == TicketState::Resolved && ticket.outcome.as_deref() == Some(TRANSFERRED);
    let can_be_taken_back = matches!(
        ticket.state,
        TicketState::Resolved | TicketState::CloseRequested | TicketState::Transferring
    );
    part.take_back =
        can_be_taken_back && !handed_over && closed_at.is_some_and(|at| may_take_back(closed_by, at, me, now));
    part.reopen = is_over(ticket) && people.iter().any(|(account, .., leads)| *account == me && *leads);
    part.told =
        ticket.events.iter().any(|e| e.kind.is(EventKind::OversightOpened)) && ticket.state == TicketState::Resolved;
    if let Some(by) = ticket
        .close_approved_by
        .as_ref()
        .filter(|_| ticket.resolved_at.is_some())
    {
        part.chain.insert(0, lang.fill("close.confirmed_by", &[("by", by)]));
    }
    if let Some(back) = ticket
        .events
        .iter()
        .rev()
        .find(|e| e.kind.is(EventKind::CloseTakenBack))
    {
        let at = moment(back.at);
        part.chain
            .push(lang.fill("close.taken_back_line", &[("by", &back.actor), ("at", &at)]));
    }
    let (Some(outcome), Some(at)) = (&ticket.close_outcome, ticket.close_requested_at) else {
        return part;
    };
    let by = ticket.close_requested_by.clone().unwrap_or_default();
    let transfer = outcome == TRANSFERRED;
    part.title = Some(lang.t(match ticket.state {
        TicketState::Transferring => "close.transferring_title",
        _ if transfer => "close.waiting_transfer",
        _ => "close.waiting_title",
    }));
    part.lines.push(lang.fill(
        "close.asked",
        &[("by", &by), ("at", &moment(at)), ("outcome", &label(outcome))],
    ));
    if let Some(to) = &ticket.transfer_to {
        part.lines.push(lang.fill("close.to_unit", &[("unit", &unit(to))]));
    }
    if ticket.state == TicketState::CloseRequested {
        let may = confirmers(
            ticket.close_requested_account.unwrap_or(AccountId(0)),
            &colleagues(people),
        );
        part.confirm = !transfer && may.contains(&me);
        let names: Vec<&str> = people
            .iter()
            .filter(|p| may.contains(&p.0))
            .map(|p| p.1.as_str())
            .collect();
        let who = names.join("、");
        part.lines.push(match (transfer, names.is_empty()) {
            (true, _) => lang.t("close.who_approve").to_owned(),
            (false, true) => lang.t("close.who_office").to_owned(),
            (false, false) => lang.fill("close.who_unit", &[("who", &who)]),
        });
        let stage = ticket
            .stages
            .iter()
            .find(|s| s.ended_at.is_none() && matches!(s.stage, TicketClock::Confirm | TicketClock::Approve));
        if let Some(due) = stage.and_then(|s| s.due_at) {
            let key = if transfer { "close.due_approve" } else { "close.due" };
            part.lines.push(lang.fill(key, &[("at", &words::due(lang, due, now))]));
        }
    }
    let key = sealed::data_key(keys, ticket).ok();
    part.written = written(&ticket.events, at, (ticket.report_id, key.as_ref()), (lang, now));
    part
}

/// Where it comes from and goes to. The case's clock is the first ticket's, and no transfer resets it.
fn chain(ticket: &DeskTicket, unit: &dyn Fn(&str) -> String, lang: Lang, now: DateTime<Utc>) -> Vec<String> {
    let Some(chain) = &ticket.chain else { return Vec::new() };
    let mut lines = Vec::new();
    if ticket.state == TicketState::Returned && ticket.events.iter().any(|e| e.kind.is(EventKind::TransferWithdrawn)) {
        lines.push(lang.t("close.withdrawn").to_owned());
    }
    let moved = ticket.events.iter().any(|e| e.kind.is(EventKind::TransferredIn));
    let returned = ticket.events.iter().any(|e| e.kind.is(EventKind::ReturnedIn));
    if let Some(from) = chain.from.as_ref().filter(|_| returned) {
        lines.push(lang.fill("motions.returned_from", &[("unit", &unit(from))]));
    }
    let joined = ticket.events.iter().find(|e| e.kind.is(EventKind::JoinedIn));
    if let Some(of) = joined.and_then(|e| e.detail.read::<OtherUnit>()) {
        lines.push(lang.fill("motions.joined_from", &[("unit", &unit(&of.unit))]));
    }
    if let Some(from) = chain.from.as_ref().filter(|_| moved) {
        lines.push(lang.fill("close.moved_from", &[("unit", &unit(from))]));
    }
    if let Some(to) = chain
        .to
        .as_ref()
        .filter(|_| ticket.outcome.as_deref() == Some(TRANSFERRED))
    {
        lines.push(lang.fill("close.moved_to", &[("unit", &unit(&to.unit))]));
    }
    let Some(first) = chain.first.as_ref().filter(|_| moved || returned) else {
        return lines;
    };
    let began = chain.case_dispatched_at.unwrap_or(first.dispatched_at);
    let key = if moved {
        "close.case_clock"
    } else {
        "motions.case_clock"
    };
    lines.push(lang.fill(key, &[("at", &words::moment(lang, began, now))]));
    let dues = first.dues.iter().flatten();
    let mut dues: Vec<_> = dues.filter_map(|(stage, due)| Some((stage, (*due)?))).collect();
    dues.sort_by_key(|(stage, due)| (*due, stage.as_str()));
    for (stage, due) in dues {
        lines.push(lang.fill(
            "close.first_due",
            &[
                ("unit", &unit(&first.unit)),
                ("stage", words::stage(lang, *stage)),
                ("at", &words::due(lang, due, now)),
            ],
        ));
    }
    lines
}
