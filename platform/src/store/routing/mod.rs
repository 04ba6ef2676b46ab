//! Decisions: a report routed exactly once, and the areas that no list has.

pub(super) mod decision;
pub(super) mod report;
pub(super) mod unlisted;

pub use decision::{Pinned, Recorded};
pub use report::ReportToRoute;
pub use unlisted::UnlistedArea;
