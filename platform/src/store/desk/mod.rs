//! What a unit sees: its queue, a ticket, and the parts of a report that it is handed.

pub(super) mod parts;
pub(super) mod scope;
pub(super) mod ticket;

pub use parts::{Ground, Handed, Reading};
pub use scope::DeskScope;
pub use ticket::{DeskEvent, DeskStage, DeskTicket, FirstTicket, NextTicket, OtherTicket, QueueLine, TicketChain};
