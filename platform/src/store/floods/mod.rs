//! Floods of reports: how they are noticed and told, and what the office does about them.

pub(super) mod office;
pub(super) mod routed;

pub use office::{Flood, FloodAct, FloodActing, FloodClosing, FloodGround, FloodReport};
