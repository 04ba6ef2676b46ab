//! One person of a file, and how many a file may have.

use platform::store::Role;
use serde::{Deserialize, Serialize};

/// Most people of one file: their invitations are handed over one by one.
pub(super) const MOST: usize = 200;

/// One person of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) phone: Option<String>,
    pub(super) unit: String,
    pub(super) role: Role,
}
