//! One ticket of a mail: what it asks, its deadlines, its bases.

use std::str::FromStr;

use casework::calendar::Limit;
use casework::pack::Pack;
use casework::routing::Basis;
use casework::words::{Grade, Lang as PackLang, TicketClock};
use casework::zh;
use chrono::{DateTime, Utc};
use platform::store::{Ended, LeasedNotice, NoticeKind, NoticeStage, NoticeTicket};

use super::{
    facts,
    row::Row,
    texts::{fill, t},
    when::{Due, moment},
};

/// One stage.
#[derive(Debug, Clone)]
pub(crate) struct StageRow {
    pub(crate) clock: TicketClock,
    pub(crate) name: &'static str,
    /// `None` while its clock has not started.
    pub(crate) due: Option<Due>,
    pub(crate) ended: bool,
    /// The due, the start event it waits for, or when it was done.
    pub(crate) when: String,
    pub(crate) over: bool,
    pub(crate) provisional: bool,
    /// `时限30分钟 · 本县规定`
    pub(crate) source: String,
}

/// One ticket in words.
#[derive(Debug, Clone)]
pub(crate) struct TicketView {
    pub(crate) obligation: String,
    pub(crate) unit_name: String,
    /// Held by the recipient.
    pub(crate) own: bool,
    pub(crate) link: String,
    pub(crate) closed: Option<DateTime<Utc>>,
    /// Clocks that the notice is about.
    pub(crate) about: Vec<TicketClock>,
    pub(crate) rows: Vec<Row>,
    pub(crate) stages: Vec<StageRow>,
    pub(crate) bases: Vec<String>,
}

impl TicketView {
    pub(super) fn new(
        ticket: &NoticeTicket,
        notice: &LeasedNotice,
        pack: &Pack,
        link: String,
        as_of: DateTime<Utc>,
    ) -> Self {
        let own = ticket.unit == notice.unit;
        let role = t(if ticket.lead {
            "notice.value.lead"
        } else {
            "notice.value.assist"
        });
        let mut rows = vec![Row::new("role", role.into())];
        if !own {
            rows.push(Row::new("holder", ticket.unit_name.clone()));
        }
        // What asked the ticket, as it was written down at its dispatch.
        rows.extend(facts::situations(&ticket.own, pack).map(|named| Row::new("situations", named)));
        rows.push(Row::new("dispatched", moment(ticket.dispatched_at)));
        let outcome = |code: &String| pack.vocabulary().outcomes.label(code, PackLang::Zh).to_owned();
        rows.extend(
            ticket
                .close_outcome
                .as_ref()
                .map(|code| Row::new("outcome-asked", outcome(code))),
        );
        rows.extend(ticket.transfer_to.clone().map(|to| Row::new("transfer-to", to)));
        rows.extend(ticket.closed_at.map(|at| Row::new("closed", moment(at))));
        Self {
            obligation: pack
                .vocabulary()
                .obligations
                .label(&ticket.obligation, PackLang::Zh)
                .to_owned(),
            unit_name: ticket.unit_name.clone(),
            own,
            link,
            closed: ticket.closed_at,
            about: ticket.about.clone(),
            rows,
            stages: ticket
                .stages
                .iter()
                .map(|stage| stage_row(stage, pack, as_of))
                .collect(),
            bases: ticket.basis.iter().map(|each| basis(pack, each)).collect(),
        }
    }

    /// The stages that the notice is about and that are not done.
    pub(super) fn open_about(&self) -> impl Iterator<Item = &StageRow> {
        self.stages
            .iter()
            .filter(|stage| !stage.ended && self.about.contains(&stage.clock))
    }
}

/// What a step is about, in one sentence: `“接报处置”的签收已于…到期；…`
pub(super) fn listed(tickets: &[TicketView], notice: &LeasedNotice, as_of: DateTime<Utc>) -> String {
    let item = |ticket: &TicketView, stage: &StageRow| {
        let when = stage.due.map_or_else(String::new, |due| {
            let key = if due.is_past(as_of) {
                "notice.past-at"
            } else {
                "notice.coming-at"
            };
            fill(key, &[("due", &due.full())])
        });
        let key = if ticket.own || notice.kind == NoticeKind::AdvisoryLetter {
            "notice.item.own"
        } else {
            "notice.item.other"
        };
        let values = [
            ("unit", ticket.unit_name.as_str()),
            ("obligation", ticket.obligation.as_str()),
            ("stage", stage.name),
            ("when", when.as_str()),
        ];
        fill(key, &values)
    };
    let items = tickets
        .iter()
        .flat_map(|ticket| ticket.open_about().map(move |stage| item(ticket, stage)));
    items.collect::<Vec<_>>().join("；")
}

fn stage_row(stage: &NoticeStage, pack: &Pack, as_of: DateTime<Utc>) -> StageRow {
    let due = stage.due_at.map(|at| Due::new(at, &stage.time_limit));
    let open_due = due.filter(|_| stage.ended_at.is_none());
    let event = pack.vocabulary().events.label(&stage.start_event, PackLang::Zh);
    let limit = Limit::from_str(&stage.time_limit).map_or_else(|_| stage.time_limit.clone(), Limit::zh);
    let limit = fill("notice.limit", &[("limit", &limit)]);
    StageRow {
        clock: stage.stage,
        name: stage.stage.zh(),
        due,
        ended: stage.ended_at.is_some(),
        when: match (stage.ended_at, due) {
            // Taken back with the transfer that asked for it.
            (Some(at), _) if stage.ended_how == Some(Ended::Void) => fill("notice.void", &[("at", &moment(at))]),
            // What closing ended was not done, and what was taken away neither.
            (Some(at), _) if stage.ended_how.is_some_and(|how| how != Ended::Act) => {
                fill("notice.not-done", &[("at", &moment(at))])
            }
            (Some(at), _) => fill("notice.done", &[("at", &moment(at))]),
            (None, Some(due)) => fill("notice.before", &[("due", &due.full())]),
            (None, None) => fill("notice.not-started", &[("event", event)]),
        },
        over: open_due.is_some_and(|due| due.is_past(as_of)),
        provisional: stage.provisional && stage.ended_at.is_none(),
        source: format!("{limit} · {}", source(pack, &stage.basis, stage.grade)),
    }
}

fn basis(pack: &Pack, basis: &Basis) -> String {
    source(pack, &basis.text, basis.grade)
}

/// A source by its title. Grades belong to whoever edits the rules; but what is the county's own never looks like law.
fn source(pack: &Pack, text: &str, grade: Grade) -> String {
    let said = zh::cited(pack.phrases(), text);
    if grade == Grade::P && !zh::names_county(&said) {
        return fill("notice.policy", &[("basis", &said)]);
    }
    said
}
