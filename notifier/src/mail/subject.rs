//! The subject: one short line for a phone's list, without personal data.
//!
//! `【特急】待签收：接报处置 · 11月24日16:40前 · 20261124-7K3M`. The receipt is cut to the day and four characters, which
//! is enough to tell two mails apart; the body has all of it.

use chrono::{DateTime, Utc};
use platform::store::LeasedNotice;

use super::{
    about,
    texts::{fill, t},
    ticket::{StageRow, TicketView},
    view::{Tone, View},
};

pub(super) fn subject(notice: &LeasedNotice, view: &View, as_of: DateTime<Utc>) -> String {
    let what = t(&format!("notice.what.{}", view.tone.key()));
    let head = |about: &str| {
        fill(
            "notice.head",
            &[("urgency", view.urgency), ("what", what), ("about", about)],
        )
    };
    let obligation = obligations(&view.tickets);
    let mut parts = match view.tone {
        Tone::Dispatch | Tone::Reopened | Tone::StandIn | Tone::Letter | Tone::Triage => {
            let stages = view.tickets.iter().flat_map(|ticket| &ticket.stages);
            let next = earliest(stages.filter(|stage| !stage.ended));
            let before = next.map(|due| fill("notice.before", &[("due", &due)]));
            [Some(head(&obligation)), before].into_iter().flatten().collect()
        }
        Tone::Flood => vec![head(&view.title)],
        Tone::Act(_) => {
            let next = earliest(view.tickets.iter().flat_map(TicketView::open_about));
            let before = next.map(|due| fill("notice.before", &[("due", &due)]));
            let holder = holders(&view.tickets).map(|holder| head(&format!("{holder} {obligation}")));
            [Some(holder.unwrap_or_else(|| head(&obligation))), before]
                .into_iter()
                .flatten()
                .collect()
        }
        Tone::Subject(_) => vec![head(&about::line(notice))],
        Tone::Undeliverable => {
            let about = if notice.subject_kind.is_some() {
                about::line(notice)
            } else {
                obligation
            };
            vec![head(view.failed_unit.as_deref().unwrap_or_default()), about]
        }
        Tone::Opening(_) => vec![head(&obligation)],
        Tone::Step(_) => {
            let mut about = state(&view.tickets, as_of);
            if let Some(holder) = holders(&view.tickets) {
                about = format!("{holder} {about}");
            }
            vec![head(about.trim()), obligation]
        }
    };
    parts.extend(notice.report_id.filter(|_| notice.flood.is_none()).map(|report| {
        let receipt = report.to_string();
        receipt
            .rsplit_once('-')
            .map_or(receipt.as_str(), |(short, _)| short)
            .to_owned()
    }));
    let drill = if notice.drill { t("notice.drill") } else { "" };
    format!("{drill}{}", parts.join(" · "))
}

/// `接报处置`, `接报处置等3件`
fn obligations(tickets: &[TicketView]) -> String {
    let first = tickets.first().map_or("", |ticket| ticket.obligation.as_str());
    match tickets.len() {
        0 | 1 => first.to_owned(),
        n => fill("notice.several", &[("first", first), ("n", &n.to_string())]),
    }
}

/// Who holds the tickets, where that is somebody else.
fn holders(tickets: &[TicketView]) -> Option<String> {
    let mut names: Vec<&str> = tickets
        .iter()
        .filter(|ticket| !ticket.own)
        .map(|ticket| ticket.unit_name.as_str())
        .collect();
    names.dedup();
    let first = *names.first()?;
    Some(match names.len() {
        1 => first.to_owned(),
        n => fill("notice.units", &[("first", first), ("n", &n.to_string())]),
    })
}

/// `签收已超期`, `签收、首次见面核实11月24日16:40前`
fn state(tickets: &[TicketView], as_of: DateTime<Utc>) -> String {
    let open: Vec<&StageRow> = tickets.iter().flat_map(TicketView::open_about).collect();
    let mut names: Vec<&str> = Vec::new();
    for stage in &open {
        if !names.contains(&stage.name) {
            names.push(stage.name);
        }
    }
    let names = names.join("、");
    if !open.is_empty() && open.iter().all(|stage| stage.due.is_some_and(|due| due.is_past(as_of))) {
        return fill("notice.over", &[("stage", &names)]);
    }
    match earliest(open.into_iter()) {
        Some(due) => fill("notice.soon", &[("stage", &names), ("due", &due)]),
        None => t("notice.all-done").to_owned(),
    }
}

fn earliest<'a>(stages: impl Iterator<Item = &'a StageRow>) -> Option<String> {
    let due = stages.filter_map(|stage| stage.due).min_by_key(|due| due.moment());
    due.map(super::when::Due::short)
}
