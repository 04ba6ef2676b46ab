//! Random small tables: what the check finds is what brute force finds, for every hit policy.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::brute::{self, Point, distance, overlap_kind, points};
use super::{Kind, Scope, ValueKind, checked_for, column, holds, rows_of, table};
use crate::dmn::sfeel::Value;
use crate::dmn::{Column, HitPolicy, Table};

/// A kind of column: its declaration, cells that it may have, and values that stand for all.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Declared,
    Free,
    Years,
    Whole,
    Decimal,
    Flag,
}

impl Shape {
    fn column(self, name: &str) -> Column {
        match self {
            Self::Declared => column(name, ValueKind::Text, Some("\"a\",\"b\",\"c\",\"d\"")),
            Self::Free => column(name, ValueKind::Text, None),
            Self::Years => column(name, ValueKind::Whole, Some("[0..4]")),
            Self::Whole => column(name, ValueKind::Whole, None),
            Self::Decimal => column(name, ValueKind::Number, None),
            Self::Flag => column(name, ValueKind::Flag, None),
        }
    }

    fn values(self) -> Vec<Value> {
        let texts = |texts: &[&str]| texts.iter().map(|text| Value::from(*text)).collect();
        match self {
            Self::Declared => texts(&["a", "b", "c", "d"]),
            Self::Free => texts(&["x", "y", "z"]),
            Self::Years => (0..=4).map(Value::from).collect(),
            Self::Whole => (-1..=5).map(Value::from).collect(),
            Self::Decimal => (-1..=9)
                .map(|half| Value::from(rust_decimal::Decimal::new(half * 5, 1)))
                .collect(),
            Self::Flag => vec![true.into(), false.into()],
        }
    }

    fn cell(self) -> BoxedStrategy<String> {
        let some = |words: &[&'static str]| select(words.to_vec()).prop_map(str::to_owned).boxed();
        let texts = |words: Vec<&'static str>| {
            let most = words.len();
            (subsequence(words, 1..=most), any::<bool>())
                .prop_map(|(some, not)| {
                    if not {
                        format!("not({})", some.join(","))
                    } else {
                        some.join(",")
                    }
                })
                .boxed()
        };
        let range = (0..=2_i64, 0..=2_i64, any::<[bool; 2]>()).prop_map(|(low, more, [open, close])| {
            let (open, close) = (if open { '(' } else { '[' }, if close { ')' } else { ']' });
            let high = low + more;
            // An empty range is refused by the reader.
            let (open, close) = if more < 2 { ('[', ']') } else { (open, close) };
            format!("{open}{low}..{high}{close}")
        });
        let given = match self {
            Self::Declared => texts(vec!["\"a\"", "\"b\"", "\"c\"", "\"d\""]),
            Self::Free => texts(vec!["\"x\"", "\"y\""]),
            Self::Flag => some(&["true", "false", "not(true)"]),
            Self::Years | Self::Whole => {
                prop_oneof![range, some(&["<2", ">=1", "3", "not(0)", "0,[2..3]", "<=0"])].boxed()
            }
            Self::Decimal => prop_oneof![range, some(&["<1", ">=1", "2", "not(0)", "(0..1),(1..2]"])].boxed(),
        };
        prop_oneof![2 => Just("-".to_owned()), 5 => given].boxed()
    }
}

/// A table, the values of each column that can be reported, and defaults.
type Case = (Table, Vec<Vec<Value>>, Point, Option<usize>);

fn cases() -> impl Strategy<Value = Case> {
    let shapes = [
        Shape::Declared,
        Shape::Free,
        Shape::Years,
        Shape::Whole,
        Shape::Decimal,
        Shape::Flag,
    ];
    let shapes = proptest::collection::vec(select(shapes.to_vec()), 0..=4);
    (shapes, select(HitPolicy::ALL.to_vec())).prop_flat_map(|(shapes, policy)| {
        let row = (
            shapes.iter().map(|shape| shape.cell()).collect::<Vec<_>>(),
            select(vec!["\"p\"", "\"q\"", "\"r\""]),
        );
        let row = row.prop_map(|(cells, output)| (cells, output.to_owned()));
        let defaults: Vec<_> = shapes.iter().map(|shape| select(shape.values())).collect();
        let absent = proptest::option::of(0..shapes.len().max(1));
        (proptest::collection::vec(row, 0..=7), defaults, absent).prop_map(move |(rows, defaults, absent)| {
            let absent = absent.filter(|absent| *absent < shapes.len());
            let inputs = shapes
                .iter()
                .enumerate()
                .map(|(index, shape)| shape.column(&format!("c{index}")))
                .collect();
            let mut domain: Vec<Vec<Value>> = shapes.iter().map(|shape| shape.values()).collect();
            if let Some(absent) = absent {
                domain[absent].push(Value::Null);
            }
            let table = table(policy, inputs, Some("\"q\",\"p\",\"r\""), &rows);
            (table, domain, defaults, absent)
        })
    })
}

