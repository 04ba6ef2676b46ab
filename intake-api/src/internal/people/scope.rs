//! Whose accounts somebody keeps. An administrator keeps all of them. A unit's leader keeps those of the unit's members: adds one,
//! mends, resets and disables those who are nothing else, and never touches a role above.

use casework::pack::Pack;
use platform::{
    store::{Person, Role},
    text::Lang,
};

use super::fields;
use crate::internal::auth::Actor;

/// What somebody keeps.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    /// Everybody.
    County,
    /// The members of these units.
    Units(Vec<String>),
}

impl Scope {
    /// Of whoever acts.
    pub(super) fn of(actor: &Actor) -> Self {
        if actor.is(&[Role::Admin]) {
            Self::County
        } else {
            Self::Units(actor.units(&[Role::Leader]).into_iter().map(str::to_owned).collect())
        }
    }

    /// Everybody.
    pub(super) fn is_county(&self) -> bool {
        matches!(self, Self::County)
    }

    /// Whether this role in this unit is theirs to give and to take. That some take a second person is asked elsewhere.
    pub(super) fn gives(&self, unit: &str, role: Role) -> bool {
        match self {
            Self::County => true,
            Self::Units(units) => role == Role::Member && units.iter().any(|own| own == unit),
        }
    }

    /// Whether they see this person: somebody of their unit.
    pub(super) fn sees(&self, person: &Person) -> bool {
        match self {
            Self::County => true,
            Self::Units(units) => {
                let held = person.memberships.iter().map(|m| &m.unit);
                let mut all = held.chain(person.strange.iter().map(|m| &m.unit));
                all.any(|unit| units.contains(unit))
            }
        }
    }

    /// Whether they keep the account itself: of a person who is a member of their units and nothing else anywhere.
    pub(super) fn keeps(&self, person: &Person) -> bool {
        let all = person.memberships.iter().all(|m| self.gives(&m.unit, m.role));
        self.is_county() || !person.memberships.is_empty() && person.strange.is_empty() && all
    }

    /// Units that they may choose.
    pub(super) fn units(&self, pack: &Pack) -> Vec<(String, String)> {
        let mut units = fields::units(pack);
        if let Self::Units(own) = self {
            units.retain(|(code, _)| own.contains(code));
        }
        units
    }

    /// Roles that they may choose.
    pub(super) fn roles(&self, lang: Lang) -> Vec<(Role, &'static str)> {
        let mut roles = fields::roles(lang);
        if !self.is_county() {
            roles.retain(|(role, _)| *role == Role::Member);
        }
        roles
    }
}

#[cfg(test)]
mod tests {
    use platform::store::{Account, AccountId, Membership, Person, Role};

    use super::Scope;

    fn person(roles: &[(&str, Role)]) -> Person {
        Person {
            account: Account {
                id: AccountId(1),
                login: "zhang".into(),
                name: "张".into(),
                phone: None,
                disabled_at: None,
                has_password: true,
                invited_until: None,
                last_login_at: None,
                demo: false,
                factor_at: None,
            },
            memberships: roles
                .iter()
                .map(|(unit, role)| Membership {
                    account_id: AccountId(1),
                    unit: (*unit).into(),
                    role: *role,
                })
                .collect(),
            strange: Vec::new(),
        }
    }

    #[test]
    fn a_leader_keeps_members_of_the_unit_and_nobody_above() {
        let leader = Scope::Units(vec!["ca".into()]);
        for (roles, sees, keeps) in [
            (&[("ca", Role::Member)][..], true, true),
            (&[("ca", Role::Member), ("edu", Role::Member)], true, false),
            (&[("ca", Role::Member), ("ca", Role::Leader)], true, false),
            (&[("ca", Role::Member), ("office", Role::Office)], true, false),
            (&[("edu", Role::Member)], false, false),
            (&[], false, false),
        ] {
            let person = person(roles);
            assert_eq!(
                (leader.sees(&person), leader.keeps(&person)),
                (sees, keeps),
                "{roles:?}"
            );
            assert!(Scope::County.keeps(&person));
        }
        assert!(
            leader.gives("ca", Role::Member) && !leader.gives("ca", Role::Leader) && !leader.gives("edu", Role::Member)
        );
    }
}
