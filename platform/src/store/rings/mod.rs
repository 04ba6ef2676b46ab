//! Ringing: the bells that are due become calls (`turn`), and the calls, from the queue to the receipt.

pub(super) mod answer;
pub(super) mod asked;
pub(super) mod begin;
pub(super) mod ladder;
pub(super) mod mend;
mod notice;
pub(super) mod open;
pub(super) mod page;
pub(super) mod queue;
pub(super) mod receipt;
pub(super) mod said;
pub(super) mod spent;
pub(super) mod step;
pub(super) mod turn;
mod waiting;
pub(super) mod whose;
pub(super) mod write;

pub use answer::{AnsweredHow, BellAnswer, BellAnswered};
pub use asked::CallAsked;
pub use ladder::{CallFault, CallState, CallStep, LadderCall, LadderRing, LadderStep};
pub use mend::TurnsMended;
pub use page::{PageCall, PageDrill, PageRing};
pub use queue::CallTaken;
pub use receipt::{CallAwaited, Receipt, ReceiptOf, Receipted};
pub use said::{CallCode, CallPhone, CallSaid, CallTried};
pub use spent::{CallDepth, CallSpent};
pub use step::{CallBegun, CallNumber, CallOutcome};
pub use turn::Rung;
pub use whose::PinHolder;
