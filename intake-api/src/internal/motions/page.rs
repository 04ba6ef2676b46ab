//! `GET /motions/{id}`: one motion with what the unit wrote; the office decides it here.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::calendar::shanghai;
use casework::county::Units;
use casework::pack::Pack;
use casework::ticket::closing::{Place, transfer};
use casework::ticket::motion::{MotionKind, RETURNS};
use chrono::TimeDelta;
use platform::{
    clock,
    store::{MotionCase, MotionId, Role},
    text::Lang,
};

use super::words::{Line, line};
use crate::internal::{
    By, Visit,
    again::{Again, Fields},
    auth::Overseer,
    board::{facts, look::look},
    desk::{Choice, sealed, timeline_notes, units_by_kind},
    error::PageError,
    page::{
        Frame, render,
        words::{self, Telling},
    },
};

#[derive(Template)]
#[template(path = "internal/motions/page.html")]
struct MotionPage {
    frame: Frame,
    line: Line,
    version: i32,
    decide: bool,
    is_return: bool,
    /// Whom the office may name.
    units: Vec<(String, Vec<Choice>)>,
    /// The unit that is chosen.
    unit: String,
    /// The day until which more time is asked.
    until: String,
    /// It was returned before; whom the office names now keeps it.
    last: bool,
    written: Vec<(&'static str, String)>,
    facts: Vec<(&'static str, String)>,
    case_clock: String,
    notice: Option<String>,
    reason: String,
}

/// `GET /motions/{id}`
pub(super) async fn page(by: By<Overseer>, Path(id): Path<MotionId>) -> Result<Response, PageError> {
    show(&by, id, Again::default()).await
}

/// The page, with what was typed for an act that was refused.
pub(super) async fn show(visit: &Visit, id: MotionId, again: Again<Fields>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let case = internal.office.motion_case(&internal.county, id).await?;
    let case = case.ok_or(PageError::NotFound)?;
    let m = &case.motion;
    let opened = look(visit, m.report_id, Some(m.ticket_id)).await?;
    let loaded = internal.pack.current();
    let how = Telling {
        pack: &loaded.pack,
        lang,
        now,
    };
    let line = line(m, how);
    let office = visit.actor.is(&[Role::Office]);
    let decide = office && line.waits;
    let is_return = m.kind == MotionKind::Return;
    let typed = |name: &str, otherwise: String| again.fields.get(name).cloned().unwrap_or(otherwise);
    let asked_until = m.wanted_due.map(|due| {
        let last = (due - TimeDelta::seconds(1)).with_timezone(&shanghai());
        last.format("%Y-%m-%d").to_string()
    });
    let page = MotionPage {
        // Oversight reads that something is asked; what was written is for who decides.
        written: if office { written(visit, &case) } else { Vec::new() },
        version: m.version,
        decide,
        is_return,
        units: if decide && is_return {
            nameable(&loaded.pack, &case, lang)
        } else {
            Vec::new()
        },
        unit: typed("unit", m.wanted_unit.clone().unwrap_or_default()),
        until: typed("until", asked_until.unwrap_or_default()),
        last: is_return && case.returns + 1 >= RETURNS,
        facts: facts::lines(&opened, &loaded.pack, lang),
        case_clock: case
            .case_dispatched_at
            .map(|at| words::fill(lang, "motions.case_clock", "at", words::moment(lang, at, now)))
            .unwrap_or_default(),
        notice: again.said,
        reason: typed("reason", String::new()),
        line,
        frame: visit.frame("/motions"),
    };
    Ok(render(again.status, &page))
}

/// Why it is asked, and what the office wrote when it decided.
fn written(visit: &Visit, case: &MotionCase) -> Vec<(&'static str, String)> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let report = case.motion.report_id;
    let Ok(key) = internal.keys.open_data_key(report, &case.data_key) else {
        return vec![(lang.t("motions.reason"), lang.t("desk.shut_here").to_owned())];
    };
    let note = |sealed: &[u8]| sealed::note(&key, report, &hex::encode(sealed));
    let texts = [Some(&case.reason), case.decided_note.as_ref()].into_iter().flatten();
    texts
        .filter_map(|sealed| note(sealed))
        .flat_map(|note| timeline_notes(note, lang, now))
        .collect()
}

/// Units that the office may name instead: what a transfer allows.
fn nameable(pack: &Pack, case: &MotionCase, lang: Lang) -> Vec<(String, Vec<Choice>)> {
    units_by_kind(pack, lang, |code| may_name(pack, case, code))
}

/// Whether this unit may take over.
pub(super) fn may_name(pack: &Pack, case: &MotionCase, code: &str) -> bool {
    let units: &Units = pack.units();
    let place = |code: &str| units.get(code).map(|unit| (unit.code.clone(), unit.kind.clone()));
    let Some((unit, kind)) = place(code) else { return false };
    let m = &case.motion;
    let from = place(&m.unit).unwrap_or_else(|| (m.unit.clone(), String::new()));
    transfer(
        &m.obligation,
        m.urgency,
        Place {
            unit: &from.0,
            kind: &from.1,
        },
        Place {
            unit: &unit,
            kind: &kind,
        },
    )
    .is_ok()
}
