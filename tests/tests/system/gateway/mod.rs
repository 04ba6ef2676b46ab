//! The whole way of a ring: a report, its bell, a message to whoever is on duty, and a reply that ends it. And the gateways themselves:
//! what the board says of them, and what they cost.

mod board;
mod night;
mod quota;
