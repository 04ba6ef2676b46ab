//! Keys: what reporters write is sealed before it reaches the database.
//!
//! Each report has a data key of its own, wrapped by the master key; the id of the master key stands beside it, so that a
//! new master key can take over while old reports stay readable. Every other secret (follow-up codes, idempotency keys,
//! blind indexes, answers) uses a key derived from the master key for that one purpose (HKDF-SHA-256), so that no key does
//! two jobs. Losing the master key loses every sealed text for ever: docs/operations.md says how to keep it.
//!
//! The telephones of officers have a key of their own ([`ContactKey`]), since whoever dials must not open reports. What leaves for a closed
//! network is signed with a third ([`FolderKey`]), which seals nothing, and encrypted to the unit's own ([`Recipient`]).

mod blind;
mod cipher;
mod contacts;
mod folder;
mod line;
mod master;

pub use blind::normalise;
pub use cipher::{Cipher, OpenError};
pub use contacts::{ContactKey, new_contact_key_line};
pub use folder::{FolderKey, Recipient, new_folder_key_line};
pub use line::read_private;
pub use master::{MasterKey, new_key_line};

use uuid::Uuid;

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// What a sealed column is bound to, each by a number of its own that never changes: moving a ciphertext to another row or column makes it unreadable.
#[derive(Clone, Copy, Debug)]
pub enum Column {
    /// `reports.identity`: who reported, whole
    Identity = 1,
    /// `reports.data_key`
    DataKey = 2,
    /// `idempotency_keys.answer`
    Answer = 3,
    /// `events.sealed`: what an officer wrote down.
    Event = 4,
    /// What somebody typed, carried by a login page; bound to the account.
    Kept = 5,
    /// No column: a receipt that a browser keeps for some minutes. Bound apart from `Answer`, so that an answer taken from the
    /// database can't be shown by handing it in as a cookie.
    Slip = 6,
    /// `reports.place`
    Place = 7,
    /// `reports.child`
    Child = 8,
    /// `reports.birth`
    Birth = 9,
    /// `reports.school`
    School = 10,
    /// `reports.home`
    Home = 11,
    /// `reports.narrative`
    Narrative = 12,
    /// `reports.reporter`: what the units may know of who reported
    Reporter = 13,
    /// `accounts.factor`; bound to the account.
    Factor = 40,
    /// `phones.number`; bound to the account.
    Phone = 41,
    /// `calls.code`: a code on its way to a telephone; bound to the account.
    PhoneCode = 42,
    /// `outlets.secret` and `outlets.old_secret`: what signs for a unit's own system; bound to the row.
    Webhook = 43,
}

impl Column {
    fn bound_to(self, id: i64) -> [u8; 9] {
        let mut aad = [0; 9];
        aad[0] = self as u8;
        aad[1..].copy_from_slice(&id.to_be_bytes());
        aad
    }

    fn bound_to_uuid(self, id: Uuid) -> [u8; 17] {
        let mut aad = [0; 17];
        aad[0] = self as u8;
        aad[1..].copy_from_slice(id.as_bytes());
        aad
    }
}
