//! Where each row of a table answers, as boxes.

use super::space::{Region, Space, Undecided};
use crate::dmn::sfeel::Test;
use crate::dmn::{HitPolicy, Table};

impl Space {
    /// The boxes in which each row of a table answers, by its hit policy; for unknown facts where it does for any value.
    pub fn answers(&self, table: &Table) -> Result<Vec<Vec<Region>>, Undecided> {
        let boxes: Vec<Region> = table.rules.iter().map(|rule| self.row(table, &rule.tests)).collect();
        let outputs = |row: usize| &table.rules[row].outputs;
        let mut order: Vec<usize> = (0..boxes.len()).collect();
        if table.hit_policy == HitPolicy::Priority {
            order.sort_by_cached_key(|row| table.priority(&table.rules[*row]));
        }
        (0..boxes.len())
            .map(|row| {
                // The rows that keep this one from answering where they match too.
                let above: Vec<Region> = match table.hit_policy {
                    HitPolicy::Collect | HitPolicy::RuleOrder => Vec::new(),
                    HitPolicy::First | HitPolicy::Priority => order
                        .iter()
                        .take_while(|other| **other != row)
                        .map(|other| boxes[*other].clone())
                        .collect(),
                    HitPolicy::Unique => (0..boxes.len())
                        .filter(|other| *other != row)
                        .map(|other| boxes[other].clone())
                        .collect(),
                    HitPolicy::Any => (0..boxes.len())
                        .filter(|other| outputs(*other) != outputs(row))
                        .map(|other| boxes[other].clone())
                        .collect(),
                };
                let answers = self.uncovered(vec![boxes[row].clone()], &above)?;
                Ok(answers.iter().map(|region| self.with_unknown(region)).collect())
            })
            .collect()
    }

    fn row(&self, table: &Table, tests: &[Test]) -> Region {
        let mut region = self.known(&self.all());
        for (column, test) in table.inputs.iter().zip(tests) {
            region = self.keep(&region, &column.name, |value| test.matches(column.seen(value)));
        }
        region
    }
}
