//! 申请事项: what a unit asks of the office about a ticket that it holds. `ask` and `decide` are acts like all others (one transaction,
//! the version of the page, an event); `read` is what pages and programs see.
//!
//! While something is asked the ticket's own clocks run on, and one of the office's runs beside them (`motion`), which rings.

mod ask;
mod asking;
mod decide;
mod denied;
mod read;
mod waive;

pub(super) use ask::ask;
pub(super) use decide::{deny, grant, unask};
pub(super) use denied::denied;
pub(super) use waive::agree;

pub use asking::{Asking, Asks};
pub use read::{Motion, MotionCase, TicketMotions};
