//! Cells that are written read back the same.

use casework::dmn::sfeel::{Bound, Item, Kind, Test, Value, read_test, read_value};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::oracle::config;

const KINDS: [Kind; 4] = [Kind::Text, Kind::Whole, Kind::Number, Kind::Flag];

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(KINDS.to_vec())
}

fn number(kind: Kind) -> BoxedStrategy<Decimal> {
    if kind == Kind::Whole {
        prop_oneof![-9_i64..9, any::<i64>()].prop_map(Decimal::from).boxed()
    } else {
        (any::<i64>(), 0_u32..=28)
            .prop_map(|(digits, scale)| Decimal::new(digits, scale))
            .boxed()
    }
}

pub(crate) fn value(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Text => any::<String>().prop_map(Value::Text).boxed(),
        Kind::Whole | Kind::Number => number(kind).prop_map(Value::Number).boxed(),
        Kind::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
    }
}

fn item(kind: Kind) -> BoxedStrategy<Item> {
    let is = value(kind).prop_map(Item::Is);
    if !matches!(kind, Kind::Whole | Kind::Number) {
        return is.boxed();
    }
    let bound = move || {
        (number(kind), any::<bool>()).prop_map(move |(at, included)| Bound {
            at,
            included: included || kind == Kind::Whole,
        })
    };
    let ordered = (bound(), bound()).prop_filter_map("not empty", |(low, high)| {
        (low.at < high.at).then_some(Item::Between(Some(low), Some(high)))
    });
    prop_oneof![
        is,
        ordered,
        bound().prop_map(|low| Item::Between(Some(low), None)),
        bound().prop_map(|high| Item::Between(None, Some(high))),
    ]
    .boxed()
}

pub(crate) fn test(kind: Kind) -> impl Strategy<Value = Test> {
    let items = prop::collection::vec(item(kind), 1..4);
    prop_oneof![
        Just(Test::Any),
        items.clone().prop_map(Test::OneOf),
        items.prop_map(Test::Not),
    ]
}

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn tests_read_back((kind, test) in kind().prop_flat_map(|kind| (Just(kind), test(kind)))) {
        prop_assert_eq!(read_test(&test.to_string(), kind), Ok(test));
    }

    #[test]
    fn values_read_back((kind, value) in kind().prop_flat_map(|kind| (Just(kind), value(kind)))) {
        prop_assert_eq!(read_value(&value.to_string(), kind), Ok(value));
    }

    #[test]
    fn no_cell_panics(text in "[-0-9.\"a,()\\[\\]<>=notu\\\\ 家]{0,24}", kind in kind()) {
        if let Ok(test) = read_test(&text, kind) {
            prop_assert_eq!(read_test(&test.to_string(), kind), Ok(test));
        }
        let _ = read_value(&text, kind);
    }
}
