//! Words about a child: opened for the unit that holds the ticket, sealed again when an officer writes some.
//!
//! Everything here uses the report's own data key. A failure to open is a value, never a reason to hide the rest of a
//! ticket: who and where to go are also in the unsealed facts.

use casework::report::{Identity, LivingWith, ReporterKind, Sex};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use platform::{
    seal::{Column, MasterKey, OpenError},
    store::DeskTicket,
};
use serde::{Deserialize, Serialize};
use tracing::error;

/// What a reporter wrote, besides who they are.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Matter {
    /// Where the child is, in words.
    pub(super) where_now: Option<String>,
    /// When it was found.
    pub(super) found_at: Option<DateTime<FixedOffset>>,
    /// The children.
    pub(super) children: Vec<Child>,
    /// What happened.
    pub(super) narrative: String,
}

/// A child as reported.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Child {
    /// Name.
    pub(super) name: Option<String>,
    /// Sex.
    pub(super) sex: Sex,
    /// Years.
    pub(super) age: Option<u8>,
    /// Day of birth.
    pub(super) birth_date: Option<NaiveDate>,
    /// Number of an identity paper.
    pub(super) id_number: Option<String>,
    /// With whom.
    pub(super) living_with: LivingWith,
    /// Left behind.
    pub(super) left_behind: Option<bool>,
    /// School.
    pub(super) school: Option<String>,
    /// Home address.
    pub(super) home_address: Option<String>,
}

/// Who reported.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Reporter {
    /// What they are.
    pub(super) kind: ReporterKind,
    /// How they wish to be known.
    pub(super) identity: Identity,
    /// Where they work.
    pub(super) organization: Option<String>,
    /// Name.
    pub(super) name: Option<String>,
    /// Telephone.
    pub(super) phone: Option<String>,
}

/// What an officer wrote with an act.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub(super) struct Note {
    /// Who saw the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) who: Option<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<DateTime<Utc>>,
    /// Number of a document, or where it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// More words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
}

/// The report's data key.
pub(super) fn data_key(keys: &MasterKey, ticket: &DeskTicket) -> Result<[u8; 32], OpenError> {
    keys.open_data_key(ticket.report_id, &ticket.data_key)
        .inspect_err(|e| error!(ticket = ticket.id, error = %e, "the data key of a report can't be opened"))
}

/// Opens what the reporter wrote; `None` when it can't be opened (the log says why).
pub(super) fn matter(keys: &MasterKey, ticket: &DeskTicket) -> Option<Matter> {
    opened(&data_key(keys, ticket).ok()?, Column::Matter, ticket, &ticket.matter)
}

/// Opens who reported.
pub(super) fn reporter(keys: &MasterKey, ticket: &DeskTicket) -> Option<Reporter> {
    opened(
        &data_key(keys, ticket).ok()?,
        Column::Reporter,
        ticket,
        ticket.reporter.as_deref()?,
    )
}

/// Opens what an officer wrote with an event (hex).
pub(super) fn note(key: &[u8; 32], ticket: &DeskTicket, sealed: &str) -> Option<Note> {
    opened(key, Column::Event, ticket, &hex::decode(sealed).ok()?)
}

/// Seals what an officer wrote.
pub(super) fn seal(keys: &MasterKey, ticket: &DeskTicket, note: &Note) -> Result<Vec<u8>, OpenError> {
    let key = data_key(keys, ticket)?;
    let plain = serde_json::to_vec(note).map_err(|_| OpenError::Form)?;
    Ok(keys.seal(&key, Column::Event, ticket.report_id, &plain, &mut rand::rng()))
}

fn opened<T: serde::de::DeserializeOwned>(
    key: &[u8; 32],
    column: Column,
    ticket: &DeskTicket,
    sealed: &[u8],
) -> Option<T> {
    let plain = MasterKey::open(key, column, ticket.report_id, sealed)
        .inspect_err(|e| error!(ticket = ticket.id, ?column, error = %e, "a sealed text can't be opened"))
        .ok()?;
    // The text of the error could repeat the words: it is not logged.
    serde_json::from_slice(&plain)
        .inspect_err(|_| error!(ticket = ticket.id, ?column, "an opened text has another form"))
        .ok()
}
