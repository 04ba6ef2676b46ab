//! What changes a pattern for a while: exceptions, swaps, absences.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::person::PersonId;
use crate::words::{Seat, words};

/// From a moment on and before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Its first moment.
    pub from: DateTime<Utc>,
    /// Its end.
    pub to: DateTime<Utc>,
}

impl Window {
    /// Whether it covers a moment.
    pub fn covers(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.to
    }
}

/// One seat given to somebody else for once, or to nobody. Of several the last one written counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// When.
    pub during: Window,
    /// Which seat.
    pub seat: Seat,
    /// Who has it then; none: nobody.
    pub person: Option<PersonId>,
}

words! {
    /// How far a swap has come. Only an accepted one changes who is on duty.
    SwapState {
        /// 待对方同意
        Asked = "asked",
        /// 已同意
        Accepted = "accepted",
        /// 对方未同意
        Declined = "declined",
        /// 已撤回
        Withdrawn = "withdrawn",
    }
}

/// Two people trade their duty, whichever seats they have then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Swap {
    /// Who asked.
    pub asked_by: PersonId,
    /// Who is to agree.
    pub with: PersonId,
    /// What the asking person gives away.
    pub gives: Window,
    /// What the asking person takes over in return; none: nothing.
    #[serde(default)]
    pub takes: Option<Window>,
    /// How far it has come.
    pub state: SwapState,
}

impl Swap {
    /// Who does what somebody had to do at a moment, if this swap moves it.
    pub fn instead_of(&self, person: &PersonId, at: DateTime<Utc>) -> Option<&PersonId> {
        if self.state != SwapState::Accepted {
            return None;
        }
        if *person == self.asked_by && self.gives.covers(at) {
            return Some(&self.with);
        }
        let takes = self.takes.is_some_and(|takes| takes.covers(at));
        (*person == self.with && takes).then_some(&self.asked_by)
    }
}

/// Somebody is away. Of several the last one written counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// Who.
    pub person: PersonId,
    /// When.
    pub during: Window,
    /// Who stands in; none: the seat is empty.
    #[serde(default)]
    pub delegate: Option<PersonId>,
}
