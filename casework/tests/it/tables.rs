//! Random decision tables of all kinds and hit policies, and values to ask them: within and outside what is declared,
//! at and beside each bound, of the wrong kind, and none.

use casework::dmn::sfeel::{Bound, Item, Kind, Test, Value};
use casework::dmn::{Column, HitPolicy, Rule, Table};
use proptest::prelude::*;
use rust_decimal::Decimal;

const KINDS: [Kind; 4] = [Kind::Text, Kind::Whole, Kind::Number, Kind::Flag];

/// A table of up to 4 columns and 12 rows, with values to ask it.
pub(crate) fn table_and_values() -> impl Strategy<Value = (Table, Vec<Vec<Value>>)> {
    columns(0..=4).prop_flat_map(|columns| {
        let rows = prop::collection::vec(tests(&columns), 0..=12);
        (policy(), rows, values(&columns))
            .prop_map(move |(policy, rows, values)| (table(policy, columns.clone(), rows), values))
    })
}

/// The same with up to 10,000 rows: runs of few different ones, with single ones between.
pub(crate) fn long_table_and_values() -> impl Strategy<Value = (Table, Vec<Vec<Value>>)> {
    columns(1..=3).prop_flat_map(|columns| {
        let length = prop_oneof![Just(1_usize), 1_usize..1_000];
        let runs = prop::collection::vec((tests(&columns), length), 1..=20);
        (policy(), runs, values(&columns)).prop_map(move |(policy, runs, values)| {
            let rows = runs.into_iter().flat_map(|(row, length)| vec![row; length]);
            (table(policy, columns.clone(), rows.collect()), values)
        })
    })
}

fn columns(count: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<Column>> {
    prop::collection::vec(prop::sample::select(KINDS.to_vec()).prop_flat_map(column), count)
}

fn policy() -> impl Strategy<Value = HitPolicy> {
    prop::sample::select(HitPolicy::ALL.to_vec())
}

fn tests(columns: &[Column]) -> impl Strategy<Value = Vec<Test>> + Clone + use<> {
    columns
        .iter()
        .map(|column| test(column.kind).boxed())
        .collect::<Vec<_>>()
}

fn values(columns: &[Column]) -> impl Strategy<Value = Vec<Vec<Value>>> + use<> {
    let each: Vec<_> = columns.iter().map(|column| value(column.kind)).collect();
    prop::collection::vec(each, 8)
}

/// A table whose rows say "a", "b" or "c", of which "b" comes before "a" and "c" is not declared.
pub(crate) fn table(hit_policy: HitPolicy, mut inputs: Vec<Column>, rows: Vec<Vec<Test>>) -> Table {
    for (index, column) in inputs.iter_mut().enumerate() {
        column.name = format!("c{index}");
    }
    let says = |word: &str| Item::Is(word.into());
    let mut word = plain(Kind::Text, Some(Test::OneOf(vec![says("b"), says("a")])));
    word.name = "word".into();
    let rules = rows.into_iter().enumerate().map(|(index, tests)| Rule {
        number: index + 1,
        // By what the row tests, so that any word may stand before any other.
        outputs: vec![["a", "b", "c"][format!("{tests:?}").len() % 3].into()],
        tests,
        line: 1,
    });
    Table {
        id: "t".into(),
        name: "t".into(),
        hit_policy,
        inputs,
        outputs: vec![word],
        rules: rules.collect(),
        line: 1,
    }
}

pub(crate) fn plain(kind: Kind, allowed: Option<Test>) -> Column {
    Column {
        name: String::new(),
        label: String::new(),
        kind,
        allowed,
        line: 1,
    }
}

fn column(kind: Kind) -> impl Strategy<Value = Column> {
    prop::option::of(test(kind)).prop_map(move |allowed| plain(kind, allowed.filter(|test| *test != Test::Any)))
}

fn test(kind: Kind) -> impl Strategy<Value = Test> {
    let items = prop::collection::vec(item(kind), 1..=3);
    prop_oneof![
        2 => Just(Test::Any),
        3 => items.clone().prop_map(Test::OneOf),
        1 => items.prop_map(Test::Not),
    ]
}

fn item(kind: Kind) -> BoxedStrategy<Item> {
    let is = literal(kind).prop_map(Item::Is);
    let end = || prop::option::of((number(kind), any::<bool>()));
    let range = (end(), end()).prop_map(move |(low, high)| {
        // The reader gives whole columns included bounds only.
        let bound = |(at, included)| Bound {
            at,
            included: included || kind == Kind::Whole,
        };
        Item::Between(low.map(bound), high.map(bound))
    });
    match kind {
        Kind::Text | Kind::Flag => is.boxed(),
        Kind::Whole | Kind::Number => prop_oneof![is, range].boxed(),
    }
}

fn literal(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Text => prop::sample::select(vec!["a", "b", "other", "other-1", "家"])
            .prop_map(Value::from)
            .boxed(),
        Kind::Whole | Kind::Number => number(kind).prop_map(Value::Number).boxed(),
        Kind::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
    }
}

/// Few numbers, so that bounds meet, and the ends of the line.
fn number(kind: Kind) -> BoxedStrategy<Decimal> {
    let near = if kind == Kind::Whole {
        (-4_i64..6).prop_map(Decimal::from).boxed()
    } else {
        (-20_i64..30, 0_u32..2)
            .prop_map(|(n, scale)| Decimal::new(n, scale))
            .boxed()
    };
    let far = prop::sample::select(vec![
        Decimal::MIN,
        Decimal::from(i64::MIN),
        Decimal::from(i64::MAX),
        Decimal::MAX,
    ]);
    prop_oneof![30 => near, 1 => far].boxed()
}

fn value(kind: Kind) -> impl Strategy<Value = Value> {
    prop_oneof![
        12 => literal(kind),
        2 => Just(Value::Null),
        1 => prop::sample::select(KINDS.to_vec()).prop_flat_map(literal),
        1 => Just(Value::from("elsewhere")),
    ]
}
