//! Every small change of a table's row that a tired clerk could make.

use casework::calendar::Limit;
use casework::dmn::sfeel::{Bound, Item, Kind, Test, Value};
use casework::dmn::{Column, HitPolicy, Table};
use rust_decimal::Decimal;

/// A table with one row changed.
pub(crate) struct Mutant {
    /// `obligations 12: suspect not("guardian") -> -`
    pub(crate) name: String,
    pub(crate) table: Table,
    /// 0-based: the row that was changed.
    pub(crate) row: usize,
    pub(crate) deleted: bool,
}

/// Columns that say why or with what proof, not who must do what by when.
const PROSE: [&str; 3] = ["evidence", "basis", "grade"];

pub(crate) fn mutants(table: &Table) -> Vec<Mutant> {
    let mut all = Vec::new();
    for row in 0..table.rules.len() {
        let mut add = |what: String, change: &dyn Fn(&mut Table)| {
            let mut changed = table.clone();
            change(&mut changed);
            all.push(Mutant {
                name: format!("{} {}: {what}", table.id, row + 1),
                deleted: changed.rules.len() < table.rules.len(),
                table: changed,
                row,
            });
        };
        add("deleted".to_owned(), &|table| {
            table.rules.remove(row);
            for (rule, number) in table.rules.iter_mut().zip(1..) {
                rule.number = number;
            }
        });
        for (column, input) in table.inputs.iter().enumerate() {
            let tests = tests(&table.rules[row].tests[column], input);
            // Turned round, a row of UNIQUE overlaps half the table and is refused at once.
            let odd = |test: &Test| table.hit_policy == HitPolicy::Unique && matches!(test, Test::Not(_));
            for test in tests.into_iter().filter(|test| !odd(test)) {
                let what = format!("{} {}", input.name, shown(&test));
                add(what, &|table| table.rules[row].tests[column] = test.clone());
            }
        }
        for (column, output) in table.outputs.iter().enumerate() {
            for value in outputs(table, &table.rules[row].outputs[column], output) {
                let what = format!("{} = {value}", output.name);
                add(what, &|table| table.rules[row].outputs[column] = value.clone());
            }
        }
    }
    all
}

/// Other tests for a cell: a condition dropped, turned round, one word fewer or another, a bound shifted; or, where
/// there is none, one slipped in.
fn tests(test: &Test, column: &Column) -> Vec<Test> {
    match test {
        Test::Any => slipped_in(column),
        Test::Not(items) => {
            let mut all = vec![Test::Any, Test::OneOf(items.clone())];
            all.extend(other(items, column).map(|item| Test::Not(vec![item])));
            all
        }
        Test::OneOf(items) => {
            let mut all = vec![Test::Any, Test::Not(items.clone())];
            for (index, item) in items.iter().enumerate() {
                if items.len() > 1 {
                    let mut fewer = items.clone();
                    fewer.remove(index);
                    all.push(Test::OneOf(fewer));
                }
                for changed in shifted(item).into_iter().chain(other(items, column)) {
                    let mut swapped = items.clone();
                    swapped[index] = changed;
                    all.push(Test::OneOf(swapped));
                }
            }
            all
        }
    }
}

fn slipped_in(column: &Column) -> Vec<Test> {
    match column.kind {
        Kind::Flag => [true, false]
            .map(|flag| Test::OneOf(vec![Item::Is(flag.into())]))
            .into(),
        Kind::Text => {
            let allowed = column.allowed.iter().flat_map(Test::values);
            allowed
                .take(1)
                .map(|value| Test::OneOf(vec![Item::Is(value.clone())]))
                .collect()
        }
        Kind::Whole | Kind::Number => {
            let bound = Bound {
                at: 13.into(),
                included: true,
            };
            vec![
                Test::OneOf(vec![Item::Between(None, Some(bound))]),
                Test::Not(vec![Item::Between(None, Some(bound))]),
            ]
        }
    }
}

/// The next allowed word that is not yet there.
fn other(items: &[Item], column: &Column) -> impl Iterator<Item = Item> {
    let fresh = |value: &&Value| !items.contains(&Item::Is((*value).clone()));
    let allowed: Vec<&Value> = column.allowed.iter().flat_map(Test::values).collect();
    allowed.into_iter().find(fresh).cloned().map(Item::Is).into_iter()
}

/// A range with its bounds one up and one down.
fn shifted(item: &Item) -> Vec<Item> {
    let moved = |bound: &Option<Bound>, by: i64| {
        bound.as_ref().map(|bound| Bound {
            at: bound.at + Decimal::from(by),
            ..*bound
        })
    };
    match item {
        Item::Between(low, high) => [-1, 1].map(|by| Item::Between(moved(low, by), moved(high, by))).into(),
        Item::Is(_) => Vec::new(),
    }
}

/// Other values for an output: each other allowed word, limits longer and shorter, numbers up and down.
fn outputs(table: &Table, value: &Value, column: &Column) -> Vec<Value> {
    if PROSE.contains(&column.name.as_str()) {
        return Vec::new();
    }
    let limit = |value: &Value| value.as_text().and_then(|text| text.parse::<Limit>().ok());
    if let Some(current) = limit(value) {
        return limits(table, current, column);
    }
    if let Some(number) = value.as_whole() {
        return [number - 5, number + 5, number * 2]
            .into_iter()
            .filter(|n| *n >= 0 && *n != number)
            .map(Value::from)
            .collect();
    }
    let allowed = column.allowed.iter().flat_map(Test::values).cloned();
    let mut values: Vec<Value> = allowed.collect();
    if values.is_empty() {
        let index = table
            .outputs
            .iter()
            .position(|output| output.name == column.name)
            .unwrap();
        values = table.rules.iter().map(|rule| rule.outputs[index].clone()).collect();
        values.sort();
        values.dedup();
    }
    values.retain(|other| other != value);
    values
}

/// The next shorter and the two next longer limits that the table knows, and the longest.
fn limits(table: &Table, current: Limit, column: &Column) -> Vec<Value> {
    let index = table
        .outputs
        .iter()
        .position(|output| output.name == column.name)
        .unwrap();
    let texts = table.rules.iter().filter_map(|rule| rule.outputs[index].as_text());
    let mut known: Vec<Limit> = texts.filter_map(|text| text.parse().ok()).collect();
    known.extend(["45min", "90min"].map(|text| text.parse::<Limit>().unwrap()));
    known.sort_by_key(|limit| (limit.shortest_minutes(), limit.to_string()));
    known.dedup();
    let at = known.iter().position(|limit| *limit == current).unwrap();
    let mut chosen: Vec<usize> = vec![at + 1, at + 2, known.len() - 1];
    chosen.extend(at.checked_sub(1));
    chosen.retain(|index| *index < known.len() && *index != at);
    chosen.sort_unstable();
    chosen.dedup();
    chosen
        .into_iter()
        .map(|index| Value::from(known[index].to_string().as_str()))
        .collect()
}

fn shown(test: &Test) -> String {
    let list = |items: &[Item]| {
        let item = |item: &Item| match item {
            Item::Is(value) => value.to_string(),
            Item::Between(low, high) => {
                let at = |bound: &Option<Bound>| bound.as_ref().map_or(String::new(), |bound| bound.at.to_string());
                format!("[{}..{}]", at(low), at(high))
            }
        };
        items.iter().map(item).collect::<Vec<_>>().join(",")
    };
    match test {
        Test::Any => "-".to_owned(),
        Test::OneOf(items) => list(items),
        Test::Not(items) => format!("not({})", list(items)),
    }
}
