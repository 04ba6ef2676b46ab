//! Versions of the county pack, and what becomes of the units that a new one no longer has.

pub(super) mod digest;
pub(super) mod lock;
pub(super) mod pack;
pub(super) mod succession;

pub use digest::rules_digest;
pub use pack::{ActivePack, CalendarKept, PackDone, PackLoaded, PackVersions, rules_of};
pub use succession::{MailboxKept, PackError, Stranded, Successors, UnitMoved};
