//! What nobody fetched for a unit on a closed network, in words and for programs.

use casework::{calendar::rfc3339, pack::Pack, words::Urgency};
use chrono::{DateTime, Utc};
use platform::{
    store::{FileState, FolderLate, ReportId, TicketId},
    text::Lang,
};
use serde::Serialize;

use super::{answers, call::call, line::Line};
use crate::internal::page::{tail, words};

/// In words.
pub(super) fn say(late: &FolderLate, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let key = match late.state {
        FileState::Queued => "arrivals.unwritten",
        _ => "arrivals.unfetched",
    };
    let obligation = pack.vocabulary().obligations.label(&late.obligation, lang.pack());
    Line {
        id: format!("folder-{}-{}", late.unit, late.ticket_id),
        href: format!("/board/tickets/{}#told", late.ticket_id),
        brief: String::new(),
        tone: "late",
        unit: late.unit_name.clone(),
        what: format!("{obligation} · {}", tail(&late.report_id.to_string())),
        urgency: words::urgency(lang, late.urgency),
        since: words::fill(lang, key, "span", words::span(lang, now - late.since)),
        level: String::new(),
        drill: late.drill,
        hot: late.urgency == Urgency::P1,
        call: Some(call(&late.call)),
        again: None,
        cure: None,
    }
}

/// For programs.
#[derive(Serialize)]
pub(super) struct Unfetched {
    ticket_id: TicketId,
    report_id: ReportId,
    unit: String,
    unit_name: String,
    obligation: String,
    urgency: Urgency,
    since: String,
    /// `written` and not fetched, or still `queued`.
    state: FileState,
    call: answers::Call,
    drill: bool,
}

impl From<FolderLate> for Unfetched {
    fn from(late: FolderLate) -> Self {
        Self {
            ticket_id: late.ticket_id,
            report_id: late.report_id,
            unit: late.unit,
            unit_name: late.unit_name,
            obligation: late.obligation,
            urgency: late.urgency,
            since: rfc3339(late.since),
            state: late.state,
            call: late.call.0.into(),
            drill: late.drill,
        }
    }
}
