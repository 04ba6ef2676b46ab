//! Drills as programs read them.

use chrono::{DateTime, Utc};
use platform::store::{self, AnsweredHow, DrillCall, DrillId, Word};
use serde::Serialize;

/// All drills, and how units did.
#[derive(Serialize)]
pub(super) struct Drills {
    pub(super) drills: Vec<Drill>,
    pub(super) rates: Vec<Rate>,
}

/// One, with its units.
#[derive(Serialize)]
pub(super) struct OneDrill {
    pub(super) drill: Drill,
    pub(super) units: Vec<Unit>,
    pub(super) wrong: Vec<Wrong>,
}

/// A drill.
#[derive(Serialize)]
pub(super) struct Drill {
    id: DrillId,
    random: bool,
    /// Null: nobody is to know yet.
    at: Option<DateTime<Utc>>,
    minutes: i16,
    monthly: bool,
    round: i16,
    of_drill: Option<DrillId>,
    /// Empty: every unit.
    asked: Vec<String>,
    made_by: String,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
    units: i64,
    answered: i64,
}

/// A unit of it.
#[derive(Serialize)]
pub(super) struct Unit {
    unit: String,
    name: String,
    answered_at: Option<DateTime<Utc>>,
    answered_by: Option<String>,
    answered_how: Option<Word<AnsweredHow>>,
    recorded_by: Option<String>,
    calls: Vec<DrillCall>,
}

/// A telephone that did not work.
#[derive(Serialize)]
pub(super) struct Wrong {
    person: String,
    unit: String,
    place: i16,
    why: String,
}

/// How a unit did in a month.
#[derive(Serialize)]
pub(super) struct Rate {
    unit: String,
    name: String,
    month: String,
    called: i64,
    answered: i64,
}

/// A drill that was made.
#[derive(Serialize)]
pub(super) struct Made {
    pub(super) id: DrillId,
}

impl From<store::Drill> for Drill {
    fn from(drill: store::Drill) -> Self {
        Self {
            id: drill.id,
            random: drill.random,
            at: drill.at,
            minutes: drill.minutes,
            monthly: drill.monthly,
            round: drill.round,
            of_drill: drill.of_drill,
            asked: drill.asked,
            made_by: drill.made_by,
            started_at: drill.started_at,
            ended_at: drill.ended_at,
            withdrawn_at: drill.withdrawn_at,
            units: drill.units,
            answered: drill.answered,
        }
    }
}

impl From<store::DrillUnit> for Unit {
    fn from(unit: store::DrillUnit) -> Self {
        Self {
            unit: unit.unit,
            name: unit.name,
            answered_at: unit.answered_at,
            answered_by: unit.answered_by,
            answered_how: unit.answered_how,
            recorded_by: unit.recorded_by,
            calls: unit.calls.0,
        }
    }
}

impl From<store::DrillWrong> for Wrong {
    fn from(wrong: store::DrillWrong) -> Self {
        Self {
            person: wrong.person,
            unit: wrong.unit,
            place: wrong.place,
            why: wrong.why,
        }
    }
}

impl From<store::DrillRate> for Rate {
    fn from(rate: store::DrillRate) -> Self {
        Self {
            unit: rate.unit,
            name: rate.name,
            month: rate.month,
            called: rate.called,
            answered: rate.answered,
        }
    }
}
