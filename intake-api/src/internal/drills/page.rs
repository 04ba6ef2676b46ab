//! `GET /drills/{id}`: who answered, by what and how fast, who did not, and whose telephones did not work.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{Drill, DrillId, DrillUnit, DrillWrong, Role},
    text::Lang,
};
use serde::Deserialize;

use super::{
    answers,
    list::{Line, line},
};
use crate::internal::{
    Answer, By, Visit,
    again::Again,
    auth::Overseer,
    error::{ApiError, PageError},
    page::{Frame, render, words},
    rings::{cures::Choice, ladder::how},
};

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// Code of a unit whose answer came by telephone.
    #[serde(default)]
    unit: String,
}

struct UnitLine {
    unit: String,
    name: String,
    /// None: nobody did.
    answered: Option<String>,
    calls: String,
    /// The office may write down an answer by telephone.
    open: bool,
}

/// Who of a unit answered by telephone.
struct Record {
    unit: String,
    name: String,
    people: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "internal/drills/page.html")]
struct DrillPage {
    frame: Frame,
    line: Line,
    lines: Vec<UnitLine>,
    wrong: Vec<String>,
    record: Option<Record>,
    repeat: bool,
    notice: Option<String>,
}

/// The page.
pub(super) async fn page(
    by: By<Overseer>,
    Path(id): Path<DrillId>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    show(&by, (id, asked), Again::default()).await
}

/// The page, after an act that was refused.
pub(super) async fn show(visit: &Visit, (id, asked): (DrillId, Asked), again: Again) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let drill = internal.board.drill(&internal.county, id).await?;
    let drill = drill.ok_or(PageError::NotFound)?;
    let units = internal.board.drill_units(id).await?;
    let wrong = internal.board.drill_wrong(id).await?;
    let office = visit.actor.is(&[Role::Office]);
    let rings = office && drill.started_at.is_some() && drill.ended_at.is_none();
    let chosen = units
        .iter()
        .find(|unit| rings && unit.unit == asked.unit && unit.answered_at.is_none());
    let record = match chosen {
        Some(unit) => Some(Record {
            unit: unit.unit.clone(),
            name: unit.name.clone(),
            people: people(visit, unit).await?,
        }),
        None => None,
    };
    let page = DrillPage {
        frame: visit.frame("/board"),
        repeat: office && drill.ended_at.is_some() && drill.answered < drill.units && !drill.repeated,
        line: line(&drill, office, lang, now),
        lines: units
            .iter()
            .map(|unit| unit_line(&drill, unit, rings, (lang, now)))
            .collect(),
        wrong: wrong.iter().map(|wrong| wrong_line(wrong, lang)).collect(),
        record,
        notice: again.said,
    };
    Ok(render(again.status, &page))
}

/// Who may have answered for a unit: whom the drill called for it, then its people.
pub(super) async fn people(visit: &Visit, unit: &DrillUnit) -> Result<Vec<Choice>, PageError> {
    let internal = &visit.internal;
    let called = unit.calls.0.iter();
    let called = called.filter_map(|call| Some((call.account?, call.person.clone()?)));
    let own = internal.desk.desk_people(&internal.county, &unit.unit).await?;
    let own = own.into_iter().map(|(id, name, ..)| (id, name));
    let mut people: Vec<Choice> = Vec::new();
    for (id, name) in called.chain(own) {
        if !people.iter().any(|person| person.id == id) {
            people.push(Choice { id, name });
        }
    }
    Ok(people)
}

fn unit_line(drill: &Drill, unit: &DrillUnit, rings: bool, (lang, now): (Lang, DateTime<Utc>)) -> UnitLine {
    let answered = unit.answered_at.map(|at| {
        let took = drill
            .started_at
            .map_or_else(String::new, |began| words::span(lang, at - began));
        let how = unit.answered_how.map_or("", |answer| how(lang, *answer));
        let by = unit.answered_by.clone().unwrap_or_default();
        let at = words::moment(lang, at, now);
        let values = [("by", by.as_str()), ("at", &at), ("took", &took), ("how", how)];
        let said = lang.fill("drills.answered", &values);
        match &unit.recorded_by {
            Some(recorded) => format!("{said} {}", lang.fill("drills.recorded", &[("by", recorded)])),
            None => said,
        }
    });
    let calls = unit.calls.0.iter().map(|call| {
        let who = call.person.as_deref().unwrap_or(lang.t("drills.last_resort"));
        let channel = lang.t(&format!("rings.channel.{}", call.channel));
        let state = lang.t(&format!("rings.state.{}", call.state));
        let unverified = if call.address_unverified {
            lang.t("drills.mail_unverified")
        } else {
            ""
        };
        format!("{who} {channel} {state}{unverified}")
    });
    UnitLine {
        unit: unit.unit.clone(),
        name: unit.name.clone(),
        open: rings && answered.is_none(),
        answered,
        calls: calls.collect::<Vec<_>>().join("；"),
    }
}

