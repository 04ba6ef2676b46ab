//! Whose roster somebody keeps: a unit's leader that of the unit, office and leading group their own, an administrator every one.
//! Everybody who has a role may see who is on duty.

use casework::county::Unit;
use platform::store::{AccountId, Find, Role};

use crate::internal::{Visit, auth::Actor, error::PageError};

/// Roles whose people are on a unit's roster.
const ON_IT: [Role; 4] = [Role::Member, Role::Leader, Role::Office, Role::LeadingGroup];

/// Roles that keep the roster of their unit.
const KEEP_IT: [Role; 3] = [Role::Leader, Role::Office, Role::LeadingGroup];

/// Whether the person keeps the roster of a unit.
pub(super) fn keeps(actor: &Actor, unit: &str) -> bool {
    actor.is(&[Role::Admin]) || actor.units(&KEEP_IT).contains(&unit)
}

/// Whether the person may be on the roster of a unit.
pub(super) fn is_of(actor: &Actor, unit: &str) -> bool {
    actor.units(&ON_IT).contains(&unit)
}

/// The units whose roster the person keeps by a role in them.
pub(super) fn led_units(actor: &Actor) -> Vec<&str> {
    actor.units(&KEEP_IT)
}

/// The units on whose roster the person may be.
pub(super) fn own_units(actor: &Actor) -> Vec<&str> {
    actor.units(&ON_IT)
}

/// A unit of the pack.
pub(super) fn unit(visit: &Visit, code: &str) -> Result<Unit, PageError> {
    let loaded = visit.internal.pack.current();
    loaded.pack.units().get(code).cloned().ok_or(PageError::NotFound)
}

/// A unit whose roster the person keeps: nobody else finds it.
pub(super) fn kept_unit(visit: &Visit, code: &str) -> Result<Unit, PageError> {
    let unit = unit(visit, code)?;
    keeps(&visit.actor, code).then_some(unit).ok_or(PageError::NotFound)
}

/// Somebody who may be on a roster.
#[derive(Clone, Debug)]
pub(super) struct Colleague {
    pub(super) id: AccountId,
    pub(super) login: String,
    pub(super) name: String,
}

/// Who of a unit may be on its roster, by name; two of one name with their logins.
pub(super) async fn colleagues(visit: &Visit, unit: &str) -> Result<Vec<Colleague>, PageError> {
    let (people, county) = (&visit.internal.people, &visit.internal.county);
    let mut found = people.accounts_list(county, Find::OfUnit(unit)).await?;
    found.retain(|person| {
        let here = |m: &platform::store::Membership| m.unit == unit && ON_IT.contains(&m.role);
        person.account.disabled_at.is_none() && person.memberships.iter().any(here)
    });
    let names: Vec<String> = found.iter().map(|person| person.account.name.clone()).collect();
    let of_one_name = |name: &String| names.iter().filter(|other| *other == name).count();
    let mut colleagues: Vec<Colleague> = found
        .into_iter()
        .map(|person| {
            let account = person.account;
            let name = match of_one_name(&account.name) {
                1 => account.name,
                _ => format!("{}（{}）", account.name, account.login),
            };
            Colleague {
                id: account.id,
                login: account.login,
                name,
            }
        })
        .collect();
    colleagues.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(colleagues)
}
