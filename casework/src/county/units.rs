//! Member units and how the one for an area is found.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Line;
use super::areas::{AreaLevel, Areas};
use crate::words::Suspect;
use crate::words::reserved::{LEADING_GROUP, OFFICE};

/// One member unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Code, unique in the county.
    pub code: String,
    /// Unit kind of the vocabulary.
    pub kind: String,
    /// Official name.
    pub name: String,
    /// Area it answers for.
    pub area: String,
    /// The unit above it; only the leading group has none.
    pub parent: Option<String>,
    /// Where notices go.
    pub mailbox: String,
    /// Line of `units.csv`.
    pub(crate) line: Line,
}

/// All units of a pack.
#[derive(Debug, Clone)]
pub struct Units {
    list: Vec<Unit>,
    by_code: HashMap<String, usize>,
    /// (kind, area) -> the unit with the lowest code.
    by_place: HashMap<(String, String), usize>,
    by_kind: BTreeMap<String, Vec<usize>>,
}

impl Units {
    pub(crate) fn new(list: Vec<Unit>) -> Self {
        let mut by_code = HashMap::with_capacity(list.len());
        let mut by_place: HashMap<(String, String), usize> = HashMap::with_capacity(list.len());
        let mut by_kind: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, unit) in list.iter().enumerate() {
            by_code.entry(unit.code.clone()).or_insert(index);
            by_kind.entry(unit.kind.clone()).or_default().push(index);
            by_place
                .entry((unit.kind.clone(), unit.area.clone()))
                .and_modify(|held| {
                    if unit.code < list[*held].code {
                        *held = index;
                    }
                })
                .or_insert(index);
        }
        Self {
            list,
            by_code,
            by_place,
            by_kind,
        }
    }

    /// The unit with this code.
    pub fn get(&self, code: &str) -> Option<&Unit> {
        self.by_code.get(code).map(|index| &self.list[*index])
    }

    /// All units in file order.
    pub fn iter(&self) -> impl Iterator<Item = &Unit> {
        self.list.iter()
    }

    /// All units of a kind in file order.
    pub fn of_kind<'a>(&'a self, kind: &str) -> impl Iterator<Item = &'a Unit> {
        self.by_kind
            .get(kind)
            .into_iter()
            .flatten()
            .map(|index| &self.list[*index])
    }

    /// Whether a rule may name the kind; see [`super::Terms::allows`].
    pub(crate) fn allows_kind(&self, kind: &str) -> bool {
        self.list.is_empty() || self.by_kind.contains_key(kind)
    }

    /// The leading-group office. The pack has been read, so there is one; its code is `office` otherwise.
    pub fn office(&self) -> &str {
        self.of_kind(OFFICE).next().map_or(OFFICE, |unit| &unit.code)
    }

    /// The leading group.
    pub fn leading_group(&self) -> &str {
        self.of_kind(LEADING_GROUP)
            .next()
            .map_or(LEADING_GROUP, |unit| &unit.code)
    }

    /// The unit of a kind for an area: the first area, climbing, that holds one on a level that isn't recused.
    pub fn find(
        &self,
        areas: &Areas,
        recusals: &Recusals,
        kind: &str,
        area: Option<&str>,
        suspect: Suspect,
    ) -> Option<&Unit> {
        areas
            .climb(areas.search_from(area))
            .filter(|area| !recusals.skips(suspect, kind, area.level))
            .find_map(|area| self.by_place.get(&(kind.to_owned(), area.code.clone())))
            .map(|index| &self.list[*index])
    }
}

/// Levels that must not handle a report because the suspect belongs to them.
#[derive(Debug, Clone, Default)]
pub struct Recusals {
    /// (suspect, unit kind or `*`, level)
    skipped: HashSet<(Suspect, String, AreaLevel)>,
}

/// The unit kind of a recusal row that means every kind.
pub const EVERY_KIND: &str = "*";

impl Recusals {
    pub(crate) fn new(skipped: HashSet<(Suspect, String, AreaLevel)>) -> Self {
        Self { skipped }
    }

    /// Whether a unit of `kind` on `level` is passed over when `suspect` is suspected.
    pub fn skips(&self, suspect: Suspect, kind: &str, level: AreaLevel) -> bool {
        if self.skipped.is_empty() {
            return false;
        }
        self.skipped.contains(&(suspect, kind.to_owned(), level))
            || self.skipped.contains(&(suspect, EVERY_KIND.to_owned(), level))
    }
}
