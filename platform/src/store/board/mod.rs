//! What the office sees of the county: what needs a call now, counts, times, and the leading group's page.

pub(super) mod arrivals;
pub(super) mod case;
pub(super) mod counts;
pub(super) mod leading;
pub(super) mod now;
pub(super) mod ticket;
pub(super) mod vain;

pub use arrivals::{Arrivals, HeldRing, LateNotice, NotArrived};
pub use case::{BoardCase, CaseClock, CaseTicket};
pub use counts::OfficeCounts;
pub use leading::{LeadingLine, LeadingNow};
pub use now::{BoardList, BoardNow, CallAbout, TriageLine, UndeliveredNotice};
pub use ticket::{
    BoardAttempt, BoardEvent, BoardEventDetail, BoardNotice, BoardOther, BoardRound, BoardStage, BoardStep,
    BoardTicket, EventCall,
};
pub use vain::VisitsInVain;
