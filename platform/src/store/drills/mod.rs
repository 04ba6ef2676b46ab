//! 点验: planned by the office, started and rung by the router, answered as any call is. Nothing here is a case.

mod plan;
mod read;
mod turn;

pub use plan::DrillPlan;
pub use read::{Drill, DrillCall, DrillRate, DrillUnit, DrillWrong};
pub use turn::DrillTurned;
