//! The whole way of a ring: a report, its bell, a message to whoever is on duty, and a reply that ends it; and of a drill. And the
//! gateways themselves: what the board says of them, and what they cost.

mod board;
mod drill;
mod night;
mod quota;
