//! The county pack from a folder, and the one in force, kept fresh.

pub mod dir;
pub mod watch;
