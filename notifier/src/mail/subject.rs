//! The subject: one short line for a phone's list, without personal data.
//!
//! `【特急】待签收：接报处置 · 16:40前 · 20261124-7K3M`. The receipt is cut to the day and four characters, which
//! is enough to tell two mails apart; the body has all of it.

use chrono::{DateTime, Utc};
use platform::{receipt::ReportId, store::LeasedNotice};

use super::{View, fill, t, view::Tone};

pub(super) fn subject(notice: &LeasedNotice, view: &View, as_of: DateTime<Utc>) -> String {
    let what = t(&format!("notice.what.{}", view.tone.key()));
    let head = |about: &str| {
        fill(
            "notice.head",
            &[("urgency", view.urgency), ("what", what), ("about", about)],
        )
    };
    let mut parts = match view.tone {
        Tone::Dispatch | Tone::Letter | Tone::Triage => {
            let next = view
                .stages
                .iter()
                .filter(|s| !s.ended)
                .filter_map(|s| s.due)
                .min_by_key(|due| due.moment());
            let before = next.map(|due| fill("notice.before", &[("due", &due.short(as_of))]));
            [Some(head(&view.obligation)), before].into_iter().flatten().collect()
        }
        Tone::Undeliverable => vec![
            head(view.failed_unit.as_deref().unwrap_or_default()),
            view.obligation.clone(),
        ],
        Tone::Step(_) => {
            let mut about = stage_state(notice, view, as_of);
            if notice.unit != notice.ticket_unit {
                about = format!("{} {about}", notice.ticket_unit_name);
            }
            vec![head(&about), view.obligation.clone()]
        }
    };
    let receipt = ReportId::from_db(notice.report_id).to_string();
    parts.push(
        receipt
            .rsplit_once('-')
            .map_or(receipt.as_str(), |(short, _)| short)
            .to_owned(),
    );
    let drill = if notice.drill { t("notice.drill") } else { "" };
    format!("{drill}{}", parts.join(" · "))
}

fn stage_state(notice: &LeasedNotice, view: &View, as_of: DateTime<Utc>) -> String {
    let Some(stage) = view.stage_of(notice) else {
        return String::new();
    };
    match stage.due.filter(|_| !stage.ended) {
        Some(due) if due.is_past(as_of) => fill("notice.over", &[("stage", &stage.name)]),
        Some(due) => fill("notice.soon", &[("stage", &stage.name), ("due", &due.short(as_of))]),
        None => stage.name.clone(),
    }
}
