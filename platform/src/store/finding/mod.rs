//! Finding: lists of tickets by any filter, a child's tickets by the blind index, and who searched or took a list away.
//!
//! `asked` is what a list is asked for, `clocks` its filter by how a clock was kept, `lines` how it is read, `children` the search for a
//! child. Lists are read from `listings`, a narrow row a ticket (decision 68); what a line says of a report comes from the function
//! that the other lists of the same login use.

pub(super) mod asked;
pub(super) mod children;
pub(super) mod clocks;
pub(super) mod lines;

pub use asked::{ListCursor, ListSort, ListTab, TicketsAsked};
pub use children::{ChildToken, SearchKind, SearchLine, Searching};
pub use clocks::{ClockAsked, ClockKept};
pub use lines::{COUNTED as LISTED_COUNTED, Candidates, TicketLine, TicketsFound};
