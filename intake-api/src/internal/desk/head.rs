//! A ticket by its name, for pages that show no report.

use casework::{pack::Pack, words::Urgency};
use platform::{
    store::{DeskTicket, TicketId},
    text::Lang,
};

use crate::internal::page::words;

/// What names a ticket, and says nothing of its report.
pub(crate) struct Head {
    pub(crate) id: TicketId,
    pub(crate) version: i32,
    pub(crate) receipt: String,
    pub(crate) obligation: String,
    pub(crate) unit: String,
    pub(crate) state: &'static str,
    pub(crate) urgency: &'static str,
    pub(crate) hot: bool,
}

/// The head of a page that shows no report.
pub(crate) fn head(ticket: &DeskTicket, pack: &Pack, lang: Lang) -> Head {
    let obligations = &pack.vocabulary().obligations;
    let unit = pack.units().get(&ticket.unit);
    Head {
        id: ticket.id,
        version: ticket.version,
        receipt: ticket.report_id.to_string(),
        obligation: obligations.label(&ticket.obligation, lang.pack()).to_owned(),
        unit: unit.map_or_else(|| ticket.unit.clone(), |unit| unit.name.clone()),
        state: words::state(lang, ticket.state),
        urgency: words::urgency(lang, ticket.urgency),
        hot: ticket.urgency == Urgency::P1,
    }
}
