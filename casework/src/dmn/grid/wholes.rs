//! From a whole number to its stretch of the number line: by looking it up where few numbers matter, else by halving.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::dmn::sfeel::Bound;

/// So many numbers at most get a place each: ages and percentages do, amounts of money don't.
const PLACES: i64 = 4096;

/// The class of each whole number.
#[derive(Debug, Clone)]
pub(super) enum Wholes {
    /// The classes of consecutive numbers from the given one on; what is less has the class of the first, what is
    /// more that of the last.
    Places(i64, Vec<usize>),
    /// Where stretches begin, ascending, and the class of each. The first begins below all numbers.
    Starts(Vec<i64>, Vec<usize>),
}

impl Wholes {
    /// Takes the stretches of the whole line from low to high: low bound and class.
    pub(super) fn new(stretches: impl Iterator<Item = (Option<Bound>, usize)>) -> Self {
        let mut starts: Vec<i64> = Vec::new();
        let mut classes = Vec::new();
        for (low, class) in stretches {
            let Some(start) = first_whole(low) else { break };
            if starts.last() == Some(&start) {
                // The stretch before holds no whole number, as (5..6) doesn't.
                classes.pop();
            } else {
                starts.push(start);
            }
            classes.push(class);
        }
        let (Some(&first), Some(&last)) = (starts.get(1), starts.last()) else {
            return Self::Places(0, classes);
        };
        let base = first.saturating_sub(1);
        if last.checked_sub(base).is_none_or(|span| span >= PLACES) {
            return Self::Starts(starts, classes);
        }
        let place = |number| classes[stretch(&starts, number)];
        Self::Places(base, (base..=last).map(place).collect())
    }

    pub(super) fn class_of(&self, number: i64) -> usize {
        match self {
            Self::Places(base, classes) => {
                let place = usize::try_from(number.saturating_sub(*base)).unwrap_or(0);
                classes[place.min(classes.len() - 1)]
            }
            Self::Starts(starts, classes) => classes[stretch(starts, number)],
        }
    }
}

/// The last stretch that begins at or below a number.
fn stretch(starts: &[i64], number: i64) -> usize {
    starts.partition_point(|start| *start <= number).saturating_sub(1)
}

/// The first whole number from a bound on; `None` = it lies beyond all.
fn first_whole(low: Option<Bound>) -> Option<i64> {
    let Some(low) = low else { return Some(i64::MIN) };
    let first = if low.included {
        low.at.ceil()
    } else {
        low.at.floor().checked_add(Decimal::ONE)?
    };
    if first < i64::MIN.into() {
        Some(i64::MIN)
    } else {
        first.to_i64()
    }
}
