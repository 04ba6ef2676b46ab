//! The part of a ticket's page about what was asked of the office, and what can be asked.

use casework::pack::Pack;
use casework::ticket::TicketState;
use casework::ticket::motion::{
    Extends, Held, MotionKind, MotionState, NoMotion, ReturnGround, is_extended, may_extend, may_return,
};
use casework::words::{Stage, reserved::TRIAGE};
use chrono::TimeDelta;
use platform::store::{DeskTicket, Motion, TicketMotions};

use super::words::{Line, line};
use crate::internal::{
    desk::{Choice, waivable},
    page::words::{self, Telling},
};

/// What a ticket's page says of motions.
#[derive(Default)]
pub(crate) struct DeskMotions {
    /// The last first.
    pub(crate) lines: Vec<Line>,
    /// One waits: the unit may take it back.
    pub(crate) waits: bool,
    /// It is a return: the unit owes everything still, its signature too.
    pub(crate) returning: bool,
    /// Grounds to choose from; empty: a return can't be asked for.
    pub(crate) grounds: Vec<Choice>,
    /// Why no return can be asked for, and what to do instead.
    pub(crate) no_return: Option<&'static str>,
    /// Stages for which more time can be asked.
    pub(crate) stages: Vec<Choice>,
    /// Stages whose limit the law gives.
    pub(crate) statutory: Option<String>,
    /// Another unit can be asked for.
    pub(crate) reinforces: bool,
    /// It can be asked that nothing of it is owed any more.
    pub(crate) waives: bool,
    /// Why not.
    pub(crate) no_waiver: Option<&'static str>,
}

/// In words.
pub(crate) fn of_ticket(ticket: &DeskTicket, found: &TicketMotions, how: Telling<'_>) -> DeskMotions {
    let Telling { pack, lang, .. } = how;
    let waiting = found.list.iter().find(|m| m.state == MotionState::Asked);
    let mut part = DeskMotions {
        lines: found.list.iter().rev().map(|m| line(m, how)).collect(),
        waits: waiting.is_some(),
        returning: waiting.is_some_and(|m| m.kind == MotionKind::Return),
        ..DeskMotions::default()
    };
    let signed = matches!(ticket.state, TicketState::Signed | TicketState::InProgress);
    if waiting.is_some() || !signed && ticket.state != TicketState::Dispatched {
        return part;
    }
    let held = Held {
        urgency: ticket.urgency,
        kind: kind_of(pack, &ticket.unit),
        returns: found.returns,
        awaited: ticket
            .chain
            .as_ref()
            .is_some_and(|chain| chain.from_state == Some(TicketState::Transferring)),
    };
    match may_return(held) {
        Ok(()) => {
            let ground = |ground: &ReturnGround| Choice {
                value: ground.to_string(),
                label: lang.t(&format!("motions.ground.{ground}")).to_owned(),
            };
            part.grounds = ReturnGround::ALL.iter().map(ground).collect();
        }
        Err(NoMotion::Final) => part.no_return = Some(lang.t("undone.final")),
        Err(NoMotion::Awaited) => part.no_return = Some(lang.t("undone.awaited")),
        Err(_) => part.no_return = Some(lang.t("undone.police-urgent")),
    }
    if signed {
        extensions(&mut part, ticket, found, how);
        part.reinforces = ticket.obligation != TRIAGE;
        part.waives = waivable(pack, &ticket.obligation, &ticket.basis).is_ok();
        part.no_waiver = (!part.waives).then(|| lang.t("motions.no_waiver"));
    }
    part
}

fn extensions(part: &mut DeskMotions, ticket: &DeskTicket, found: &TicketMotions, how: Telling<'_>) {
    let Telling { lang, now, .. } = how;
    let mut statutory = Vec::new();
    for stage in Stage::ALL.iter().copied().filter(|stage| is_extended(*stage)) {
        let running = ticket
            .stages
            .iter()
            .find(|s| s.stage == stage.into() && s.ended_at.is_none());
        let Some(running) = running else { continue };
        let asked = |m: &&Motion| {
            m.stage.as_deref() == Some(&stage) && matches!(m.state, MotionState::Granted | MotionState::Refused)
        };
        let extends = Extends {
            grade: running.grade,
            due: running.due_at,
            asked_before: found.list.iter().any(|m| asked(&m)),
        };
        let later = running.due_at.map_or(now, |due| due + TimeDelta::days(1));
        match may_extend(extends, later, now) {
            Ok(()) => part.stages.push(Choice {
                value: stage.to_string(),
                label: lang.fill(
                    "motions.stage_until",
                    &[
                        ("stage", words::stage(lang, stage.into())),
                        (
                            "due",
                            &running.due_at.map(|due| words::due(lang, due, now)).unwrap_or_default(),
                        ),
                    ],
                ),
            }),
            Err(NoMotion::Statutory) => statutory.push(words::stage(lang, stage.into())),
            Err(_) => {}
        }
    }
    let names = statutory.join(lang.t("words.and"));
    part.statutory = (!statutory.is_empty()).then(|| words::fill(lang, "motions.statutory", "stages", names));
}

fn kind_of<'p>(pack: &'p Pack, unit: &str) -> &'p str {
    pack.units().get(unit).map_or("", |unit| unit.kind.as_str())
}
