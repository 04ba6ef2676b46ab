//! What an explanation holds.

use serde::Serialize;

use super::rows::RowWhy;
use crate::zh::explain::StageWhy;

/// Everything that made one ticket, as Chinese sentences and as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// `接报处置`
    pub obligation: String,
    /// Code and name of the unit.
    pub unit: (String, String),
    /// `特急`
    pub urgency: String,
    /// 主办
    pub lead: bool,
    /// What was reported, each fact once.
    pub reported: Vec<String>,
    /// Rows of `obligations` that asked for it.
    pub asked: Vec<RowWhy>,
    /// Why it is there beside or without such rows: the safety floor, triage, a person's choice.
    pub beside_rows: Vec<String>,
    /// How the unit was found, from the report's area upwards.
    pub found: Vec<String>,
    /// Rows of `urgency` that gave the highest urgency, and whether a repeat raised it.
    pub urgent: Vec<RowWhy>,
    /// What else made the urgency.
    pub urgent_because: Vec<String>,
    /// Why it leads, or which ticket does.
    pub leads: String,
    /// Each stage with its deadline.
    pub stages: Vec<StageWhy>,
    /// By which versions of pack and rules it was dispatched, and when; empty while it is not stored.
    pub made: Vec<String>,
}
