//! Which of a report's tickets leads, as `ranking.csv` says.

use std::collections::HashMap;

/// Which ticket leads.
#[derive(Debug, Clone, Default)]
pub struct Ranking(HashMap<(String, String), u32>);

impl Ranking {
    pub(crate) fn new(ranks: HashMap<(String, String), u32>) -> Self {
        Self(ranks)
    }

    /// The rank of an obligation asked of a unit kind, 1 first. What is not ranked comes last.
    pub fn rank(&self, obligation: &str, unit_kind: &str) -> u32 {
        let key = (obligation.to_owned(), unit_kind.to_owned());
        self.0.get(&key).copied().unwrap_or(u32::MAX)
    }
}
