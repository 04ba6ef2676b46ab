//! How far a report has come, in the words that its reporter may read.
//!
//! Everybody learns three things: received, passed on, finished, and whether something is late. Those who must report by
//! profession (and the police) also learn that it was signed, by the police too, and that somebody saw the child, each with
//! the time by which it is due, because they answer for having reported. Relatives, the public and a child's own telephone
//! don't: a suspect may be reading, and a time at which the police must be there is a warning.
//!
//! Steps follow the tickets that exist. A step is done only by its own act: seen is a recorded contact, finished is the
//! state of every ticket, and a ticket whose closing waits for confirmation is not finished.

use casework::ticket::TicketState;
use casework::words::{ReporterKind, TicketClock};
use chrono::{DateTime, Utc};
use platform::store::{Loose, ReportStatus, StatusStage, StatusTicket};
use serde::Serialize;

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// 已收到
    Received,
    /// 人工研判中: at the office, not yet with a unit.
    Triage,
    /// 已交办
    Dispatched,
    /// 已办结
    Resolved,
    /// 经批准终止办理: every ticket of it.
    Waived,
}

/// What can be done about a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum StepName {
    Received,
    Triage,
    Dispatched,
    PoliceSigned,
    Signed,
    ChildSeen,
    Resolved,
}

impl StepName {
    /// Last part of its text's key.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Triage => "triage",
            Self::Dispatched => "dispatched",
            Self::PoliceSigned => "police-signed",
            Self::Signed => "signed",
            Self::ChildSeen => "child-seen",
            Self::Resolved => "resolved",
        }
    }
}

/// Who was told that something is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Told {
    Unit,
    Office,
    LeadingGroup,
}

impl Told {
    /// Last part of its text's key.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Office => "office",
            Self::LeadingGroup => "leading-group",
        }
    }

    /// By the kind of the notice. A reminder before the due time is not about lateness.
    fn by(kind: &str) -> Option<Self> {
        match kind {
            "urge" | "advisory-letter" => Some(Self::Unit),
            "supervise" => Some(Self::Office),
            "supervise-letter" => Some(Self::LeadingGroup),
            _ => None,
        }
    }
}

/// One step: done at a time, or due by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Step {
    pub(super) step: StepName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) due_at: Option<DateTime<Utc>>,
    /// The due time may move: it reads days whose calendar is not published.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) provisional: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) late: bool,
    /// Who was really told that it is late.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) told: Vec<Told>,
    /// A unit asked to close and waits for another person's confirmation.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) close_requested: bool,
    /// It ended without this: every unit closed, nobody recorded to have seen the child.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) missed: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Step {
    fn done(step: StepName, at: Option<DateTime<Utc>>) -> Self {
        Self {
            step,
            at,
            due_at: None,
            provisional: false,
            late: false,
            told: Vec::new(),
            close_requested: false,
            missed: false,
        }
    }

    /// Not done: due when the first of its clocks is, or late.
    fn open<'s>(step: StepName, clocks: impl Iterator<Item = &'s StatusStage>, now: DateTime<Utc>) -> Self {
        let running: Vec<_> = clocks.filter(|clock| clock.ended_at.is_none()).collect();
        let first = running
            .iter()
            .filter_map(|clock| Some((clock.due_at?, clock.provisional)))
            .min();
        let mut told: Vec<_> = running
            .iter()
            .filter(|clock| clock.due_at.is_some_and(|due| due <= now))
            .flat_map(|clock| clock.sent.iter().filter_map(|kind| Told::by(kind)))
            .collect();
        told.sort_unstable();
        told.dedup();
        Self {
            due_at: first.map(|(due, _)| due),
            provisional: first.is_some_and(|(_, provisional)| provisional),
            late: first.is_some_and(|(due, _)| due <= now),
            told,
            ..Self::done(step, None)
        }
    }
}

/// What may be shown; a time is absent when it hasn't come or isn't for this reporter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Progress {
    pub(super) state: State,
    pub(super) received_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dispatched_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) police_signed_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) child_seen_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resolved_at: Option<DateTime<Utc>>,
    /// Some clock of some unit ran out and still runs.
    pub(super) late: bool,
    /// Some of its tickets were ended with the office's approval, and are in none of the steps.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) waived: bool,
    pub(super) steps: Vec<Step>,
    /// Who was really told about what is late, of any step.
    #[serde(skip)]
    pub(super) told: Vec<Told>,
}

impl Progress {
    /// From what the database says, at a moment.
    pub(super) fn of(status: &ReportStatus, now: DateTime<Utc>) -> Self {
        use ReporterKind::{ChildDirector, Doctor, Police, SocialWorker, Teacher};
        let kind = status.reporter_kind.as_ref().and_then(Loose::known);
        let professional = matches!(kind, Some(Teacher | Doctor | ChildDirector | SocialWorker | Police));
        let tickets = &status.tickets;
        let mut steps = vec![Step::done(StepName::Received, Some(status.received_at))];
        // Where all of it was waived nothing is waited for.
        let over = tickets.is_empty() && status.waived;
        if over {
            return Self {
                state: State::Waived,
                received_at: status.received_at,
                dispatched_at: None,
                police_signed_at: None,
                child_seen_at: None,
                resolved_at: None,
                late: false,
                waived: true,
                steps,
                told: Vec::new(),
            };
        }
        steps.extend(passed_on(tickets, now));
        if professional {
            steps.extend(police(tickets, now));
            steps.extend(signed(tickets, now));
            steps.extend(seen(tickets, now));
        }
        steps.push(resolved(tickets, professional, now));
        let at = |name| steps.iter().find(|step| step.step == name).and_then(|step| step.at);
        let all = Step::open(StepName::Resolved, clocks(tickets, None), now);
        let state = if at(StepName::Resolved).is_some() {
            State::Resolved
        } else if at(StepName::Dispatched).is_some() {
            State::Dispatched
        } else if at(StepName::Triage).is_some() {
            State::Triage
        } else {
            State::Received
        };
        Self {
            state,
            received_at: status.received_at,
            dispatched_at: at(StepName::Dispatched),
            police_signed_at: at(StepName::PoliceSigned),
            child_seen_at: at(StepName::ChildSeen),
            resolved_at: at(StepName::Resolved),
            late: all.late,
            waived: status.waived,
            told: all.told,
            steps,
        }
    }
}

