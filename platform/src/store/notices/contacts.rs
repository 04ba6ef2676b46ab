//! Whom to call: a unit's duty phone, its people and its mailbox, as the database's functions give them.

use serde::Deserialize;

/// A person of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct UnitContact {
    /// Name.
    pub name: String,
    /// Login: tells two people of one name apart.
    pub login: String,
    /// Phone at work, as typed.
    pub phone: Option<String>,
    /// Leads the unit, or is of the office or the leading group.
    pub leader: bool,
}

/// Whom to call about a unit; what the function `unit_call` gives.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct UnitCall {
    /// Unit code.
    pub unit: String,
    /// 值班电话, as typed.
    pub duty_phone: Option<String>,
    /// Where its notices go.
    pub mailbox: String,
    /// Nobody has confirmed the mailbox yet (示例).
    pub example: bool,
    /// Its people, leaders first.
    pub people: Vec<UnitContact>,
}
