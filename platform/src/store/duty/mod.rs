//! Who is on duty and by what a person is reached: telephones with their codes, own numbers for shared telephones, and the rosters,
//! duty hours and people of a county as they stand in the database.

pub(super) mod book;
pub(super) mod codes;
pub(super) mod handover;
pub(super) mod hours;
pub(super) mod lost;
pub(super) mod mail;
pub(super) mod pages;
pub(super) mod phones;
pub(super) mod pin;
pub(super) mod roster;
pub(super) mod roster_all;
mod swap;
mod tell;

pub use book::{DutyBook, DutyUnreadable};
pub use codes::{CODE_MINUTES, CODE_TRIES, CodeAsked, CodeTaken, NewCode};
pub use handover::{Handover, HandoverTicket, NewHandover, Taking};
pub use hours::UnitHours;
pub use lost::{LostPage, PagesTurned};
pub use mail::OwnMail;
pub use pages::{DutyPage, DutyPageEnd, LOST_AFTER, OnDuty};
pub use phones::{MOST_PHONES, NewPhone, OwnPhone, PhoneAdded};
pub use roster::{NewRosterChange, RosterChange, RosterChangeKind, RosterPattern, SwapDecision};
pub use roster_all::RosterWrite;
