//! `GET /triage/{report_id}`: one report that no rule could settle, with what a person may do about it.

use askama::Template;
use axum::{extract::Path, response::Response};
use platform::{
    clock,
    receipt::ReportId,
    store::{Loose, Role, TicketShown, TriageState},
    text::Lang,
};

use super::typed::Typed;
use crate::internal::{
    By, Visit,
    again::Again,
    auth::Overseer,
    board::{facts, look::look_as_holder},
    error::PageError,
    page::{Frame, render, tail, words},
};

#[derive(Template)]
#[template(path = "internal/triage/page.html")]
struct TriagePage {
    frame: Frame,
    report_id: ReportId,
    receipt: String,
    notice: Option<String>,
    holder: String,
    taken: bool,
    open: bool,
    closed: String,
    office: bool,
    reasons: Vec<String>,
    facts: Vec<(&'static str, String)>,
    police: Vec<String>,
    obligations: Vec<(String, String)>,
    /// By kind, because a county has hundreds: label of the kind, and code and name of each.
    units: Vec<(String, Vec<(String, String)>)>,
    typed: Typed,
}

/// `GET /triage/{report_id}`
pub(super) async fn page(by: By<Overseer>, Path(id): Path<ReportId>) -> Result<Response, PageError> {
    show(&by, id, Again::default()).await
}

/// Who holds it.
pub(super) fn holder(lang: Lang, by: Option<&str>) -> String {
    by.map_or_else(
        || lang.t("triage.nobody").to_owned(),
        |by| lang.fill("triage.taken_by", &[("by", by)]),
    )
}

/// The page after an act.
pub(super) async fn show(visit: &Visit, id: ReportId, again: Again<Typed>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let report = internal.office.report_to_route(id).await?;
    // Another county's report is no report of ours.
    let report = report.filter(|report| *report.county == *internal.county);
    let shown = internal.office.report_show(id).await?;
    let state = internal.board.triage_state(id).await?;
    let (Some(report), Some(shown)) = (report, shown) else {
        return Err(PageError::NotFound);
    };
    let tickets = shown.tickets.0;
    let reasons = shown.decisions.0.last().and_then(|last| last.triage_reasons.known());
    let ticket = tickets.iter().find(|t| t.obligation == "triage").map(|t| t.id);
    let opened = look_as_holder(visit, report.id, ticket).await?;
    let loaded = internal.pack.current();
    let words_in = lang.pack();
    let vocabulary = loaded.pack.vocabulary();
    let police = tickets.iter().filter(|t| t.obligation == "police-accept");
    let open = state.as_ref().is_some_and(|s| s.resolved_at.is_none());
    let closed = match &state {
        Some(TriageState {
            resolved_by: Some(by),
            resolved_at: Some(at),
            ..
        }) => lang.fill(
            "triage.closed_text",
            &[("by", by), ("at", &words::moment(lang, *at, now))],
        ),
        Some(_) => String::new(),
        None => lang.t("triage.none_text").to_owned(),
    };
    let units = units_by_kind(&loaded.pack, words_in);
    let obligations = vocabulary.obligations.offered().filter(|o| o.code != "triage");
    let signed_by = state.as_ref().and_then(|s| s.signed_by.as_deref());
    let page = TriagePage {
        report_id: id,
        receipt: id.to_string(),
        notice: again.said,
        holder: holder(lang, signed_by),
        taken: signed_by.is_some(),
        open,
        closed,
        office: visit.actor.is(&[Role::Office]),
        reasons: reasons.cloned().unwrap_or_default(),
        facts: facts::lines(&opened, &loaded.pack, lang),
        police: police.map(|t| police_line(t, &loaded.pack, lang)).collect(),
        obligations: obligations
            .map(|o| (o.code.clone(), o.label.get(words_in).to_owned()))
            .collect(),
        units,
        typed: again.fields,
        frame: visit.frame("/triage").titled(tail(&id.to_string())),
    };
    Ok(render(again.status, &page))
}

fn units_by_kind(pack: &casework::pack::Pack, lang: casework::words::Lang) -> Vec<(String, Vec<(String, String)>)> {
    let of_kind = |kind: &str| {
        let mut units: Vec<_> = pack
            .units()
            .iter()
            .filter(|u| u.kind == kind)
            .map(|u| (u.code.clone(), u.name.clone()))
            .collect();
        units.sort_by(|a, b| a.1.cmp(&b.1));
        units
    };
    let kinds = pack.vocabulary().unit_kinds.iter();
    let named = kinds.map(|kind| (kind.term.label.get(lang).to_owned(), of_kind(&kind.term.code)));
    named.filter(|(_, units)| !units.is_empty()).collect()
}

fn police_line(ticket: &TicketShown, pack: &casework::pack::Pack, lang: Lang) -> String {
    let unit = pack.units().get(&ticket.unit);
    let name = unit.map_or(ticket.unit.as_str(), |unit| unit.name.as_str());
    let state = match &ticket.state {
        Loose::Known(state) => words::state(lang, *state),
        Loose::Other(state) => state,
    };
    format!("{name} · {state}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::internal::testing;

    #[test]
    fn pages_of_a_report_without_a_unit() {
        let mut page = TriagePage {
            frame: testing::frame(&[("office", Role::Office)], Lang::Zh, "/triage"),
            report_id: ReportId::from_db(12),
            receipt: "SW-2026-0001".into(),
            notice: None,
            holder: holder(Lang::Zh, None),
            taken: false,
            open: true,
            closed: String::new(),
            office: true,
            reasons: vec!["地点不在本县".into()],
            facts: vec![("地点", "不详".into())],
            police: vec!["县公安局 · 待签收".into()],
            obligations: vec![("relief".into(), "救助".into())],
            units: vec![("镇政府".into(), vec![("chengguan".into(), "城关镇政府".into())])],
            typed: Typed::default(),
        };
        testing::page("triage", &page);
        page.notice = Some(Lang::Zh.t("triage.need_reason").to_owned());
        page.typed.unit = "chengguan".into();
        page.typed.reason = "<b>家在邻县</b>".into();
        testing::page("triage-refused", &page);
    }
}
