//! `GET /drills`: what is planned, what was, how each unit did, and the form that plans another.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use casework::{calendar::shanghai, pack::Pack};
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    store::{Drill, DrillId, DrillRate, Role},
    text::Lang,
};

use super::{answers, typed::Typed};
use crate::internal::{
    Answer, By, Visit,
    again::Again,
    auth::Overseer,
    error::{ApiError, PageError},
    page::{Frame, minute, render, words},
};

/// How far back rates are told.
const YEAR: TimeDelta = TimeDelta::days(366);

pub(super) struct Line {
    pub(super) id: DrillId,
    pub(super) when: String,
    pub(super) units: String,
    pub(super) state: String,
    pub(super) monthly: bool,
    pub(super) withdrawable: bool,
}

struct Choice {
    code: String,
    name: String,
    chosen: bool,
}

/// The units of a kind: a county has hundreds, and on a telephone one opens the kind and taps.
struct Kind {
    name: String,
    units: Vec<Choice>,
}

impl Kind {
    /// Something of it was chosen: it stands open.
    fn open(&self) -> bool {
        self.units.iter().any(|unit| unit.chosen)
    }
}

#[derive(Template)]
#[template(path = "internal/drills/list.html")]
pub(super) struct ListPage {
    pub(super) frame: Frame,
    pub(super) lines: Vec<Line>,
    pub(super) rates: Vec<DrillRate>,
    pub(super) plan: Option<Plan>,
    pub(super) notice: Option<String>,
}

/// The form.
pub(super) struct Plan {
    typed: Typed,
    kinds: Vec<Kind>,
    random: bool,
    earliest: String,
    month: String,
}

/// The page.
pub(super) async fn page(by: By<Overseer>) -> Result<Response, PageError> {
    show(&by, Again::default()).await
}

/// The page, with a plan that was refused.
pub(super) async fn show(visit: &Visit, again: Again<Typed>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let drills = internal.board.drills(&internal.county).await?;
    let rates = internal.board.drill_rates(&internal.county, now - YEAR).await?;
    let office = visit.actor.is(&[Role::Office]);
    let loaded = internal.pack.current();
    let typed = again.fields;
    let plan = office.then(|| Plan {
        kinds: kinds(&loaded.pack, &typed.units, lang),
        random: typed.when == "random",
        earliest: minute::local(now),
        month: now.with_timezone(&shanghai()).format("%Y-%m").to_string(),
        typed,
    });
    let page = ListPage {
        frame: visit.frame("/board"),
        lines: drills.iter().map(|drill| line(drill, office, lang, now)).collect(),
        rates,
        plan,
        notice: again.said,
    };
    Ok(render(again.status, &page))
}

/// All units by their kind, in the order of the pack.
fn kinds(pack: &Pack, chosen: &[String], lang: Lang) -> Vec<Kind> {
    let mut kinds: Vec<(&str, Kind)> = Vec::new();
    for unit in pack.units().iter() {
        let choice = Choice {
            code: unit.code.clone(),
            name: unit.name.clone(),
            chosen: chosen.contains(&unit.code),
        };
        match kinds.iter_mut().find(|(kind, _)| *kind == unit.kind) {
            Some((_, kind)) => kind.units.push(choice),
            None => {
                let label = pack.vocabulary().unit_kinds.label(&unit.kind, lang.pack());
                let name = label.to_owned();
                let units = vec![choice];
                kinds.push((&unit.kind, Kind { name, units }));
            }
        }
    }
    kinds.into_iter().map(|(_, kind)| kind).collect()
}

/// A drill in words.
pub(super) fn line(drill: &Drill, office: bool, lang: Lang, now: DateTime<Utc>) -> Line {
    let when = match drill.started_at.or(drill.at) {
        Some(at) => words::moment(lang, at, now),
        None => {
            let month = drill.month.with_timezone(&shanghai()).format("%Y-%m").to_string();
            lang.fill("drills.in_month", &[("month", &month)])
        }
    };
    let units = match (drill.started_at, drill.asked.len()) {
        (Some(_), _) => lang.fill("drills.units", &[("n", &drill.units.to_string())]),
        (None, 0) => lang.t("drills.all").to_owned(),
        (None, n) => lang.fill("drills.units", &[("n", &n.to_string())]),
    };
    let answered = [("n", drill.answered.to_string()), ("of", drill.units.to_string())];
    let answered = answered.each_ref().map(|(name, value)| (*name, value.as_str()));
    let state = match (drill.withdrawn_at, drill.started_at, drill.ended_at) {
        (Some(_), ..) => lang.t("drills.withdrawn").to_owned(),
        (None, None, _) => lang.t("drills.planned").to_owned(),
        (None, Some(_), None) => lang.fill("drills.rings", &answered),
        (None, Some(_), Some(_)) => lang.fill("drills.ended", &answered),
    };
    Line {
        id: drill.id,
        when: if drill.round > 1 {
            format!(
                "{when} · {}",
                lang.fill("drills.round", &[("n", &drill.round.to_string())])
            )
        } else {
            when
        },
        units,
        state,
        monthly: drill.monthly,
        withdrawable: office && drill.started_at.is_none() && drill.withdrawn_at.is_none(),
    }
}

/// `GET /api/v1/drills`
pub(super) async fn api(by: By<Overseer>) -> Result<Answer<answers::Drills>, ApiError> {
    let (board, county) = (&by.internal.board, &by.internal.county);
    let drills = board.drills(county).await?;
    let rates = board.drill_rates(county, clock::now() - YEAR).await?;
    Ok(Answer(answers::Drills {
        drills: drills.into_iter().map(Into::into).collect(),
        rates: rates.into_iter().map(Into::into).collect(),
    }))
}

/// What a refused plan is answered with.
pub(super) const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::internal::testing;

    #[test]
    fn pages_of_drills() {
        let line = |id, when: &str, state: &str, withdrawable| Line {
            id: DrillId(id),
            when: when.into(),
            units: "所有单位".into(),
            state: state.into(),
            monthly: withdrawable,
            withdrawable,
        };
        let page = ListPage {
            frame: testing::frame(&[("office", Role::Office)], Lang::Zh, "/board"),
            lines: vec![
                line(2, "2026-12 月内随机时刻", "已计划", true),
                line(1, "11月24日 03:05", "2个单位中1个有人应答", false),
            ],
            rates: vec![DrillRate {
                name: "县公安局".into(),
                unit: "pol".into(),
                month: "2026-11".into(),
                called: 2,
                answered: 1,
            }],
            plan: Some(Plan {
                typed: Typed::default(),
                kinds: vec![Kind {
                    name: "公安".into(),
                    units: vec![Choice {
                        code: "pol".into(),
                        name: "县公安局".into(),
                        chosen: false,
                    }],
                }],
                random: false,
                earliest: "2026-11-24T16:05".into(),
                month: "2026-11".into(),
            }),
            notice: None,
        };
        testing::page("drills", &page);
    }
}
