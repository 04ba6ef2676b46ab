//! Random decision tables of all kinds and hit policies, and values to ask them: within and outside what is declared,
//! at and beside each bound, of the wrong kind, and none.

use casework::dmn::sfeel::{Bound, Item, Kind, Test, Value};
use casework::dmn::{Column, HitPolicy, Rule, Table};
use proptest::prelude::*;
use rust_decimal::Decimal;

const KINDS: [Kind; 4] = [Kind::Text, Kind::Whole, Kind::Number, Kind::Flag];

/// A table of up to 4 columns and 12 rows, with values to ask it.
pub(crate) fn table_and_values() -> impl Strategy<Value = (Table, Vec<Vec<Value>>)> {
    let columns = prop::collection::vec(prop::sample::select(KINDS.to_vec()).prop_flat_map(column), 0..=4);
    columns.prop_flat_map(|columns| {
        let tests: Vec<_> = columns.iter().map(|column| test(column.kind)).collect();
        let values: Vec<_> = columns.iter().map(|column| value(column.kind)).collect();
        let outputs = (prop::sample::select(vec!["a", "b", "c"]), any::<bool>());
        let rows = prop::collection::vec((tests, outputs), 0..=12);
        let policy = prop::sample::select(HitPolicy::ALL.to_vec());
        (policy, rows, prop::collection::vec(values, 8))
            .prop_map(move |(policy, rows, values)| (table(policy, columns.clone(), rows), values))
    })
}

fn table(hit_policy: HitPolicy, mut inputs: Vec<Column>, rows: Vec<(Vec<Test>, (&str, bool))>) -> Table {
    for (index, column) in inputs.iter_mut().enumerate() {
        column.name = format!("c{index}");
    }
    let allowed = |word: &str| Item::Is(word.into());
    let mut word = plain(Kind::Text, Some(Test::OneOf(vec![allowed("b"), allowed("a")])));
    word.name = "word".into();
    let mut flag = plain(Kind::Flag, None);
    flag.name = "flag".into();
    let rules = rows.into_iter().enumerate().map(|(index, (tests, (word, flag)))| Rule {
        number: index + 1,
        tests,
        outputs: vec![word.into(), flag.into()],
        line: 1,
    });
    Table {
        id: "t".into(),
        name: "t".into(),
        hit_policy,
        inputs,
        outputs: vec![word, flag],
        rules: rules.collect(),
        line: 1,
    }
}

fn plain(kind: Kind, allowed: Option<Test>) -> Column {
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
