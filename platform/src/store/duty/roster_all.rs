//! A unit's roster written as a whole: what is new, what is otherwise, and what is taken away, all of it or nothing.

use casework::roster::Pattern;

use super::roster::{NewRosterChange, change_end, change_write, pattern_end, pattern_write};
use crate::store::{NewAct, People, RosterChangeId, RosterPatternId, Store, StoreError};

/// What is written, each with its act.
#[derive(Clone, Debug, Default)]
pub struct RosterWrite<'a> {
    /// Patterns; those of the same first day end.
    pub patterns: Vec<(&'a Pattern, NewAct<'a>)>,
    /// Exceptions.
    pub changes: Vec<(&'a NewRosterChange, NewAct<'a>)>,
    /// Patterns that are taken away.
    pub patterns_gone: Vec<(RosterPatternId, NewAct<'a>)>,
    /// Exceptions that are taken away.
    pub changes_gone: Vec<(RosterChangeId, NewAct<'a>)>,
}

impl Store<People> {
    /// Writes it; `false` where something that was to be taken away is not in force any more, and then nothing is written.
    pub async fn roster_write_all(&self, write: &RosterWrite<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        for (id, act) in &write.patterns_gone {
            if !pattern_end(&mut tx, *id, act).await? {
                return Ok(false);
            }
        }
        for (id, act) in &write.changes_gone {
            if !change_end(&mut tx, *id, act).await? {
                return Ok(false);
            }
        }
        for (pattern, act) in &write.patterns {
            pattern_write(&mut tx, pattern.from, &pattern.weeks, act).await?;
        }
        for (change, act) in &write.changes {
            change_write(&mut tx, change, act).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}
