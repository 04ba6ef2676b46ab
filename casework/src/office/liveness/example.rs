//! The smallest report that shows something: what the wire asks for, and what differs from the defaults.

use std::fmt;

use serde::Serialize;

use crate::dmn::sfeel::Value;
use crate::report::RoutingFact;

/// A report as the wire has it; `router route` reads it. Its fields, and those of its child, stand in the order of the alphabet: so they
/// were printed from the first version on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExampleReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    adult_co_offender: Option<Value>,
    area: Option<String>,
    children: [ExampleChild; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    guardian_absent: Option<Value>,
    narrative: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Value>,
    present_danger: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat: Option<Value>,
    reporter: ExampleReporter,
    situations: [String; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    suspect: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ExampleChild {
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_behind: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    living_with: Option<Value>,
    sex: Value,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ExampleReporter {
    kind: String,
}

impl ExampleReport {
    /// What must be there.
    pub(crate) fn new(
        situation: String,
        present_danger: bool,
        area: Option<&str>,
        reporter: String,
        narrative: &'static str,
    ) -> Self {
        Self {
            adult_co_offender: None,
            area: area.map(str::to_owned),
            children: [ExampleChild {
                age: None,
                left_behind: None,
                living_with: None,
                sex: "unknown".into(),
            }],
            guardian_absent: None,
            narrative,
            place: None,
            present_danger,
            repeat: None,
            reporter: ExampleReporter { kind: reporter },
            situations: [situation],
            suspect: None,
        }
    }

    /// Says another fact, as the tables have it.
    pub(crate) fn say(&mut self, fact: RoutingFact, value: &Value) {
        let [child] = &mut self.children;
        let place = match fact {
            // These stand in it already.
            RoutingFact::Situation | RoutingFact::PresentDanger | RoutingFact::ReporterKind => return,
            RoutingFact::Sex => return child.sex.clone_from(value),
            RoutingFact::Age => &mut child.age,
            RoutingFact::LeftBehind => &mut child.left_behind,
            RoutingFact::LivingWith => &mut child.living_with,
            RoutingFact::Place => &mut self.place,
            RoutingFact::Suspect => &mut self.suspect,
            RoutingFact::GuardianAbsent => &mut self.guardian_absent,
            RoutingFact::AdultCoOffender => &mut self.adult_co_offender,
            RoutingFact::Repeat => &mut self.repeat,
        };
        *place = Some(value.clone());
    }
}

impl fmt::Display for ExampleReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}
