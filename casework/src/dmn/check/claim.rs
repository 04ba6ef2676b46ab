//! What is claimed of every point of a box, and how rows decide it.
//!
//! A row that covers the whole box matches at each of its points; one that only touches it matches at some. Each
//! claim is settled for the box as soon as these two tell; until then the box is split.

use std::collections::BTreeSet;

use super::space::Space;

/// What should hold at every point of a box.
#[derive(Debug, Clone, Copy)]
pub(super) enum Claim {
    /// Some row matches.
    Covered,
    /// UNIQUE and ANY: without this row of the box the answer, or the lack of one answer, stays the same.
    Agreed {
        /// Its group.
        group: u32,
    },
    /// FIRST and PRIORITY: without this row of the box the answer stays the same, because a better row wins
    /// anyway or the next one says the same.
    Follows {
        /// Its rank.
        rank: u32,
        /// Its group.
        group: u32,
    },
}

/// What the rows tell about a box.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The claim holds at every point.
    Holds,
    /// It holds at no point of the box or, where a row is named, at none that this row matches.
    Fails(Option<u32>),
    /// Neither is known; only the first so many rows matter.
    Open(usize),
}

impl Claim {
    /// Weighs the rows that touch a box, best first; `partial` says in how many columns each falls short of
    /// covering it. The rows that made the claim hold are added to `by`.
    pub(super) fn weigh(self, space: &Space, rows: &[u32], partial: &[u32], by: &mut BTreeSet<u32>) -> Told {
        let group = |row: u32| space.group[row as usize];
        let mut full = rows
            .iter()
            .zip(partial)
            .filter(|(_, partial)| **partial == 0)
            .map(|(row, _)| *row);
        match self {
            Self::Covered => match full.next() {
                Some(row) => {
                    by.insert(row);
                    Told::Holds
                }
                None if rows.is_empty() => Told::Fails(None),
                None => Told::Open(rows.len()),
            },
            Self::Agreed { group: own } => {
                if let Some(row) = full.clone().find(|row| group(*row) == own) {
                    by.insert(row);
                    return Told::Holds;
                }
                if let Some(one) = full.next()
                    && let Some(two) = full.find(|row| group(*row) != group(one))
                {
                    by.extend([one, two]);
                    return Told::Holds;
                }
                let one = rows.first().map(|row| group(*row));
                let enough = rows.iter().any(|row| group(*row) == own || Some(group(*row)) != one);
                if enough {
                    Told::Open(rows.len())
                } else {
                    Told::Fails(None)
                }
            }
            Self::Follows { rank, group: own } => {
                let good = |row: u32| space.rank[row as usize] < rank || group(row) == own;
                match rows.first() {
                    None => return Told::Fails(None),
                    Some(first) if !good(*first) => return Told::Fails(Some(*first)),
                    Some(_) => {}
                }
                let until = partial.iter().position(|partial| *partial == 0);
                match until {
                    Some(last) if rows[..=last].iter().all(|row| good(*row)) => {
                        by.extend(&rows[..=last]);
                        Told::Holds
                    }
                    // Nothing behind a row that covers the box is ever reached.
                    Some(last) => Told::Open(last + 1),
                    None => Told::Open(rows.len()),
                }
            }
        }
    }
}
