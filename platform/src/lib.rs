//! Everything that the services share and that touches the outside world.
//!
//! `store` is the only place with SQL, `broker` the only one that speaks AMQP, `seal` the only one that holds keys.
//! Services depend on this crate, it depends on `casework`, never the other way round.

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod asked;
pub mod broker;
pub mod clock;
pub mod config;
pub mod database_watch;
pub mod foreign;
pub mod lifecycle;
pub mod listener;
pub mod os_user;
pub mod pack_dir;
pub mod pack_watch;
pub mod private;
pub mod receipt;
pub mod replay;
pub mod say;
pub mod seal;
pub mod store;
pub mod systemd;
pub mod telemetry;
pub mod text;
pub mod triage;
pub mod why;
