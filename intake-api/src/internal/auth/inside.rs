//! Who must have a second factor, and from where: `login.require_totp` and `login.inside_networks`.

use std::net::IpAddr;

use platform::{
    networks::Networks,
    store::{Person, Role},
};

/// Roles that see a whole county's children, or decide who may.
const MUST: [Role; 5] = [
    Role::Office,
    Role::Leader,
    Role::LeadingGroup,
    Role::Oversight,
    Role::Admin,
];

/// When they must.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Always,
    Outside,
    Never,
}

/// The rule as configured.
#[derive(Clone, Debug)]
pub(crate) struct FactorRule {
    when: When,
    inside: Networks,
}

impl FactorRule {
    /// Reads both keys.
    pub(crate) fn read(when: &str, networks: &str) -> anyhow::Result<Self> {
        let when = match when {
            "always" => When::Always,
            "outside" => When::Outside,
            "never" => When::Never,
            other => {
                anyhow::bail!("login.require_totp (SHOUWANG_REQUIRE_TOTP) is {other:?}: give always, outside or never")
            }
        };
        let inside = Networks::read(networks).map_err(|text| {
            anyhow::anyhow!(
                "login.inside_networks (SHOUWANG_INSIDE_NETWORKS) holds {text:?}: write networks as 10.0.0.0/8, with commas between"
            )
        })?;
        Ok(Self { when, inside })
    }

    /// Whether this person must have one when coming from there. An unknown address is outside.
    pub(crate) fn binds(&self, person: &Person, address: Option<IpAddr>) -> bool {
        let role = person.memberships.iter().any(|m| MUST.contains(&m.role));
        role && match self.when {
            When::Always => true,
            When::Never => false,
            When::Outside => !address.is_some_and(|address| self.inside.hold(address)),
        }
    }
}

#[cfg(test)]
mod tests {
    use platform::store::{Account, AccountId, Membership};

    use super::*;

    fn person(role: Role) -> Person {
        Person {
            account: Account {
                id: AccountId(1),
                login: "a1".into(),
                name: "甲".into(),
                phone: None,
                disabled_at: None,
                has_password: true,
                invited_until: None,
                last_login_at: None,
                demo: false,
                factor_at: None,
            },
            memberships: vec![Membership {
                account_id: AccountId(1),
                unit: "office".into(),
                role,
            }],
            strange: Vec::new(),
        }
    }

    #[test]
    fn who_must_and_from_where() {
        let rule = FactorRule::read("outside", "127.0.0.0/8, ::1,10.0.0.0/8 ,fc00::/7").unwrap();
        let from = |text: &str| text.parse().ok();
        for role in MUST {
            for inside in ["127.0.0.1", "10.255.0.1", "::ffff:10.0.0.1", "::1", "fd00::5"] {
                assert!(!rule.binds(&person(role), from(inside)), "{role} {inside}");
            }
            for outside in ["11.0.0.1", "192.168.0.1", "2001:db8::1", "::2", "::ffff:8.8.8.8"] {
                assert!(rule.binds(&person(role), from(outside)), "{role} {outside}");
            }
            assert!(rule.binds(&person(role), None), "an unknown address is outside");
            assert!(
                FactorRule::read("always", "0.0.0.0/0")
                    .unwrap()
                    .binds(&person(role), from("10.0.0.1"))
            );
            assert!(!FactorRule::read("never", "").unwrap().binds(&person(role), None));
            assert!(
                !FactorRule::read("outside", "0.0.0.0/0,::/0")
                    .unwrap()
                    .binds(&person(role), from("8.8.8.8"))
            );
        }
        assert!(!rule.binds(&person(Role::Member), from("8.8.8.8")));
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for (when, networks) in [
            ("sometimes", ""),
            ("", ""),
            ("outside", "10.0.0.0/33"),
            ("outside", "10.0.0/8"),
            ("outside", "office"),
            ("always", "::/129"),
        ] {
            assert!(FactorRule::read(when, networks).is_err(), "{when} {networks}");
        }
    }
}
