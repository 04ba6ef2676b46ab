//! Reports from the door to the queue, and how they are read again.

pub(super) mod batch;
pub(super) mod outbox;
pub(super) mod parked;
pub(super) mod replay;
pub(super) mod show;
pub(super) mod shown;
pub(super) mod status;

pub use batch::{BatchWriter, BlindToken, KeyMacs, NewReport, SealedParts, Stored};
pub use outbox::{OutboxRow, REPORTS_COUNTED, Waits};
pub use replay::{ReplayFacts, ReplayKey};
pub use show::{ReportShown, ReportState};
pub use shown::{
    DecisionShown, EventShown, Moment, NoticeShown, RingShown, RungStep, StageShown, StepShown, TicketShown,
};
pub use status::{ReportStatus, StatusStage, StatusTicket};
