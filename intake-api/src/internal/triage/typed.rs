//! What the forms of a report without a unit send, and the API.

use platform::office::triage::Settle;
use serde::Deserialize;

/// What a form or the API sends.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(super) reason: String,
    #[serde(default)]
    pub(super) obligation: String,
    #[serde(default)]
    pub(super) unit: String,
}

impl Typed {
    /// The choice of an obligation and a unit.
    pub(super) fn assign(&self) -> Settle {
        Settle::Assign {
            obligation: self.obligation.clone(),
            unit: self.unit.clone(),
        }
    }
}
