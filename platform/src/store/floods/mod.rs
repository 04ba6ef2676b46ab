//! Floods of reports: how they are noticed and told, and what the office does about them.

mod act;
mod closing;
mod deed;
pub(super) mod routed;
mod seen;

pub use deed::{FloodAct, FloodActing, FloodGround, FloodGroundKind};
pub use seen::{Flood, FloodClosing, FloodDecision, FloodKind, FloodReport, FloodState};
