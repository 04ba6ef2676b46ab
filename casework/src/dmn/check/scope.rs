//! What a check is asked.

use crate::dmn::sfeel::Value;
use crate::dmn::{HitPolicy, Table};

/// What can be reported, and what must be answered.
#[derive(Debug, Clone, Default)]
pub struct Scope<'a> {
    /// Whether an input that no row matches is a gap.
    pub gaps: bool,
    /// Inputs that need no answer: those with one of these values in the column of this name.
    pub optional: Vec<(&'a str, Value)>,
    /// Columns whose value may be absent. Elsewhere null is outside of what is checked.
    pub absent: Vec<&'a str>,
    /// Usual values; a column without one has the first that it allows.
    pub defaults: Vec<(&'a str, Value)>,
}

impl Scope<'_> {
    /// A table of which nothing is known but what it declares.
    pub fn of(table: &Table) -> Self {
        Self {
            gaps: !matches!(table.hit_policy, HitPolicy::Collect | HitPolicy::RuleOrder),
            ..Self::default()
        }
    }
}
