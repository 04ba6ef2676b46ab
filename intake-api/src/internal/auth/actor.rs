//! Who acts in a request, and what they are.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use platform::store::{Person, Role, SessionId};

use crate::internal::counts::Counts;

/// Who acts in this request.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    /// The session.
    pub(crate) session: SessionId,
    /// The person and their memberships at this moment.
    pub(crate) person: Arc<Person>,
    /// What every form of this session carries.
    pub(crate) csrf: String,
    /// What waits behind the links of the navigation.
    pub(crate) counts: Counts,
    /// When a person last did something in this session.
    pub(crate) used_at: DateTime<Utc>,
    /// Must set up a second factor before anything else.
    pub(crate) must_factor: bool,
}

impl Actor {
    /// Units in which the person has one of these roles.
    pub(crate) fn units(&self, roles: &[Role]) -> Vec<&str> {
        let held = self.person.memberships.iter().filter(|m| roles.contains(&m.role));
        let mut units: Vec<&str> = held.map(|m| m.unit.as_str()).collect();
        units.dedup();
        units
    }

    /// Whether the person leads this unit.
    pub(crate) fn leads(&self, unit: &str) -> bool {
        self.units(&[Role::Leader]).contains(&unit)
    }

    /// Whether the person has one of these roles anywhere.
    pub(crate) fn is(&self, roles: &[Role]) -> bool {
        self.person.memberships.iter().any(|m| roles.contains(&m.role))
    }
}
