//! A row of `deadlines`.

use crate::calendar::Limit;
use crate::words::Grade;

/// The limit of one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// How long.
    pub limit: Limit,
    /// The event that starts it.
    pub start: String,
    /// Where the limit comes from.
    pub basis: String,
    /// V, S or P.
    pub grade: Grade,
    /// 1-based row of the `deadlines` table.
    pub row: usize,
}
