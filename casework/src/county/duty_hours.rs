//! When the units are there and which telephone rings on their desks, as `duty.csv` says it: what holds until a unit has said
//! otherwise on its page.

use crate::roster::Hours;

use super::Unit;

/// A row: the most exact one that fits a unit counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyRow {
    /// Of all units of this kind; none = of any.
    pub unit_kind: Option<String>,
    /// Of this unit alone.
    pub unit: Option<String>,
    /// When they are there.
    pub hours: Hours,
    /// 值班电话 as typed; none = not known.
    pub phone: Option<String>,
}

/// All rows of a pack.
#[derive(Debug, Clone, Default)]
pub struct DutyHours(Option<Vec<DutyRow>>);

impl DutyHours {
    pub(crate) fn new(rows: Vec<DutyRow>) -> Self {
        Self(Some(rows))
    }

    /// Whether the pack says anything about them.
    pub fn is_said(&self) -> bool {
        self.0.is_some()
    }

    /// The hours of a unit; office hours where no row says any.
    pub fn hours(&self, unit: &Unit) -> Hours {
        self.row(unit).map_or_else(Hours::usual, |row| row.hours.clone())
    }

    /// The telephone on a unit's desk.
    pub fn phone(&self, unit: &Unit) -> Option<&str> {
        self.row(unit)?.phone.as_deref()
    }

    fn row(&self, unit: &Unit) -> Option<&DutyRow> {
        let fits = |row: &&DutyRow| match (&row.unit, &row.unit_kind) {
            (Some(code), _) => *code == unit.code,
            (None, Some(kind)) => *kind == unit.kind,
            (None, None) => true,
        };
        let rows = self.0.iter().flatten().filter(fits);
        rows.max_by_key(|row| (row.unit.is_some(), row.unit_kind.is_some()))
    }
}
