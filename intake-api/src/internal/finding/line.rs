//! A ticket of a list in words.

use casework::{pack::Pack, words::Urgency};
use platform::store::{TicketId, TicketLine};

use crate::internal::page::words::{self, Countdown, Telling};

/// One line in words.
pub(super) struct Line {
    pub(super) id: TicketId,
    /// For acts on several lines.
    pub(super) version: i32,
    /// Its page.
    pub(super) path: String,
    pub(super) obligation: String,
    pub(super) urgency: &'static str,
    /// 特急
    pub(super) strong: bool,
    /// 特急 without a signature: what must be seen first.
    pub(super) burning: bool,
    /// Place, sex and age, what is reported.
    pub(super) brief: String,
    pub(super) receipt: String,
    /// Page of the report, where somebody reads it without a ticket.
    pub(super) report: Option<String>,
    pub(super) unit: String,
    pub(super) assignee: Option<String>,
    pub(super) assignee_gone: bool,
    pub(super) role: &'static str,
    pub(super) state: &'static str,
    pub(super) countdown: Option<Countdown>,
    pub(super) received: String,
    pub(super) danger: bool,
    pub(super) drill: bool,
}

impl Line {
    /// In words; `county`: for who reads over the county.
    pub(super) fn of(line: &TicketLine, county: bool, telling: Telling<'_>) -> Self {
        let Telling { pack, lang, now } = telling;
        let ticket = &line.ticket;
        let obligations = &pack.vocabulary().obligations;
        Self {
            id: ticket.id,
            version: line.version,
            path: if county {
                format!("/board/tickets/{}", ticket.id)
            } else {
                format!("/tickets/{}", ticket.id)
            },
            obligation: obligations.label(&ticket.obligation, lang.pack()).to_owned(),
            urgency: words::urgency(lang, ticket.urgency),
            strong: ticket.urgency == Urgency::P1,
            burning: ticket.urgency == Urgency::P1 && ticket.state.is_unsigned(),
            brief: words::brief(lang, pack, &ticket.facts),
            receipt: ticket.report_id.to_string(),
            report: county.then(|| format!("/reports/{}", ticket.report_id.get())),
            unit: unit(pack, &ticket.unit, lang),
            assignee: ticket.assignee_name.clone(),
            assignee_gone: ticket.assignee_gone,
            role: words::role(lang, ticket.lead),
            state: words::state(lang, ticket.state),
            // The page does not refresh itself: it says times of the day.
            countdown: ticket
                .next_stage
                .map(|stage| words::fixed(lang, Some(*stage), ticket.next_due_at, now)),
            received: words::moment(lang, line.received_at, now),
            danger: ticket.present_danger,
            drill: ticket.drill,
        }
    }
}

/// The unit without the county's name, which everybody here knows.
pub(super) fn unit(pack: &Pack, code: &str, lang: platform::text::Lang) -> String {
    let name = words::unit_name(pack, code);
    match name.strip_prefix(pack.county_name(lang.pack())) {
        Some(short) if !short.is_empty() => short.to_owned(),
        _ => name,
    }
}
