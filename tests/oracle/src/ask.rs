//! Random numbers with a seed, and values worth asking a table.

use casework::dmn::sfeel::{Bound, Item, Kind, Test, Value};
use casework::dmn::{Inputs, Table};
use rust_decimal::Decimal;

/// SplitMix64: a seed gives the same tables on every machine.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }

    pub fn one_in(&mut self, odds: usize) -> bool {
        self.below(odds) == 0
    }

    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

/// For each input column the values at, beside and between what its cells and declared values name.
pub fn candidates(table: &Table) -> Vec<Vec<Value>> {
    let column = |index: usize| {
        let column = &table.inputs[index];
        let cells = table.rules.iter().map(|rule| &rule.tests[index]);
        let tests: Vec<&Test> = cells.chain(&column.allowed).collect();
        let mut values: Vec<Value> = match column.kind {
            Kind::Text => vec!["never named".into(), "".into()],
            Kind::Flag => vec![true.into(), false.into()],
            Kind::Whole | Kind::Number => vec![0.into()],
        };
        for item in tests.iter().flat_map(|test| test.items()) {
            match item {
                Item::Is(Value::Number(number)) => values.extend(near(*number, column.kind)),
                Item::Is(value) => values.push(value.clone()),
                Item::Between(low, high) => {
                    for Bound { at, .. } in low.iter().chain(high) {
                        values.extend(near(*at, column.kind));
                    }
                }
            }
        }
        // What each engine makes of a value outside the declared ones is its own affair; and the standard lets
        // not(...) hold for null where we say that nothing is known. Neither is asked.
        let negated = tests.iter().any(|test| matches!(test, Test::Not(_)));
        if column.allowed.is_none() && !negated {
            values.push(Value::Null);
        }
        values.retain(|value| *value == Value::Null || column.seen(value) == value);
        values
    };
    (0..table.inputs.len()).map(column).collect()
}

fn near(number: Decimal, kind: Kind) -> Vec<Value> {
    let step = if kind == Kind::Whole {
        Decimal::ONE
    } else {
        Decimal::new(1, 3)
    };
    let at = [Some(number), number.checked_add(step), number.checked_sub(step)];
    at.into_iter()
        .flatten()
        .map(|number| Value::Number(number.normalize()))
        .collect()
}

/// One of the candidates for each column; `None` where a column admits no value at all.
pub fn inputs<'t>(table: &'t Table, candidates: &[Vec<Value>], dice: &mut Dice) -> Option<Inputs<'t>> {
    let mut inputs = Inputs::new();
    for (column, values) in table.inputs.iter().zip(candidates) {
        if values.is_empty() {
            return None;
        }
        inputs.insert(&column.name, dice.pick(values));
    }
    Some(inputs)
}
