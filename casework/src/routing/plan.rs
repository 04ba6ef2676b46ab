//! The stages of a ticket with their deadlines and escalation steps.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::PlannedStage;
use crate::calendar::Limit;
use crate::calendar::Regime::{self, Hours, Minutes, StatutoryDays, WorkingDays};
use crate::clock::escalation::{self, Anchor, Level};
use crate::pack::Pack;
use crate::rules::Deadline;
use crate::words::reserved::{DISPATCH, POLICE_ACCEPT, TRIAGE};
use crate::words::{Action, Addressee, Grade, Stage, Urgency};
use crate::zh::doubts;

/// All stages of an obligation at a unit (both by code), as they stand at dispatch.
pub(super) fn stages(
    pack: &Pack,
    (obligation, unit): (&str, &str),
    urgency: Urgency,
    dispatched_at: DateTime<Utc>,
) -> Vec<PlannedStage> {
    Stage::ALL
        .iter()
        .filter_map(|&stage| {
            let deadline = deadline(pack, obligation, urgency, stage)?.into_owned();
            let start = (deadline.start == DISPATCH).then_some(dispatched_at);
            Some(stage_at(pack, unit, (urgency, stage), deadline, start))
        })
        .collect()
}

/// A stage whose start event happened at `started_at` (a court accepted the application; a ticket was reopened
/// or extended). `None` where the obligation has no such stage.
pub fn stage_started(
    pack: &Pack,
    (obligation, unit): (&str, &str),
    urgency: Urgency,
    stage: Stage,
    started_at: DateTime<Utc>,
) -> Option<PlannedStage> {
    let deadline = deadline(pack, obligation, urgency, stage)?.into_owned();
    Some(stage_at(pack, unit, (urgency, stage), deadline, Some(started_at)))
}

fn stage_at(
    pack: &Pack,
    unit: &str,
    (urgency, stage): (Urgency, Stage),
    deadline: Deadline,
    start: Option<DateTime<Utc>>,
) -> PlannedStage {
    let mut planned = PlannedStage {
        stage,
        due: None,
        limit: deadline.limit,
        start: deadline.start,
        basis: deadline.basis,
        grade: deadline.grade,
        provisional: false,
        derivation: Vec::new(),
        steps: Vec::new(),
    };
    if let Some(start) = start {
        let due = pack.calendar().due(deadline.limit, start);
        planned.steps = escalation::steps(&levels(pack, urgency, stage), letters(pack, unit), start, due.at);
        planned.due = Some(due.at);
        planned.provisional = due.provisional;
        planned.derivation = due.derivation;
    }
    planned
}

/// The escalation of a stage, or the one that stands in for a missing table.
pub(super) fn levels(pack: &Pack, urgency: Urgency, stage: Stage) -> Cow<'_, [Level]> {
    match pack.rules().levels(urgency, stage) {
        [] => Cow::Owned(fallback_levels().to_vec()),
        levels => Cow::Borrowed(levels),
    }
}

/// Whether a unit is written to instead of supervised.
pub(super) fn letters(pack: &Pack, unit: &str) -> bool {
    pack.units()
        .get(unit)
        .and_then(|unit| pack.vocabulary().unit_kinds.get(&unit.kind))
        .is_some_and(|kind| kind.letter)
}

/// The deadline of a stage by the rules, or the one that stands in for a missing row; `None` = no such stage.
pub(crate) fn deadline<'p>(
    pack: &'p Pack,
    obligation: &str,
    urgency: Urgency,
    stage: Stage,
) -> Option<Cow<'p, Deadline>> {
    let held = pack.rules().deadline(obligation, urgency, stage);
    held.map(Cow::Borrowed)
        .or_else(|| fallback(obligation, urgency, stage).map(Cow::Owned))
}

/// Why a person must look at the deadlines of an obligation: rows that a sound pack would have.
pub(super) fn missing(pack: &Pack, obligation: &str, urgency: Urgency) -> Vec<String> {
    [Stage::Sign, Stage::Resolve]
        .into_iter()
        .filter(|stage| pack.rules().deadline(obligation, urgency, *stage).is_none())
        .map(|stage| doubts::no_limit(obligation, urgency, stage))
        .collect()
}

/// Limits for rows that are missing: short ones, so that somebody looks. A ticket without a clock would be
/// lost in silence.
fn fallback(obligation: &str, urgency: Urgency, stage: Stage) -> Option<Deadline> {
    let by_urgency = |[p1, p2, p3]: [(u32, Regime); 3]| match urgency {
        Urgency::P1 => p1,
        Urgency::P2 => p2,
        Urgency::P3 => p3,
    };
    let (count, regime) = match (obligation, stage) {
        (_, Stage::Contact) => return None,
        (TRIAGE, Stage::Sign) => by_urgency([(15, Minutes), (1, Hours), (4, Hours)]),
        (TRIAGE, Stage::Resolve) => by_urgency([(1, Hours), (4, Hours), (8, Hours)]),
        (POLICE_ACCEPT, Stage::Sign) => by_urgency([(30, Minutes), (2, Hours), (8, Hours)]),
        (POLICE_ACCEPT, Stage::Resolve) => (3, StatutoryDays),
        (_, Stage::Sign) => by_urgency([(1, Hours), (4, Hours), (1, WorkingDays)]),
        (_, Stage::Resolve) => (5, WorkingDays),
    };
    Some(Deadline {
        limit: Limit { count, regime },
        start: DISPATCH.into(),
        basis: "county policy".into(),
        grade: Grade::P,
        row: 0,
    })
}

/// Levels for a missing escalation table; the same as the Taihe rows.
fn fallback_levels() -> [Level; 4] {
    let level = |level, to, anchor, percent, minimum_minutes, action| Level {
        level,
        to,
        anchor,
        percent,
        minimum_minutes,
        action,
        row: 0,
    };
    [
        level(1, Addressee::Assignee, Anchor::Start, 50, 0, Action::Remind),
        level(2, Addressee::UnitLeader, Anchor::Due, 0, 0, Action::Urge),
        level(3, Addressee::Office, Anchor::Due, 25, 30, Action::Supervise),
        level(4, Addressee::LeadingGroup, Anchor::Due, 50, 60, Action::SuperviseLetter),
    ]
}
