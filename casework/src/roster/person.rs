//! The people of a roster, as far as it needs to know them: whether a call can reach them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A person, by the login that acts name; it is never given to somebody else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub String);

impl std::fmt::Display for PersonId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A telephone of a person. The number itself is sealed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phone {
    /// A code that was sent there came back.
    pub verified: bool,
    /// It rings outside of the unit's duty hours too; a telephone on a desk does not.
    pub night: bool,
}

/// What a roster knows of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// As people read it.
    pub name: String,
    /// The person's own telephones; a shared one is nobody's.
    #[serde(default)]
    pub phones: Vec<Phone>,
    /// The person gave a mail address and never verified it. Mails go there all the same: whether one arrives is not known.
    #[serde(default)]
    pub mail_unverified: bool,
    /// The account was closed; none: it is open.
    #[serde(default)]
    pub disabled_at: Option<DateTime<Utc>>,
}

impl Person {
    /// Whether the account is open.
    pub fn is_active(&self, at: DateTime<Utc>) -> bool {
        self.disabled_at.is_none_or(|end| at < end)
    }

    /// Whether a call or a message reaches the person, `open` telling whether it is the unit's duty hours.
    pub fn has_phone(&self, open: bool) -> bool {
        self.phones.iter().any(|phone| phone.verified && (open || phone.night))
    }
}

/// All people of a county.
pub type People = BTreeMap<PersonId, Person>;