fn scope<'t>(table: &'t Table, defaults: &Point, absent: Option<usize>) -> Scope<'t> {
    let names = table.inputs.iter().map(|column| column.name.as_str());
    Scope {
        gaps: true,
        absent: absent
            .map(|absent| table.inputs[absent].name.as_str())
            .into_iter()
            .collect(),
        defaults: names.zip(defaults.iter().cloned()).collect(),
        ..Scope::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn finds_what_brute_force_finds((table, domain, defaults, absent) in cases()) {
        let points = points(&domain);
        let found = brute::check(&table, &points);
        let report = checked_for(&table, &scope(&table, &defaults, absent), u32::MAX);
        prop_assert_eq!(&report.undecided, &vec![]);
        prop_assert_eq!(&report.more, &vec![]);

        // Each input without an answer is in exactly one gap, and no other input is.
        let gaps: Vec<_> = report.findings.iter().filter(|finding| finding.kind == Kind::Gap).collect();
        for point in &points {
            let times = gaps.iter().filter(|gap| holds(&table, &gap.region, point)).count();
            prop_assert_eq!(times, usize::from(found.gaps.contains(point)), "{:?}", point);
        }
        // The first is the nearest of all to the defaults, and its example shows it.
        let nearest = found.gaps.iter().map(|point| distance(point, &defaults)).min();
        prop_assert_eq!(gaps.first().map(|gap| gap.distance), nearest);
        for gap in gaps {
            prop_assert!(brute::matching(&table, &gap.example).is_empty());
        }

        let kind = overlap_kind(&table);
        let pairs: Vec<Vec<usize>> = found.overlaps.iter().map(|(rows, _)| rows.clone()).collect();
        prop_assert_eq!(rows_of(&report, kind), pairs);
        for (rows, common) in &found.overlaps {
            let finding = report.findings.iter().find(|one| one.kind == kind && one.rows == *rows).unwrap();
            for point in &points {
                prop_assert_eq!(holds(&table, &finding.region, point), common.contains(point));
            }
            prop_assert_eq!(Some(finding.distance), common.iter().map(|point| distance(point, &defaults)).min());
            let matching = brute::matching(&table, &finding.example);
            prop_assert!(rows.iter().all(|row| matching.contains(&(row - 1))));
        }

        prop_assert_eq!(rows_of(&report, Kind::Never), found.never);
        prop_assert_eq!(rows_of(&report, Kind::Hidden), found.hidden);
        prop_assert_eq!(rows_of(&report, Kind::Redundant), found.redundant);
        for finding in &report.findings {
            // The rows that are named suffice: without all others the row is as useless.
            if matches!(finding.kind, Kind::Hidden | Kind::Redundant) {
                let mut alone = table.clone();
                alone.rules.retain(|rule| finding.rows.contains(&rule.number) || finding.by.contains(&rule.number));
                let left = brute::check(&alone, &points);
                let place = alone.rules.iter().position(|rule| rule.number == finding.rows[0]).unwrap() + 1;
                prop_assert!([left.hidden, left.redundant].concat().contains(&vec![place]), "{:?}", finding);
            }
        }
    }

    #[test]
    fn a_check_cut_short_claims_nothing_false((table, domain, defaults, absent) in cases(), budget in 0_u32..40) {
        let points = points(&domain);
        let found = brute::check(&table, &points);
        let report = checked_for(&table, &scope(&table, &defaults, absent), budget);
        let known = |rows: Vec<Vec<usize>>, all: &[Vec<usize>]| rows.iter().all(|row| all.contains(row));
        prop_assert!(known(rows_of(&report, Kind::Never), &found.never));
        prop_assert!(known(rows_of(&report, Kind::Hidden), &found.hidden));
        prop_assert!(known(rows_of(&report, Kind::Redundant), &found.redundant));
        let pairs: Vec<Vec<usize>> = found.overlaps.iter().map(|(rows, _)| rows.clone()).collect();
        prop_assert!(known(rows_of(&report, overlap_kind(&table)), &pairs));
        // Whatever is not found is named as open.
        let open = |kind: Kind| report.undecided.iter().filter(move |open| open.kind == kind);
        for point in &points {
            let found_gap = report.findings.iter().any(|one| one.kind == Kind::Gap && holds(&table, &one.region, point));
            let is_gap = found.gaps.contains(point);
            prop_assert!(is_gap || !found_gap);
            prop_assert!(!is_gap || found_gap || open(Kind::Gap).any(|open| open.left.iter().any(|left| holds(&table, left, point))));
        }
        let rows = |kind| open(kind).flat_map(|open| open.rows.clone()).collect::<Vec<_>>();
        for row in found.hidden.iter().flatten() {
            prop_assert!(rows_of(&report, Kind::Hidden).contains(&vec![*row]) || rows(Kind::Hidden).contains(row));
        }
        for row in found.redundant.iter().flatten() {
            let later = [rows(Kind::Hidden), rows(Kind::Redundant)].concat();
            prop_assert!(rows_of(&report, Kind::Redundant).contains(&vec![*row]) || later.contains(row));
        }
        for (pair, _) in &found.overlaps {
            let kind = overlap_kind(&table);
            prop_assert!(rows_of(&report, kind).contains(pair) || rows(kind).contains(&pair[0]));
        }
    }
}
