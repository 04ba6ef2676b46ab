//! The running system, from outside and in its database; and the shape of the workspace.
//!
//! One binary, because each of its own links the whole harness again and cargo runs binaries one after the other. What stops
//! the machine's breath for others, killed servers and a flood of reports, runs after it: `faults.rs`.

mod architecture;
mod board;
mod desk;
mod escalation;
mod path;
mod people;
mod poison;
mod privacy;
mod rights;
mod rules;
mod store;
mod web;
