//! Why a ticket leads, or which one does. A person who settles a triage may choose otherwise than the ranking.

use crate::pack::Pack;
use crate::routing::{Decision, PlannedTicket};
use crate::words::Lang;

/// What people call an obligation.
pub(crate) fn label(pack: &Pack, obligation: &str) -> String {
    pack.vocabulary().obligations.label(obligation, Lang::Zh).to_owned()
}

/// One sentence.
pub(crate) fn said(pack: &Pack, decision: &Decision, ticket: &PlannedTicket) -> String {
    let ranking = pack.rules().ranking();
    let rank = |ticket: &PlannedTicket| ranking.rank(&ticket.obligation, &ticket.unit_kind);
    let place = |ticket: &PlannedTicket| match rank(ticket) {
        u32::MAX => "未列入主办次序表".to_owned(),
        rank => format!("主办次序表第{rank}位"),
    };
    let count = decision.tickets.len();
    if ticket.lead && count == 1 {
        return format!("本报告只派出这一张工单，由它主办（{}）。", place(ticket));
    }
    if ticket.lead {
        let first = decision.tickets.iter().all(|other| rank(ticket) <= rank(other));
        return match (first, ticket.is_by_hand()) {
            (true, _) => format!("本报告共{count}张工单，本工单次序最前（{}），由它主办。", place(ticket)),
            (false, true) => format!(
                "本报告共{count}张工单，办公室研判后指定的这一张主办（{}）。",
                place(ticket)
            ),
            (false, false) => format!(
                "本报告共{count}张工单，派出本工单的那次分派由它主办（{}）。",
                place(ticket)
            ),
        };
    }
    let Some(lead) = decision.tickets.iter().find(|other| other.lead) else {
        return format!("本工单为协办（{}）。", place(ticket));
    };
    let behind = if rank(lead) <= rank(ticket) {
        "本工单次序在后"
    } else {
        "本工单是另一次分派的"
    };
    let (what, at) = (label(pack, &lead.obligation), place(lead));
    format!("主办是“{what}”（{at}）；{behind}（{}），为协办。", place(ticket))
}
