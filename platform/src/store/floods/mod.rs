//! Floods of reports: how they are noticed and told, and what the office does about them.

mod act;
mod closing;
mod deed;
pub(super) mod routed;
mod seen;

pub use deed::{FloodAct, FloodActing, FloodGround};
pub use seen::{Flood, FloodClosing, FloodKind, FloodReport, FloodState};
