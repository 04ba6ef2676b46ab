//! What the tables are asked with.

use std::collections::HashMap;

use crate::dmn::Inputs;
use crate::dmn::sfeel::Value;
use crate::report::{ChildFacts, Facts};
use crate::words::Sex;

/// What asks an obligation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger<'a> {
    /// A report.
    Report,
    /// A unit of this kind asks another unit (提请协办).
    Request {
        /// The asking unit's kind.
        requester_kind: &'a str,
    },
}

/// What the tables see of one situation and child. Who asks for a child with unknown facts asks for each that it may be
/// ([`super::possible::Cuts::every`]); a fact that is unknown all the same is null, which only cells that ask nothing accept.
pub fn inputs<'a>(facts: &Facts, situation: &str, child: &ChildFacts, trigger: Trigger<'_>) -> Inputs<'a> {
    let mut inputs: Inputs<'a> = HashMap::from([
        ("situation", situation.into()),
        ("present_danger", facts.present_danger.into()),
        ("place", facts.place.as_str().into()),
        ("suspect", facts.suspect.as_str().into()),
        ("age", child.age.map_or(Value::Null, |age| i64::from(age).into())),
        (
            "sex",
            match child.sex {
                Sex::Unknown => Value::Null,
                sex => sex.as_str().into(),
            },
        ),
        ("left_behind", child.left_behind.map_or(Value::Null, Value::from)),
        ("living_with", child.living_with.as_str().into()),
        ("guardian_absent", facts.guardian_absent.into()),
        ("adult_co_offender", facts.adult_co_offender.into()),
        ("repeat", facts.repeat.into()),
        ("reporter_kind", facts.reporter_kind.as_str().into()),
    ]);
    match trigger {
        Trigger::Report => {
            inputs.insert("trigger", "report".into());
        }
        Trigger::Request { requester_kind } => {
            inputs.insert("trigger", "request".into());
            inputs.insert("requester_kind", requester_kind.into());
        }
    }
    inputs
}
