//! Providers of messages and calls: how each stands, what went out by it, and the warning that what was bought ends.

mod spent;
mod state;
mod warn;

pub use spent::GatewaySpent;
pub use state::{GatewayState, StateOfGateway};
