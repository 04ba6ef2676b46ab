//! The number line, cut where cells begin or end to tell numbers apart.

use std::ops::Range;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::dmn::sfeel::{Bound, Item, Test, Value};

/// A place between numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cut {
    at: Decimal,
    /// Whether it lies after the number rather than before.
    after: bool,
}

impl Cut {
    const fn before(at: Decimal) -> Self {
        Self { at, after: false }
    }
}

/// A range of numbers between two cuts; `None` = no end.
pub(super) type Stretch = (Option<Cut>, Option<Cut>);

/// The number line and its cuts; n cuts leave n + 1 stretches.
#[derive(Debug, Clone)]
pub(super) struct Line {
    whole: bool,
    /// Ascending.
    cuts: Vec<Cut>,
}

impl Line {
    /// Cuts the line of whole or of decimal numbers.
    pub(super) fn new<'t>(whole: bool, tests: impl Iterator<Item = &'t Test>) -> Self {
        let mut line = Self {
            whole,
            cuts: Vec::new(),
        };
        let ranges = tests.flat_map(|test| line.ranges(test.items()));
        line.cuts = ranges.flat_map(|(from, to)| [from, to]).flatten().collect();
        line.cuts.sort_unstable();
        line.cuts.dedup();
        line
    }

    /// Whether a number lies on the line.
    pub(super) fn holds(&self, number: Decimal) -> bool {
        !self.whole || number.is_integer()
    }

    /// The stretch in which a number of the line lies.
    pub(super) fn stretch_of(&self, number: Decimal) -> usize {
        self.begins(Cut::before(number))
    }

    /// The stretches that make up a range, whose ends are among the line's cuts.
    pub(super) fn stretches(&self, (from, to): Stretch) -> Range<usize> {
        let from = from.map_or(0, |cut| self.begins(cut));
        from..to.map_or(self.cuts.len() + 1, |cut| self.begins(cut)).max(from)
    }

    /// Each stretch from low to high: its bounds, and its simplest number, `None` where it holds none of the line.
    pub(super) fn each(&self) -> impl Iterator<Item = (Option<Bound>, Option<Bound>, Option<Decimal>)> + '_ {
        (0..=self.cuts.len()).map(|index| {
            let low = index.checked_sub(1).map(|index| self.cuts[index]);
            let high = self.cuts.get(index).copied();
            let example = self.simplest((low, high));
            (
                low.map(|cut| self.bound(cut, true)),
                high.map(|cut| self.bound(cut, false)),
                example,
            )
        })
    }

    /// A cut as the low or high bound of the stretch beside it.
    fn bound(&self, cut: Cut, low: bool) -> Bound {
        let included = cut.after != low;
        match cut.at.checked_sub(Decimal::ONE) {
            Some(at) if self.whole && !included => Bound { at, included: true },
            _ => Bound { at: cut.at, included },
        }
    }

    /// The stretch that begins at a cut.
    fn begins(&self, cut: Cut) -> usize {
        self.cuts.partition_point(|earlier| *earlier <= cut)
    }

    /// The ranges of numbers that items speak of, ascending. Those that touch are one: nothing tells them apart.
    pub(super) fn ranges(&self, items: &[Item]) -> Vec<Stretch> {
        let cut = |at, after| self.normal(Cut { at, after });
        let range = |item: &Item| match item {
            Item::Is(Value::Number(at)) => Some((Some(cut(*at, false)), Some(cut(*at, true)))),
            Item::Is(_) => None,
            Item::Between(low, high) => Some((
                low.map(|bound| cut(bound.at, !bound.included)),
                high.map(|bound| cut(bound.at, bound.included)),
            )),
        };
        let mut ranges: Vec<Stretch> = items.iter().filter_map(range).collect();
        ranges.retain(|(from, to)| from.is_none() || to.is_none() || from < to);
        ranges.sort_unstable();
        let mut apart: Vec<Stretch> = Vec::new();
        for (from, to) in ranges {
            match apart.last_mut() {
                Some((_, None)) => {}
                Some((_, end)) if *end >= from => *end = to.and_then(|to| end.map(|end| end.max(to))),
                _ => apart.push((from, to)),
            }
        }
        apart
    }

    /// Between whole numbers there is one place, and it is written as before the next.
    fn normal(&self, cut: Cut) -> Cut {
        if !self.whole || (cut.at.is_integer() && !cut.after) {
            return cut;
        }
        match cut.at.floor().checked_add(Decimal::ONE) {
            Some(at) => Cut::before(at),
            None => cut,
        }
    }

    /// The number nearest to zero among those with the fewest decimals; `None` = there is none in between.
    fn simplest(&self, (low, high): Stretch) -> Option<Decimal> {
        let above = |number| low.is_none_or(|low| low <= Cut::before(number));
        let below = |number| high.is_none_or(|high| high > Cut::before(number));
        let scales = if self.whole { 0..=0 } else { 0..=Decimal::MAX_SCALE };
        scales.into_iter().find_map(|scale| {
            // The first number of this scale on the side of zero; the stretch may begin or end at zero itself.
            let step = Decimal::new(1, scale);
            let number = match (low, high) {
                _ if above(Decimal::ZERO) && below(Decimal::ZERO) => Decimal::ZERO,
                (Some(low), _) if !above(Decimal::ZERO) => {
                    let at = low
                        .at
                        .round_dp_with_strategy(scale, RoundingStrategy::ToPositiveInfinity);
                    if above(at) { at } else { at.checked_add(step)? }
                }
                (_, Some(high)) => {
                    let at = high
                        .at
                        .round_dp_with_strategy(scale, RoundingStrategy::ToNegativeInfinity);
                    if below(at) { at } else { at.checked_sub(step)? }
                }
                _ => return None,
            };
            (above(number) && below(number)).then_some(number)
        })
    }
}
