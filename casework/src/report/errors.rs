//! What can be wrong with a report, said so that a form can translate it and a programmer can find it.

use serde::Serialize;

/// Why a body is not a report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not one JSON text; the reason names line and column. Answered with 400.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// JSON, but not a report; never empty. Answered with 422.
    #[error("{} invalid field(s)", .0.len())]
    Invalid(Vec<FieldError>),
}

/// One wrong field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// RFC 6901 pointer into the body; empty = the whole body.
    pub pointer: String,
    /// What is wrong and what is allowed, in English.
    pub detail: String,
    /// Stable word for translation: `required`, `wrong-type`, `unknown-field`, `duplicate-field`, `duplicate`,
    /// `too-long`, `too-many`, `not-a-code`, `not-an-area`, `not-a-word`, `not-a-date`, `not-a-time`,
    /// `out-of-range`, `not-text`, `too-many-errors`.
    pub code: &'static str,
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.pointer.is_empty() {
            "(whole body)"
        } else {
            &self.pointer
        };
        write!(f, "{place}: {}", self.detail)
    }
}
