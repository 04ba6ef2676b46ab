//! Random tables of the shape of a county's, and reports to ask them.

use casework::dmn::compiled::Input;
use casework::dmn::sfeel::{Kind, Test, Value, read_test};
use casework::dmn::{Column, HitPolicy, Inputs, Rule, Table};

/// As many as a county has.
const SITUATIONS: u64 = 23;
const AREAS: u64 = 345;
const AGES: u64 = 18;

/// What the cells say.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// One situation, one area, one truth value.
    Points,
    /// Two situations, one area, one truth value or `-`, an age range.
    Ranges,
}

impl Shape {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Points => "rules",
            Self::Ranges => "ranges",
        }
    }
}

/// The input columns.
pub(crate) const COLUMNS: [(&str, Kind); 4] = [
    ("situation", Kind::Text),
    ("area", Kind::Text),
    ("present_danger", Kind::Flag),
    ("age", Kind::Whole),
];

/// A row as S-FEEL, which zen-engine reads as well.
pub(crate) type Cells = [String; 4];

/// A typed report.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) situation: String,
    pub(crate) area: String,
    pub(crate) present_danger: bool,
    pub(crate) age: u8,
}

impl Report {
    pub(crate) fn inputs(&self) -> [Input<'_>; 4] {
        [
            Input::Text(&self.situation),
            Input::Text(&self.area),
            Input::Flag(self.present_danger),
            Input::Whole(self.age.into()),
        ]
    }

    /// For the naive evaluator.
    pub(crate) fn values(&self) -> Inputs<'static> {
        Inputs::from([
            ("situation", self.situation.as_str().into()),
            ("area", self.area.as_str().into()),
            ("present_danger", self.present_danger.into()),
            ("age", i64::from(self.age).into()),
        ])
    }
}

/// The same tables in each run.
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

fn situation(number: u64) -> String {
    format!("situation-{number}")
}

fn area(number: u64) -> String {
    format!("{}", 341_222_000_000 + number * 1_001)
}

/// Random rows, and a last one that catches the rest.
pub(crate) fn cells(shape: Shape, rows: usize, random: &mut SplitMix) -> Vec<Cells> {
    let quoted = |text: String| format!("\"{text}\"");
    let mut cells: Vec<Cells> = (1..rows)
        .map(|_| {
            let first = quoted(situation(random.below(SITUATIONS)));
            let area = quoted(area(random.below(AREAS)));
            let danger = (random.below(2) == 0).to_string();
            match shape {
                Shape::Points => [first, area, danger, String::new()],
                Shape::Ranges => {
                    let second = quoted(situation(random.below(SITUATIONS)));
                    let low = random.below(AGES);
                    let high = low + random.below(AGES - low);
                    let danger = if random.below(2) == 0 { danger } else { String::new() };
                    [format!("{first},{second}"), area, danger, format!("[{low}..{high}]")]
                }
            }
        })
        .collect();
    cells.push(std::array::from_fn(|_| String::new()));
    cells
}

/// Half of the reports speak of situation and area of some row, the rest of any.
pub(crate) fn report(cells: &[Cells], random: &mut SplitMix) -> Report {
    let literal = |cell: &str| cell.split('"').nth(1).map(str::to_owned);
    let row = &cells[usize::try_from(random.below(cells.len() as u64)).expect("a row")];
    let of_row = random.below(2) == 0;
    Report {
        situation: literal(&row[0])
            .filter(|_| of_row)
            .unwrap_or_else(|| situation(random.below(SITUATIONS))),
        area: literal(&row[1])
            .filter(|_| of_row)
            .unwrap_or_else(|| area(random.below(AREAS))),
        present_danger: random.below(2) == 0,
        age: u8::try_from(random.below(AGES)).expect("an age"),
    }
}

/// The rows as a DMN table.
pub(crate) fn table(cells: &[Cells]) -> Table {
    let column = |name: &str, kind| Column {
        name: name.into(),
        label: String::new(),
        kind,
        allowed: None,
        line: 0,
    };
    let tests = |row: &Cells| -> Vec<Test> {
        let read = |(cell, (_, kind)): (&String, &(&str, Kind))| read_test(cell, *kind).expect("S-FEEL");
        row.iter().zip(&COLUMNS).map(read).collect()
    };
    let rule = |(index, row): (usize, &Cells)| Rule {
        number: index + 1,
        tests: tests(row),
        outputs: vec![Value::from(i64::try_from(index).expect("a row"))],
        line: 0,
    };
    Table {
        id: "bench".into(),
        name: "bench".into(),
        hit_policy: HitPolicy::First,
        inputs: COLUMNS.iter().map(|(name, kind)| column(name, *kind)).collect(),
        outputs: vec![column("row", Kind::Whole)],
        rules: cells.iter().enumerate().map(rule).collect(),
        line: 0,
    }
}
