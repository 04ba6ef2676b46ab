//! What somebody who leaves has in hand, unit by unit, and who could take it.

use platform::{
    store::{AccountId, Find, HandOver, Held, Membership, Person, StoreError},
    text::Lang,
};

use crate::internal::{Internal, again::Fields, page::words};

/// The choice that leaves a unit's tickets to be assigned.
const NOBODY: &str = "none";

/// Open tickets of one unit, and who could take them.
pub(super) struct UnitHeld {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) lines: Vec<String>,
    pub(super) total: i64,
    pub(super) colleagues: Vec<(AccountId, String)>,
    pub(super) chosen: String,
}

impl UnitHeld {
    /// To whom its tickets go; `None` while nothing sound is chosen.
    pub(super) fn hand_over(&self) -> Option<HandOver> {
        let to = match self.chosen.as_str() {
            NOBODY => None,
            typed => {
                let id = typed.parse().ok()?;
                self.colleagues.iter().find(|(colleague, _)| *colleague == id)?;
                Some(id)
            }
        };
        Some(HandOver {
            unit: self.code.clone(),
            to,
        })
    }
}

/// The units of what the person of this account holds, with what was chosen for each.
pub(super) async fn units_of(
    internal: &Internal,
    account: AccountId,
    held: &[Held],
    fields: &Fields,
    lang: Lang,
) -> Result<Vec<UnitHeld>, StoreError> {
    let loaded = internal.pack.current();
    let pack = &loaded.pack;
    let mut units: Vec<UnitHeld> = Vec::new();
    for held in held {
        if units.last().is_none_or(|unit| unit.code != held.unit) {
            units.push(UnitHeld {
                code: held.unit.clone(),
                name: words::unit_name(pack, &held.unit),
                lines: Vec::new(),
                total: 0,
                colleagues: colleagues(internal, account, &held.unit).await?,
                chosen: fields.get(&format!("to-{}", held.unit)).cloned().unwrap_or_default(),
            });
        }
        let Some(unit) = units.last_mut() else { continue };
        unit.total += held.tickets;
        unit.lines.push(lang.fill(
            "accounts.leave.line",
            &[
                ("urgency", words::urgency(lang, held.urgency)),
                (
                    "what",
                    pack.vocabulary().obligations.label(&held.obligation, lang.pack()),
                ),
                ("n", &held.tickets.to_string()),
            ],
        ));
    }
    Ok(units)
}

/// Who of the unit could take tickets. Two of one name are told apart by their logins.
async fn colleagues(internal: &Internal, id: AccountId, unit: &str) -> Result<Vec<(AccountId, String)>, StoreError> {
    let people = internal
        .people
        .accounts_list(&internal.county, Find::OfUnit(unit))
        .await?;
    let may_take = |person: &Person| {
        let of_unit = |m: &Membership| m.unit == unit && m.role.holds_tickets();
        person.account.id != id && person.account.disabled_at.is_none() && person.memberships.iter().any(of_unit)
    };
    let label = |person: Person| {
        (
            person.account.id,
            format!("{}（{}）", person.account.name, person.account.login),
        )
    };
    Ok(people.into_iter().filter(may_take).map(label).collect())
}
