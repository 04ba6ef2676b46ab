//! What can be done about a flood, by whom, and on what ground.

use crate::store::{AccountId, FloodClosingId, ReportId};
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
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Treat => "flood-treated",
            Self::End => "flood-ended",
            Self::Take => "flood-taken",
            Self::AskClosing { .. } => "flood-closing-asked",
            Self::Confirm(_) => "flood-closing-confirmed",
            Self::Refuse(_) => "flood-closing-refused",
            Self::GiveBack(_) => "flood-closing-given-back",
        }
    }
}

impl FloodGround {
    /// As it stands in the table and in the trail.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotReal => "not-real",
            Self::Drill => "drill",
            Self::DuplicateOf(_) => "duplicate",
        }
    }

    pub(super) fn stays(self) -> Option<ReportId> {
        match self {
            Self::DuplicateOf(report) => Some(report),
            Self::NotReal | Self::Drill => None,
        }
    }
}
