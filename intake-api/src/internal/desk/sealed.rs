//! Words about a child: opened for the unit that holds the ticket, sealed again when an officer writes some.
//!
//! Everything here uses the report's own data key. A failure to open is a value, never a reason to hide the rest of a
//! ticket: who and where to go are also in the unsealed facts.

use casework::report::{Identity, LivingWith, ReporterKind, Sex};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use platform::{
    foreign::Foreign,
    seal::{Column, MasterKey, OpenError},
    store::DeskTicket,
};
use serde::{Deserialize, Serialize};
use tracing::error;

/// What a reporter wrote, besides who they are.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Matter {
    /// Where the child is, in words.
    pub(super) where_now: Option<Foreign>,
    /// When it was found.
    pub(super) found_at: Option<DateTime<FixedOffset>>,
    /// The children.
    pub(super) children: Vec<Child>,
    /// What happened.
    pub(super) narrative: Foreign,
}

/// A child as reported.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Child {
    /// Name.
    pub(super) name: Option<Foreign>,
    /// Sex.
    pub(super) sex: Sex,
    /// Years.
    pub(super) age: Option<u8>,
    /// Day of birth.
    pub(super) birth_date: Option<NaiveDate>,
    /// Number of an identity paper.
    pub(super) id_number: Option<Foreign>,
    /// With whom.
    pub(super) living_with: LivingWith,
    /// Left behind.
    pub(super) left_behind: Option<bool>,
    /// School.
    pub(super) school: Option<Foreign>,
    /// Home address.
    pub(super) home_address: Option<Foreign>,
}

/// Who reported.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Reporter {
    /// What they are.
    pub(super) kind: ReporterKind,
    /// How they wish to be known.
    pub(super) identity: Identity,
    /// Where they work.
    pub(super) organization: Option<Foreign>,
    /// Name.
    pub(super) name: Option<Foreign>,
    /// Telephone.
    pub(super) phone: Option<Foreign>,
}

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
    /// More words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<Foreign>,
}

/// The report's data key.
pub(super) fn data_key(keys: &MasterKey, ticket: &DeskTicket) -> Result<[u8; 32], OpenError> {
    keys.open_data_key(ticket.report_id, &ticket.data_key)
        .inspect_err(|e| error!(ticket = ticket.id, error = %e, "the data key of a report can't be opened"))
}

/// Opens what the reporter wrote; `None` when it can't be opened (the log says why).
pub(super) fn matter(keys: &MasterKey, ticket: &DeskTicket) -> Option<Matter> {
    opened(
        &data_key(keys, ticket).ok()?,
        Column::Matter,
        ticket.report_id,
        &ticket.matter,
    )
}

/// Opens who reported.
pub(super) fn reporter(keys: &MasterKey, ticket: &DeskTicket) -> Option<Reporter> {
    opened(
        &data_key(keys, ticket).ok()?,
        Column::Reporter,
        ticket.report_id,
        ticket.reporter.as_deref()?,
    )
}

/// Opens what an officer wrote with an event of this report (hex).
pub(crate) fn note(key: &[u8; 32], report_id: i64, sealed: &str) -> Option<Note> {
    opened(key, Column::Event, report_id, &hex::decode(sealed).ok()?)
}

/// Seals what the office wrote, with the report's data key.
pub(crate) fn seal_with(keys: &MasterKey, report_id: i64, data_key: &[u8], note: &Note) -> Result<Vec<u8>, OpenError> {
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

fn opened<T: serde::de::DeserializeOwned>(key: &[u8; 32], column: Column, report_id: i64, sealed: &[u8]) -> Option<T> {
    let plain = MasterKey::open(key, column, report_id, sealed)
        .inspect_err(|e| error!(report = report_id, ?column, error = %e, "a sealed text can't be opened"))
        .ok()?;
    // The text of the error could repeat the words: it is not logged.
    serde_json::from_slice(&plain)
        .inspect_err(|_| error!(report = report_id, ?column, "an opened text has another form"))
        .ok()
}
