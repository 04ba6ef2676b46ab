//! The pure heart of Shouwang: what a report says, which units owe what by when, and how a ticket may move.
//!
//! Nothing here reads a clock, a file, a socket or a random number: time and texts are parameters. That makes the
//! same code answer in the router, in `router route` on a laptop without a network, in a replay over old reports,
//! and in a test that travels in time.
//!
//! The way through: [`report::Report::parse`] -> [`facts::Facts`] -> [`routing::decide`] with a [`pack::Pack`]
//! -> a [`routing::Decision`] holding tickets, each with its stages ([`calendar`]) and steps ([`escalation`]).

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod calendar;
pub mod callback;
pub mod clerk;
pub mod code;
pub mod disclosure;
pub mod dmn;
pub mod escalation;
pub mod explain;
pub mod facts;
pub mod law;
pub mod lifecycle;
mod lines;
pub mod liveness;
pub mod pace;
pub mod pack;
pub mod phone;
pub mod replay;
pub mod report;
pub mod routing;
pub mod salvage;
pub mod typed;
pub mod urgency;
