//! What several doors do for the office with the store and the rules: settling a triage, explaining a ticket, replaying rules.

pub mod replay;
pub mod triage;
pub mod why;
