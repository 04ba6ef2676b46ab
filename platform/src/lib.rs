//! Everything that the services share and that touches the outside world.
//!
//! `store` is the only place with SQL, `broker` the only one that speaks AMQP, `seal` the only one that holds keys.
//! Services depend on this crate, it depends on `casework`, never the other way round.

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod asked;
pub mod broker;
pub mod clock;
pub mod foreign;
pub mod gateway;
pub mod networks;
pub mod office;
pub mod pack;
pub mod receipt;
pub mod run;
pub mod say;
pub mod seal;
pub mod store;
pub mod text;
pub mod tls;
pub mod watchdog;
pub mod webhook;
