//! Mails: queued, leased, said, settled, sent again, and the bell that wakes the notifiers.

pub(super) mod bell;
pub(super) mod contacts;
pub(super) mod kind;
pub(super) mod mail_state;
pub(super) mod queue;
pub(super) mod resend;
pub(super) mod said;
pub(super) mod subject;

pub use bell::NoticeBell;
pub use contacts::{UnitCall, UnitContact};
pub use kind::{NoticeKind, NoticeState};
pub use mail_state::{Blocked, MailState};
pub use queue::{Attempt, AttemptOutcome, NOTICES_COUNTED, NoticeDepth, Settlement, Verdict};
pub use resend::{Bounced, LostNotice, ResendError, Resent};
pub use said::{FailedNotice, LeasedNotice, NoticeContact, NoticeFlood, NoticeStage, NoticeTicket, Phone};
pub use subject::{Said, Subject, SubjectKind, SubjectNotice, To};
