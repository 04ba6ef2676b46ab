//! Call-backs: who is to be called about a closing, each try, and what a second person decides.

pub(super) mod cases;
pub(super) mod record;
pub(super) mod tell;

pub use cases::{CallbackCase, CallbackDue, CallbackSealed, CallbackTicket, CallbackTry, CallbackUndecided};
pub use record::{CallbackDecision, CallbackNew, CallbackRecorded, Decided, FollowUpAsked};
