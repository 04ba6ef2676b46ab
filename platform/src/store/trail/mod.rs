//! What people did and read, kept for those who check it.

pub(super) mod access;
pub(super) mod account_acts;
pub mod act_detail;
pub(super) mod act_kind;
pub(super) mod audit;
pub(super) mod detail;
pub mod event_detail;
pub(super) mod event_kind;
pub(super) mod reads;

pub use access::{Access, AccessFind, AccessKind, AccessLine};
pub use account_acts::{AccountAct, ActsFind, DeedLine, DeedWhat, NewAct};
pub use act_kind::AccountActKind;
pub use audit::{AuditChecked, AuditFault, AuditWrong};
pub use detail::Detail;
pub use event_kind::EventKind;
pub use reads::{ReadCursor, ReadLine, ReadsAsked, ReportOutline};
