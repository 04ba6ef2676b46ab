//! What the tables are asked with.

use crate::dmn::Inputs;
use crate::report::{ChildFacts, Facts, RoutingFact};

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
    let value = |fact: &RoutingFact| (fact.as_str(), fact.of(facts, situation, child));
    let mut inputs: Inputs<'a> = RoutingFact::ALL.iter().map(value).collect();
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
