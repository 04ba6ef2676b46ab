//! The pure heart of Shouwang: what a report says, which units owe what by when, and how a ticket may move.
//!
//! Nothing here reads a clock, a file, a socket or a random number: time and texts are parameters. That makes the
//! same code answer in the router, in `router route` on a laptop without a network, in a replay over old reports,
//! and in a test that travels in time.
//!
//! The way through: [`report::Report::parse`] -> [`report::Facts`] -> [`routing::decide`] with a [`pack::Pack`]
//! -> a [`routing::Decision`] holding tickets, each with its stages ([`calendar`]) and steps ([`clock`]).

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod calendar;
pub mod callback;
pub mod clock;
pub mod county;
pub mod disclosure;
pub mod dmn;
pub mod office;
pub mod pack;
pub mod report;
pub mod ringing;
pub mod roster;
pub mod routing;
pub mod rules;
pub mod spending;
pub mod ticket;
pub mod typed;
pub mod words;
pub mod zh;
