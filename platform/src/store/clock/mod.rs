//! The clock of stages: what is due, and the notices of its steps.

pub(super) mod step_notice;
pub(super) mod turn;
mod turned;

pub use turn::Ticked;
