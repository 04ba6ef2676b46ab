//! The clock of stages: what is due, and the notices of its steps.

mod due_stage;
pub(super) mod step_notice;
mod turn;
mod turned;

pub use turned::Ticked;
