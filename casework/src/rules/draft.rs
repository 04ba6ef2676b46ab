//! One decision table exchanged for another, the rest of the pack being as it is: how a change of a row is tried.

use super::check::Check;
use super::{Rules, Twice};
use crate::county::{MODEL, Problems, Units, Vocabulary};
use crate::disclosure::DISCLOSURE;
use crate::dmn::{Model, Table};

impl Rules {
    /// These rules with `table` in place of the one of the same decision.
    pub(crate) fn with_table(
        &self,
        table: Table,
        (vocabulary, units): (&Vocabulary, &Units),
        problems: &mut Problems,
    ) -> Self {
        let model = Model {
            name: String::new(),
            tables: vec![table],
        };
        let mut rules = self.clone();
        let mut check = Check {
            file: MODEL,
            vocabulary,
            units,
            problems,
        };
        let names = ["urgency", "obligations", "deadlines", "escalation", DISCLOSURE];
        let Some(name) = names.into_iter().find(|name| model.table(name).is_some()) else {
            problems.add(MODEL, 0, "none of the decisions has this name");
            return rules;
        };
        let table = check.table(&model, name).cloned();
        match (name, table) {
            ("urgency", table) => rules.urgency = table.map(Twice::new),
            ("obligations", table) => rules.obligations = table.map(Twice::new),
            ("deadlines", Some(table)) => rules.deadlines = check.deadlines(&table),
            ("escalation", Some(table)) => rules.escalation = check.escalation(&table),
            ("deadlines", None) => rules.deadlines.clear(),
            (DISCLOSURE, Some(table)) => rules.disclosure = Some(check.disclosure(&table)),
            (DISCLOSURE, None) => rules.disclosure = None,
            _ => rules.escalation.clear(),
        }
        check.steps_increase(&rules.escalation, &rules.deadlines);
        rules
    }
}
