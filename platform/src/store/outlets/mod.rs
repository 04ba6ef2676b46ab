//! Outlets: where a unit's tickets are told of beside its mailbox and its people.
//!
//! A robot stands in the notifier's file of gateways, a unit's own system is set on a page ([`outlet`]). What is told is a post, queued
//! in the transaction of what it tells of: dispatches and acts by triggers (`migrations/0018_outlets.sql`), rings with their calls
//! (`rings/calls.sql`), levels by [`tell`]. Nobody is reached by a post, so no ring and no step asks what became of one.
//!
//! A unit on a closed network has a folder ([`folder`]), into which whole tickets are written, encrypted to its key. That is a queue of its
//! own ([`file`]), because whoever tells strangers must not be able to open reports (`migrations/0021_folders.sql`).

pub(super) mod file;
pub(super) mod folder;
pub(super) mod outlet;
pub(super) mod queue;
pub(super) mod said;
pub(super) mod seen;
pub(super) mod tell;

pub use file::{FileAsked, FileStanding, FileState, FileVerdict, FolderFault};
pub use folder::{FolderAt, FolderLate, NewFolder};
pub use outlet::{NewWebhook, OutletKind, OutletLine, RobotOf};
pub use queue::{PostSettled, PostVerdict};
pub use said::{OutletToTell, PostDetail, PostEvent, PostSaid};
pub use seen::{PostState, TicketPost};
