//! Everything that changes a ticket: acts, closings, motions, reopening, triage.

pub(super) mod act;
pub(super) mod ask;
pub(super) mod close;
pub(super) mod closings;
pub(super) mod deed;
pub(super) mod end;
pub(super) mod instruct;
pub(super) mod motions;
pub(super) mod reopen;
pub(super) mod start;
pub(super) mod step;
mod succeed;
pub(super) mod triage;
pub(super) mod wait;

pub use ask::RequestLine;
pub use closings::{ClosingCase, ClosingLine};
pub use deed::{
    ActDone, Acting, ByTelephone, CallWay, Closing, Denied, Granting, Oversight, Reopening, Requested, Routed, Started,
    Successor, TicketDeed, Wait, Waiving,
};
pub use instruct::{Instruction, NewInstruction};
pub use motions::{Asking, Asks, Motion, MotionCase, TicketMotions};
pub use step::{Decider, Ended};
pub use triage::{Act, TriageError, TriageSettled, TriageState};
