//! Input of a replay that can't be read; the command ends with its own exit code.

/// What can't be read: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct CannotRead(pub(super) String);
