//! The rosters of a county as one JSON file: what `router roster` reads, and what the pages will give and take.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::absence::Window;
use super::person::People;
use super::sheet::Roster;

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterFile {
    /// By login.
    pub people: People,
    /// By unit code.
    pub rosters: BTreeMap<String, Roster>,
}

impl RosterFile {
    /// Reads a file. Errors: everything that is wrong, each with the unit.
    pub fn read(text: &str) -> Result<Self, Vec<String>> {
        let file: Self = serde_json::from_str(text).map_err(|error| vec![error.to_string()])?;
        let problems = file.problems();
        if problems.is_empty() { Ok(file) } else { Err(problems) }
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (unit, roster) in &self.rosters {
            for person in roster.named() {
                if !self.people.contains_key(person) {
                    problems.push(format!(
                        "unit {unit}: {person} is not one of the people; add the login there"
                    ));
                }
            }
            for Window { from, to } in roster.windows() {
                if to <= from {
                    problems.push(format!("unit {unit}: {from} to {to} ends before it begins"));
                }
            }
            for pattern in roster.patterns.iter().filter(|pattern| pattern.weeks.is_empty()) {
                problems.push(format!("unit {unit}: the pattern from {} has no week", pattern.from));
            }
        }
        problems.dedup();
        problems
    }
}
