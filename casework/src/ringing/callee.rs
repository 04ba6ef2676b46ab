//! Who is called, and how far a call has come.

use crate::roster::{Answer, PersonId, Reached};
use crate::words::Channel;

/// Who is called: a person, or the phones of the last resort.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Callee {
    /// A person.
    Person(PersonId),
    /// The pack's phones.
    LastResort,
}

impl Callee {
    /// Whom an answer of the roster reaches.
    pub fn of(answer: &Answer) -> Self {
        match &answer.reached {
            Reached::Person { person, .. } => Self::Person(person.clone()),
            Reached::LastResort => Self::LastResort,
        }
    }
}

/// A call that was made for a ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Who was called.
    pub callee: Callee,
    /// The unit for which the person is on duty.
    pub unit: String,
    /// By what.
    pub channel: Channel,
    /// It failed for good: it reached nobody.
    pub failed: bool,
}
