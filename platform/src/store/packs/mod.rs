//! Versions of the county pack, and what becomes of the units that a new one no longer has.

pub(super) mod pack;
pub(super) mod succession;

pub use pack::{ActivePack, CalendarKept, PackDone, PackLoaded, PackVersions, rules_digest, rules_of};
pub use succession::{MailboxKept, PackError, Stranded, Successors, UnitMoved};