fn clocks(tickets: &[StatusTicket], stage: Option<TicketClock>) -> impl Iterator<Item = &StatusStage> {
    tickets
        .iter()
        .flat_map(|ticket| &ticket.stages)
        .filter(move |clock| stage.is_none() || clock.stage == stage)
}

/// Handed to units; or to the office first, where no rule could say whose it is.
fn passed_on(tickets: &[StatusTicket], now: DateTime<Utc>) -> Vec<Step> {
    let first = |triage: bool| {
        let times = tickets.iter().filter(|ticket| ticket.triage == triage);
        times.map(|ticket| ticket.dispatched_at).min()
    };
    match (first(false), first(true)) {
        (Some(at), _) => vec![Step::done(StepName::Dispatched, Some(at))],
        (None, Some(at)) => {
            let handing = Step::open(StepName::Dispatched, clocks(tickets, Some(TicketClock::Resolve)), now);
            let settled = tickets.iter().all(is_closed);
            let mut steps = vec![Step::done(StepName::Triage, Some(at))];
            // The office may settle it without a unit; then nothing is handed on any more.
            steps.extend((!settled).then_some(handing));
            steps
        }
        (None, None) => vec![Step::done(StepName::Dispatched, None)],
    }
}

fn police(tickets: &[StatusTicket], now: DateTime<Utc>) -> Option<Step> {
    let mine: Vec<_> = tickets.iter().filter(|ticket| ticket.police).cloned().collect();
    signing(StepName::PoliceSigned, &mine, now)
}

/// All units but the police, which has a step of its own.
fn signed(tickets: &[StatusTicket], now: DateTime<Utc>) -> Option<Step> {
    let mine: Vec<_> = tickets
        .iter()
        .filter(|ticket| !ticket.police && !ticket.triage)
        .cloned()
        .collect();
    signing(StepName::Signed, &mine, now)
}

fn signing(name: StepName, tickets: &[StatusTicket], now: DateTime<Utc>) -> Option<Step> {
    if tickets.is_empty() {
        return None;
    }
    let all: Option<Vec<_>> = tickets.iter().map(|ticket| ticket.signed_at).collect();
    Some(match all.and_then(|times| times.into_iter().max()) {
        Some(at) => Step::done(name, Some(at)),
        None => Step::open(name, clocks(tickets, Some(TicketClock::Sign)), now),
    })
}

fn seen(tickets: &[StatusTicket], now: DateTime<Utc>) -> Option<Step> {
    let at = tickets.iter().filter_map(|ticket| ticket.seen_at).min();
    if at.is_some() {
        return Some(Step::done(StepName::ChildSeen, at));
    }
    clocks(tickets, Some(TicketClock::Contact)).next()?;
    Some(Step {
        missed: clocks(tickets, Some(TicketClock::Contact)).all(|clock| clock.ended_at.is_some()),
        ..Step::open(StepName::ChildSeen, clocks(tickets, Some(TicketClock::Contact)), now)
    })
}

fn is_closed(ticket: &StatusTicket) -> bool {
    // A word that this program doesn't know yet is not the end.
    ticket.state.is_some_and(TicketState::is_resolved)
}

/// Done when every ticket is closed. Due when the last one is; late as soon as one is.
fn resolved(tickets: &[StatusTicket], professional: bool, now: DateTime<Utc>) -> Step {
    if !tickets.is_empty() && tickets.iter().all(is_closed) {
        let at = tickets.iter().filter_map(|ticket| ticket.resolved_at).max();
        return Step::done(StepName::Resolved, at);
    }
    let handed: Vec<_> = tickets.iter().filter(|ticket| !ticket.triage).cloned().collect();
    let mut step = Step::open(StepName::Resolved, clocks(&handed, Some(TicketClock::Resolve)), now);
    if !step.late {
        let running = || clocks(&handed, Some(TicketClock::Resolve)).filter(|clock| clock.ended_at.is_none());
        let last = running()
            .filter_map(|clock| Some((clock.due_at?, clock.provisional)))
            .max();
        let known = running().all(|clock| clock.due_at.is_some());
        step.due_at = last.filter(|_| known).map(|(due, _)| due);
        step.provisional = known && last.is_some_and(|(_, provisional)| provisional);
    }
    step.close_requested = professional
        && tickets
            .iter()
            .any(|ticket| ticket.state == Some(TicketState::CloseRequested));
    step
}

#[cfg(test)]
mod tests;
