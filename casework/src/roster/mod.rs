//! 值班表: who of a unit is on duty at a moment, and when nobody who can be reached is.
//!
//! A roster is a weekly pattern with three seats (值班, 副班, 带班领导) and what changes it: single exceptions, swaps that
//! both agreed to, absences with or without a delegate. Nothing is computed ahead: who is on duty at a moment is read from
//! those rows at that moment ([`Roster::holder`]), so a change needs no rebuilding and can't be forgotten by one.
//!
//! - A day is read by the county's calendar: a public holiday has its own list or goes like a Sunday, a make-up day has its own
//!   or goes like a Monday. A shift belongs to the day on which it starts, past midnight too.
//! - Of several shifts that cover a moment, for each seat the one that started last and names somebody for it.
//! - On it exceptions are laid, then accepted swaps, then absences. All times are half open: a shift that ends at 8:00 does
//!   not cover 8:00.
//! - Who is not there or has no verified phone leaves a hole. It falls at once, not after a delay: to the leader on duty, to
//!   the unit's leaders, to the office's person on duty and leaders, to the county's last resort ([`Watch::answer`]).
//!
//! Who is on duty is constant between the edges of those rows, which makes [`Watch::pieces`] exact.

mod absence;
mod ahead;
mod file;
mod hours;
mod minute;
mod pattern;
mod person;
mod pieces;
mod seats;
mod sheet;
#[cfg(test)]
pub(crate) mod tests;
mod watch;

pub use absence::{Absence, Exception, Swap, SwapState, Window};
pub use ahead::{Ahead, Told};
pub use file::RosterFile;
pub use hours::{DutyClock, Hours, HoursError, Span};
pub use minute::{Minute, day_of};
pub use pattern::{Pattern, Shift, Week};
pub use person::{People, Person, PersonId, Phone};
pub use pieces::{Handover, Hole, Piece};
pub use seats::Seated;
pub use sheet::{Holder, Roster, Vacancy, Why};
pub use watch::{Answer, Fall, Post, Reached, Watch};
