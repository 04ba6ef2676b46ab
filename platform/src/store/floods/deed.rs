//! What can be done about a flood, by whom, and on what ground.

use crate::store::{AccountActKind, AccountId, FloodClosingId, ReportId};
use chrono::{DateTime, Utc};

/// Who acts.
#[derive(Clone, Debug)]
pub struct FloodActing {
    /// Name.
    pub by: String,
    /// Account.
    pub account: AccountId,
    /// When.
    pub at: DateTime<Utc>,
}

/// What the office decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FloodAct {
    /// It is one: grouped for a day after its last report.
    Treat,
    /// It is none, or over: told one by one from now on.
    End,
    /// Whoever acts takes all its reports in hand that wait for a human and that nobody has.
    Take,
    /// Its tickets that nobody signed shall end, those of these reports, or of all where none is named.
    AskClosing {
        /// Reports.
        reports: Vec<ReportId>,
        /// On what ground.
        ground: FloodGround,
        /// Why.
        reason: String,
    },
    /// Another person confirms.
    Confirm(FloodClosingId),
    /// Another person, or the same, takes it back.
    Refuse(FloodClosingId),
    /// It was a mistake: tickets and clocks as they were.
    GiveBack(FloodClosingId),
}

casework::words! {
    /// On what ground many tickets end at once, without the report that stays.
    FloodGroundKind {
        /// They are no real reports.
        NotReal = "not-real",
        /// A drill that was filed as real.
        Drill = "drill",
        /// The same report over and over.
        Duplicate = "duplicate",
    }
}

/// On what ground many tickets end at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloodGround {
    /// They are no real reports.
    NotReal,
    /// A drill that was filed as real.
    Drill,
    /// The same report over and over: this one stays, and its tickets go on.
    DuplicateOf(ReportId),
}

impl FloodAct {
    /// As it stands in the trail.
    pub(super) fn kind(&self) -> AccountActKind {
        match self {
            Self::Treat => AccountActKind::FloodTreated,
            Self::End => AccountActKind::FloodEnded,
            Self::Take => AccountActKind::FloodTaken,
            Self::AskClosing { .. } => AccountActKind::FloodClosingAsked,
            Self::Confirm(_) => AccountActKind::FloodClosingConfirmed,
            Self::Refuse(_) => AccountActKind::FloodClosingRefused,
            Self::GiveBack(_) => AccountActKind::FloodClosingGivenBack,
        }
    }
}

impl FloodGround {
    /// As it stands in the table and in the trail.
    pub fn kind(self) -> FloodGroundKind {
        match self {
            Self::NotReal => FloodGroundKind::NotReal,
            Self::Drill => FloodGroundKind::Drill,
            Self::DuplicateOf(_) => FloodGroundKind::Duplicate,
        }
    }

    pub(super) fn stays(self) -> Option<ReportId> {
        match self {
            Self::DuplicateOf(report) => Some(report),
            Self::NotReal | Self::Drill => None,
        }
    }
}
