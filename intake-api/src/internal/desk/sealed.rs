//! What officers write about a child: sealed with the report's own data key, opened for who may see the ticket. What the
//! reporter wrote is in [`crate::parts`].
//!
//! A failure to open is a value, never a reason to hide the rest of a ticket.

use chrono::{DateTime, NaiveDate, Utc};
use platform::{
    foreign::Foreign,
    seal::{Column, MasterKey, OpenError},
    store::{DeskTicket, ReportId},
};
use serde::{Deserialize, Serialize};
use tracing::error;

use crate::parts;

/// What an officer wrote with an act.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub(crate) struct Note {
    /// Who saw the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) who: Option<Foreign>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Foreign>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<DateTime<Utc>>,
    /// Number of a document, or where it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<Foreign>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Foreign>,
    /// Why there is no material.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) missing: Option<Foreign>,
    /// Why the child was not seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unseen: Option<Foreign>,
    /// Day of a decision; its number is the reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dated: Option<NaiveDate>,
    /// Telephone number of who said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<Foreign>,
    /// More words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<Foreign>,
}

/// The report's data key.
pub(super) fn data_key(keys: &MasterKey, ticket: &DeskTicket) -> Result<[u8; 32], OpenError> {
    keys.open_data_key(ticket.report_id, &ticket.data_key)
        .inspect_err(|e| error!(ticket = ticket.id.0, error = %e, "the data key of a report can't be opened"))
}

/// Opens what an officer wrote with an event of this report (hex).
pub(crate) fn note(key: &[u8; 32], report_id: ReportId, sealed: &str) -> Option<Note> {
    parts::open(key, Column::Event, report_id, &hex::decode(sealed).ok()?)
}

/// Seals what the office wrote, with the report's data key.
pub(crate) fn seal_with(
    keys: &MasterKey,
    report_id: ReportId,
    data_key: &[u8],
    note: &Note,
) -> Result<Vec<u8>, OpenError> {
    let key = keys.open_data_key(report_id, data_key)?;
    let plain = serde_json::to_vec(note).map_err(|_| OpenError::Form)?;
    Ok(keys.seal(&key, Column::Event, report_id, &plain, &mut rand::rng()))
}

/// Seals what an officer wrote.
pub(super) fn seal(keys: &MasterKey, ticket: &DeskTicket, note: &Note) -> Result<Vec<u8>, OpenError> {
    let key = data_key(keys, ticket)?;
    let plain = serde_json::to_vec(note).map_err(|_| OpenError::Form)?;
    Ok(keys.seal(&key, Column::Event, ticket.report_id, &plain, &mut rand::rng()))
}
