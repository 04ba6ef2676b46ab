//! A decision in Chinese, for a person at a terminal.

use std::fmt::Write;

use super::basis_zh;
use crate::calendar::rfc3339;
use crate::pack::Pack;
use crate::routing::{Decision, PlannedTicket};
use crate::words::{Handling, Lang};

/// Everything on one screen: tickets with deadlines, what was not sent, why a person must look.
pub fn decision(pack: &Pack, file: &str, decision: &Decision) -> String {
    let mut out = format!("{file}  {}({})\n", decision.urgency.zh(), decision.urgency);
    for ticket in &decision.tickets {
        self::ticket(pack, ticket, &mut out);
    }
    for unsent in &decision.unsent {
        let obligation = pack.vocabulary().obligations.label(&unsent.obligation, Lang::Zh);
        let kind = pack.vocabulary().unit_kinds.label(&unsent.unit_kind, Lang::Zh);
        let _ = writeln!(out, "  未派出：{obligation}，无对应的{kind}");
    }
    for reason in &decision.triage_reasons {
        let _ = writeln!(out, "  待人工研判：{reason}");
    }
    out
}

fn ticket(pack: &Pack, ticket: &PlannedTicket, out: &mut String) {
    let role = Handling::of(ticket.lead).zh();
    let obligation = pack.vocabulary().obligations.label(&ticket.obligation, Lang::Zh);
    let unit = pack
        .units()
        .get(&ticket.unit)
        .map_or(ticket.unit.as_str(), |unit| &unit.name);
    let _ = writeln!(out, "  {role} {obligation} -> {unit}({})", ticket.unit);
    for stage in &ticket.stages {
        let start = pack.vocabulary().events.label(&stage.start, Lang::Zh);
        let due = stage.due.map_or_else(|| format!("自{start}起算"), rfc3339);
        let provisional = if stage.provisional { "（暂定）" } else { "" };
        let zh = stage.stage.zh();
        let _ = writeln!(
            out,
            "      {zh} {} {due}{provisional}  依据：{} [{}]",
            stage.limit.zh(),
            basis_zh(pack.phrases(), &stage.basis),
            stage.grade
        );
    }
    for basis in &ticket.basis {
        let _ = writeln!(
            out,
            "      事项依据：{} [{}]",
            basis_zh(pack.phrases(), &basis.text),
            basis.grade
        );
    }
}
