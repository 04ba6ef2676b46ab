//! When a level of an escalation is crossed, and when it is sent after an outage.

pub mod escalation;
pub mod pace;
