//! `tests/bench check`: how long the check of large tables takes, and that it finds what was broken.
//!
//! A random tree of splits gives a complete table without overlaps, its rows in random order. Five rows are then
//! deleted and five others doubled. Each deleted row must come back as a gap, exactly, and each doubled one as an
//! overlap, and nothing else. Last, a table made from random clauses, which no known method settles in time, must
//! end undecided.
//!
//! Needs no servers.

use std::time::{Duration, Instant};

use casework::dmn::check::{Finding, Kind, Region, Report, Scope, check};
use casework::dmn::grid::{ClassSet, Extent, Grid};
use casework::dmn::sfeel::{Bound, Item, Kind as ValueKind, Test, Value};
use casework::dmn::{Column, HitPolicy, Rule, Table};

/// A column of the trees: how many values it has.
const WHOLE: usize = 1000;
const WORDS: usize = 12;

/// How long the hard table may be searched.
const HARD: Duration = Duration::from_secs(2);

fn main() {
    let mut line = String::from("check");
    for (columns, rows) in [(5, 1000), (10, 5000), (20, 10_000)] {
        let seconds = tree(columns, rows);
        line += &format!(" c{columns}_r{rows}_s={seconds:.3}");
    }
    hard();
    println!("{line}");
}

/// One set of values per column.
type Cells = Vec<ClassSet>;

/// Checks a table of so many columns and rows. The seconds it took.
fn tree(columns: usize, rows: usize) -> f64 {
    let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ rows as u64);
    let mut boxes = random.tree(columns, rows);
    let whole = timed(&table(HitPolicy::Unique, columns, &boxes));
    assert!(whole.0.sound(), "a complete table is sound");

    let deleted: Vec<Cells> = boxes.drain(..5).collect();
    let mut doubled = Vec::new();
    for row in 0..5 {
        let place = random.below(boxes.len());
        doubled.push(boxes[row * 7].clone());
        boxes.insert(place.max(40), boxes[row * 7].clone());
    }
    let (report, grid, seconds) = timed(&table(HitPolicy::Unique, columns, &boxes));
    assert_eq!(report.undecided, [], "all is decided");

    let gaps: Vec<Cells> = of(&report, Kind::Gap).map(|gap| cells(columns, &gap.region)).collect();
    for row in &deleted {
        assert!(is_within(row, &gaps), "a deleted row is a gap");
    }
    for gap in &gaps {
        assert!(is_within(gap, &deleted), "a gap is a deleted row");
    }
    let overlaps: Vec<&Finding> = of(&report, Kind::Overlap).collect();
    assert_eq!(overlaps.len(), 5, "one overlap for each doubled row");
    for row in &doubled {
        let shows = |finding: &&Finding| finding.rows.iter().all(|number| boxes[number - 1] == *row);
        assert_eq!(
            overlaps.iter().copied().filter(shows).count(),
            1,
            "a doubled row is an overlap"
        );
    }
    let others = report.findings.len() - overlaps.len() - of(&report, Kind::Gap).count();
    assert_eq!(others, 0, "nothing else is found");
    println!(
        "{columns} columns, {rows} rows: complete {:.3} s, with {} gaps and {} overlaps {:.3} s, and classes {:.3} s",
        whole.2,
        gaps.len(),
        overlaps.len(),
        seconds,
        grid
    );
    grid + seconds
}

/// Random clauses over yes and no, more than can all be kept: the table is most likely complete, and nobody can tell.
fn hard() {
    let columns: Vec<Column> = (0..300).map(|index| column(index, ValueKind::Flag, None)).collect();
    let mut random = Random(42);
    let rule = |number: usize| {
        let mut tests = vec![Test::Any; columns.len()];
        for _ in 0..3 {
            tests[random.below(columns.len())] = Test::OneOf(vec![Item::Is((random.below(2) == 0).into())]);
        }
        row(number, tests)
    };
    let rules = (1..=1500).map(rule).collect();
    let table = of_columns(HitPolicy::Collect, columns, rules);
    let begun = Instant::now();
    let scope = Scope {
        gaps: true,
        ..Scope::default()
    };
    let report = check(&table, &Grid::new(&table), &scope, &mut || begun.elapsed() < HARD);
    let open = report.undecided.iter().find(|open| open.kind == Kind::Gap);
    assert!(
        !report.sound(),
        "no table is called complete that was not searched to the end"
    );
    let open = open.map_or(0, |open| open.regions);
    println!(
        "300 columns, 1500 random clauses: not decided in {:.3} s, {open} regions left",
        begun.elapsed().as_secs_f64()
    );
}

/// A report, the seconds for the classes, and those for the check.
fn timed(table: &Table) -> (Report, f64, f64) {
    let begun = Instant::now();
    let grid = Grid::new(table);
    let classes = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let report = check(table, &grid, &Scope::of(table), &mut || true);
    (report, classes, begun.elapsed().as_secs_f64())
}

fn of(report: &Report, kind: Kind) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(move |finding| finding.kind == kind)
}

