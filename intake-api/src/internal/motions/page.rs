//! `GET /motions/{id}`: one motion with what the unit wrote; the office decides it here.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::calendar::shanghai;
use casework::county::{Term, Units};
use casework::pack::Pack;
use casework::ticket::closing::{Place, transfer};
use casework::ticket::motion::{MotionKind, RETURNS, may_join};
use casework::words::reserved::TRIAGE;
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
    kind: MotionKind,
    /// Whom the office may name.
    units: Vec<(String, Vec<Choice>)>,
    /// What a unit that joins may owe.
    obligations: Vec<Choice>,
    /// That is chosen.
    obligation: String,
    /// A waiver: nobody has agreed yet.
    first: bool,
    /// This person has agreed: another one confirms.
    mine: bool,
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
        kind: m.kind,
        first: m.agreed_account.is_none(),
        mine: m.agreed_account == Some(visit.me()),
        units: if decide {
            nameable(&loaded.pack, &case, lang)
        } else {
            Vec::new()
        },
        obligations: if decide && m.kind == MotionKind::Reinforcement {
            obligations(&loaded.pack, lang)
        } else {
            Vec::new()
        },
        obligation: typed("obligation", String::new()),
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

/// Units that the office may name: instead, what a transfer allows; besides, who may join with anything at all.
fn nameable(pack: &Pack, case: &MotionCase, lang: Lang) -> Vec<(String, Vec<Choice>)> {
    match case.motion.kind {
        MotionKind::Return => units_by_kind(pack, lang, |code| may_name(pack, case, code)),
        MotionKind::Extension | MotionKind::Waiver => Vec::new(),
        MotionKind::Reinforcement => units_by_kind(pack, lang, |code| {
            let mut offered = pack.vocabulary().obligations.offered();
            offered.any(|obligation| joins(pack, case, (&obligation.code, code)))
        }),
    }
}

/// What may be asked of a unit that joins.
fn obligations(pack: &Pack, lang: Lang) -> Vec<Choice> {
    let offered = pack.vocabulary().obligations.offered();
    let choice = |obligation: &Term| Choice {
        value: obligation.code.clone(),
        label: obligation.label.get(lang.pack()).to_owned(),
    };
    offered
        .filter(|obligation| obligation.code != TRIAGE)
        .map(choice)
        .collect()
}

/// Whether this unit may join with this.
pub(super) fn joins(pack: &Pack, case: &MotionCase, (obligation, unit): (&str, &str)) -> bool {
    let mut offered = pack.vocabulary().obligations.offered();
    let known = offered.any(|offered| offered.code == obligation);
    let unit = pack.units().get(unit).filter(|_| known);
    unit.is_some_and(|unit| {
        let place = Place {
            unit: &unit.code,
            kind: &unit.kind,
        };
        may_join(&case.motion.unit, obligation, place)
    })
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
