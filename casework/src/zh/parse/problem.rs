//! What is wrong with a cell.

/// What is wrong with a cell and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellProblem {
    /// For people here.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// What was typed, short enough to be shown again.
pub(super) fn clipped(typed: &str) -> String {
    let mut text: String = typed.trim().chars().take(30).collect();
    if typed.trim().chars().count() > 30 {
        text.push('…');
    }
    text
}