/// Random numbers, the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    /// Splits the space into so many boxes, in random order.
    fn tree(&mut self, columns: usize, rows: usize) -> Vec<Cells> {
        let mut boxes: Vec<Cells> = vec![(0..columns).map(|column| ClassSet::full(values(column))).collect()];
        while boxes.len() < rows {
            let place = self.below(boxes.len());
            let column = self.below(columns);
            let part = self.part(&boxes[place][column], column);
            let rest = boxes[place][column].minus(&part);
            if !part.is_empty() && !rest.is_empty() {
                let mut other = boxes[place].clone();
                other[column] = rest;
                boxes[place][column] = part;
                boxes.push(other);
            }
        }
        for place in (1..boxes.len()).rev() {
            let other = self.below(place + 1);
            boxes.swap(place, other);
        }
        boxes
    }

    /// Numbers below a random one, or a random half of the words.
    fn part(&mut self, all: &ClassSet, column: usize) -> ClassSet {
        let mut part = ClassSet::empty(values(column));
        if kind(column) == ValueKind::Whole {
            let most = self.below(all.len());
            part.extend(all.iter().take(most));
        } else {
            let mut coin = || self.below(2) == 0;
            part.extend(all.iter().filter(|_| coin()));
        }
        part
    }
}

fn kind(column: usize) -> ValueKind {
    [ValueKind::Whole, ValueKind::Text, ValueKind::Flag][column % 3]
}

fn values(column: usize) -> usize {
    [WHOLE, WORDS, 2][column % 3]
}

fn word(value: usize) -> String {
    format!("w{value}")
}

/// The value of a column at a place of its order.
fn value(column: usize, place: usize) -> Value {
    match kind(column) {
        ValueKind::Whole => Value::from(place as i64),
        ValueKind::Text => Value::from(word(place).as_str()),
        _ => Value::from(place == 1),
    }
}

fn between(low: usize, high: usize) -> Item {
    let bound = |at: usize| Bound {
        at: at.into(),
        included: true,
    };
    Item::Between(Some(bound(low)), Some(bound(high)))
}

fn column(index: usize, kind: ValueKind, allowed: Option<Test>) -> Column {
    Column {
        name: format!("c{index}"),
        label: String::new(),
        kind,
        allowed,
        line: 0,
    }
}

fn row(number: usize, tests: Vec<Test>) -> Rule {
    Rule {
        number,
        tests,
        outputs: vec![Value::from(number as i64)],
        line: 0,
    }
}

fn of_columns(hit_policy: HitPolicy, inputs: Vec<Column>, rules: Vec<Rule>) -> Table {
    Table {
        id: "table".into(),
        name: "table".into(),
        hit_policy,
        inputs,
        outputs: vec![column(0, ValueKind::Whole, None)],
        rules,
        line: 0,
    }
}

/// Boxes as a table.
fn table(hit_policy: HitPolicy, columns: usize, boxes: &[Cells]) -> Table {
    let test = |column: usize, set: &ClassSet| match (kind(column), set.iter().next(), set.iter().last()) {
        _ if set.len() == values(column) => Test::Any,
        (ValueKind::Whole, Some(low), Some(high)) => Test::OneOf(vec![between(low, high)]),
        _ => Test::OneOf(set.iter().map(|place| Item::Is(value(column, place))).collect()),
    };
    let inputs = (0..columns).map(|index| {
        let allowed = match kind(index) {
            ValueKind::Whole => vec![between(0, WHOLE - 1)],
            _ => (0..values(index)).map(|place| Item::Is(value(index, place))).collect(),
        };
        column(index, kind(index), Some(Test::OneOf(allowed)))
    });
    let rules = (1..).zip(boxes).map(|(number, cells)| {
        let tests = cells.iter().enumerate().map(|(column, set)| test(column, set));
        row(number, tests.collect())
    });
    of_columns(hit_policy, inputs.collect(), rules.collect())
}

/// A region as a box.
fn cells(columns: usize, region: &Region) -> Cells {
    let mut cells: Cells = (0..columns).map(|column| ClassSet::full(values(column))).collect();
    for part in &region.0 {
        let column = part.column;
        let mut set = ClassSet::empty(values(column));
        for extent in &part.values {
            set.extend(
                (0..values(column)).filter(|place| match (extent, value(column, *place)) {
                    (Extent::Text(text), Value::Text(other)) => *text == other,
                    (Extent::Flag(flag), Value::Flag(other)) => *flag == other,
                    (Extent::Numbers(low, high), Value::Number(number)) => {
                        low.is_none_or(|low| low.at <= number) && high.is_none_or(|high| number <= high.at)
                    }
                    _ => false,
                }),
            );
        }
        cells[column] = set;
    }
    cells
}

/// Whether a box lies within the union of others, by cutting them out of it.
fn is_within(cells: &Cells, others: &[Cells]) -> bool {
    let Some((first, rest)) = others.split_first() else {
        return cells.iter().any(ClassSet::is_empty);
    };
    let mut left = cells.clone();
    for column in 0..left.len() {
        let mut outside = left.clone();
        outside[column] = left[column].minus(&first[column]);
        if !outside.iter().any(ClassSet::is_empty) && !is_within(&outside, rest) {
            return false;
        }
        left[column] = left[column].and(&first[column]);
    }
    true
}
