//! Which pairs of rows overlap.

use std::collections::HashMap;

use super::space::Space;
use super::touching::Touching;

/// Beyond so many pairs a table is no longer one that is mended pair by pair.
const LISTED: usize = 1000;

/// Beyond so many pairs rows are no longer looked up by the rows that they overlap.
const REMEMBERED: usize = 100_000;

#[derive(Default)]
pub(super) struct Overlaps {
    /// Pairs whose overlap matters, the earlier row first.
    pub(super) pairs: Vec<(u32, u32)>,
    /// More than are listed.
    pub(super) more: bool,
    /// The first row that is not yet compared with those after it; `None` = all are.
    pub(super) next: Option<usize>,
    /// Rows by a row that overlaps them in any way; `None` = not known for all.
    partners: Option<HashMap<u32, Vec<u32>>>,
}

impl Overlaps {
    /// Compares each row with those after it. An overlap matters between rows of different groups.
    pub(super) fn find(space: &Space, touching: &Touching, go_on: &mut dyn FnMut() -> bool) -> Self {
        let mut found = Self::default();
        let mut partners: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut remembered = 0;
        for (index, (row, cells)) in (0_u32..).zip(&space.boxes).enumerate() {
            if !go_on() {
                found.next = Some(index);
                return found;
            }
            if Space::empty(cells) {
                continue;
            }
            for other in touching.rows(space, cells, index + 1) {
                remembered += 1;
                if remembered <= REMEMBERED {
                    partners.entry(row).or_default().push(other);
                    partners.entry(other).or_default().push(row);
                }
                if space.group[row as usize] != space.group[other as usize] {
                    if found.pairs.len() == LISTED {
                        found.more = true;
                        return found;
                    }
                    found.pairs.push((row, other));
                }
            }
        }
        found.partners = (remembered <= REMEMBERED).then_some(partners);
        found
    }

    /// Whether these rows, ascending, are known to overlap nowhere.
    pub(super) fn disjoint(&self, rows: &[u32]) -> bool {
        let Some(partners) = &self.partners else {
            return false;
        };
        let overlaps = |row: &u32| {
            partners
                .get(row)
                .is_some_and(|with| with.iter().any(|row| rows.binary_search(row).is_ok()))
        };
        !rows.iter().any(overlaps)
    }

    /// The rows that overlap this one in any way; `None` = not known.
    pub(super) fn with(&self, row: u32) -> Option<&[u32]> {
        let partners = self.partners.as_ref()?;
        Some(partners.get(&row).map_or(&[], Vec::as_slice))
    }
}
