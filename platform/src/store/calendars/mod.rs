//! Days off as they are published: proposed by one person, confirmed by another, and followed by every open clock (decision 66).
//!
//! The calendar itself is part of the pack, so that whatever is pinned to a version of the pack can be explained by it for ever. A
//! confirmation makes the next version of the pack, with these days and nothing else changed.

/// A stage whose clock runs by days, so that days off decide when it is due; not one whose due a person chose.
macro_rules! runs_by_days {
    () => {
        "ended_at IS NULL AND due_at IS NOT NULL AND NOT due_fixed AND time_limit ~ '[0-9](sd|wd|mo)$'"
    };
}

mod change;
mod confirm;
mod ends;
mod follow;
mod open;
pub(super) mod propose;

pub use change::{CalendarChange, CalendarError, CalendarMove, CalendarSource, NewCalendar};
pub use follow::{CalendarFollowed, InForce, PinnedRules};
pub use open::DayClock;
