//! Who is on duty: the rosters, duty hours and people of a county as they stand in the database.

pub(super) mod book;

pub use book::{DutyBook, DutyUnreadable};