fn wrong_line(wrong: &DrillWrong, lang: Lang) -> String {
    let place = wrong.place.to_string();
    let values = [
        ("person", wrong.person.as_str()),
        ("unit", &wrong.unit),
        ("n", &place),
        ("why", &wrong.why),
    ];
    lang.fill("drills.wrong_number", &values)
}

/// `GET /api/v1/drills/{id}`
pub(super) async fn api(by: By<Overseer>, Path(id): Path<DrillId>) -> Result<Answer<answers::OneDrill>, ApiError> {
    let (board, county) = (&by.internal.board, &by.internal.county);
    let drill = board.drill(county, id).await?;
    let drill = drill.ok_or(ApiError::said(404, "there is no such drill"))?;
    let units = board.drill_units(id).await?;
    let wrong = board.drill_wrong(id).await?;
    Ok(Answer(answers::OneDrill {
        drill: drill.into(),
        units: units.into_iter().map(Into::into).collect(),
        wrong: wrong.into_iter().map(Into::into).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use platform::store::{AccountId, AnsweredHow, CallId, CallState, DrillCall, Word};
    use uuid::Uuid;

    use super::*;
    use crate::internal::testing;

    fn at(minute: u32, second: u32) -> DateTime<Utc> {
        let at = format!("2026-11-24T03:{minute:02}:{second:02}+08:00");
        at.parse().unwrap()
    }

    fn call(person: Option<&str>, channel: casework::words::Channel, state: CallState) -> DrillCall {
        DrillCall {
            id: CallId(Uuid::nil()),
            person: person.map(str::to_owned),
            account: person.map(|_| AccountId(7)),
            channel,
            state,
            address_unverified: channel == casework::words::Channel::Mail,
        }
    }

    fn unit(unit: &str, name: &str, answered: Option<(DateTime<Utc>, &str, AnsweredHow)>) -> DrillUnit {
        use casework::words::Channel;
        DrillUnit {
            unit: unit.into(),
            name: name.into(),
            answered_at: answered.map(|(at, ..)| at),
            answered_by: answered.map(|(_, by, _)| by.to_owned()),
            answered_how: answered.map(|(.., how)| Word(how)),
            recorded_by: answered
                .filter(|(.., how)| *how == AnsweredHow::Telephone)
                .map(|_| "张伟".to_owned()),
            calls: match answered {
                Some((_, by, _)) => vec![
                    call(Some(by), Channel::Voice, CallState::HandedOver),
                    call(Some(by), Channel::Mail, CallState::HandedOver),
                ],
                None => vec![
                    call(Some("王芳"), Channel::Sms, CallState::Failed),
                    call(None, Channel::Voice, CallState::Silenced),
                ],
            }
            .into(),
        }
    }

    #[test]
    fn the_page_of_one_drill() {
        let drill = Drill {
            id: DrillId(1),
            random: true,
            at: Some(at(5, 0)),
            month: at(0, 0),
            minutes: 30,
            monthly: false,
            round: 1,
            of_drill: None,
            asked: Vec::new(),
            made_by: "张伟".into(),
            started_at: Some(at(5, 0)),
            ended_at: Some(at(35, 0)),
            withdrawn_at: None,
            units: 3,
            answered: 2,
            repeated: false,
        };
        let units = [
            unit("ca", "县<b>民政局</b>", None),
            unit("pol", "县公安局", Some((at(6, 40), "李娜", AnsweredHow::Digit))),
            unit("edu", "县教育局", Some((at(20, 0), "赵敏", AnsweredHow::Telephone))),
        ];
        let now = at(40, 0);
        let page = DrillPage {
            frame: testing::frame(&[("office", Role::Office)], Lang::Zh, "/board"),
            line: line(&drill, true, Lang::Zh, now),
            lines: units
                .iter()
                .map(|unit| unit_line(&drill, unit, false, (Lang::Zh, now)))
                .collect(),
            wrong: vec![wrong_line(
                &DrillWrong {
                    person: "王芳".into(),
                    unit: "县民政局".into(),
                    place: 1,
                    why: "no such number".into(),
                },
                Lang::Zh,
            )],
            record: None,
            repeat: true,
            notice: None,
        };
        testing::page("drill", &page);
    }
}
