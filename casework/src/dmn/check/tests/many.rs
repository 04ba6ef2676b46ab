//! Columns of many classes, whose vectors are shared and whose sets are longer than a word.

use rust_decimal::prelude::ToPrimitive;

use super::hard::numbers;
use super::{Kind, ValueKind, checked, column, table};
use crate::dmn::HitPolicy;
use crate::dmn::grid::Extent;

const VALUES: usize = 600;

/// The values of a cell, as text and one by one.
fn cell(next: &mut impl FnMut(usize) -> usize) -> (String, Vec<bool>) {
    let mut holds = vec![false; VALUES];
    let mut parts = Vec::new();
    for _ in 0..=next(3) {
        let low = next(VALUES);
        let high = (low + next(VALUES / 3)).min(VALUES - 1);
        parts.push(format!("[{low}..{high}]"));
        holds[low..=high].fill(true);
    }
    (parts.join(","), holds)
}

#[test]
fn pairs_and_gaps_are_those_of_the_numbers() {
    let mut next = numbers(7);
    let inputs = || {
        vec![
            column("a", ValueKind::Whole, Some("[0..599]")),
            column("b", ValueKind::Whole, Some("[0..599]")),
        ]
    };
    for count in [5, 40, 90] {
        let cells: Vec<_> = (0..count).map(|_| [cell(&mut next), cell(&mut next)]).collect();
        let rows: Vec<_> = cells
            .iter()
            .map(|[a, b]| (vec![a.0.clone(), b.0.clone()], "\"p\"".to_owned()))
            .collect();
        let report = checked(&table(HitPolicy::Unique, inputs(), None, &rows));

        let meet = |a: &[bool], b: &[bool]| a.iter().zip(b).any(|(a, b)| *a && *b);
        let mut pairs = Vec::new();
        for one in 0..count {
            for two in one + 1..count {
                if (0..2).all(|column| meet(&cells[one][column].1, &cells[two][column].1)) {
                    pairs.push(vec![one + 1, two + 1]);
                }
            }
        }
        let listed = super::rows_of(&report, Kind::Overlap);
        if report.more.contains(&Kind::Overlap) {
            assert!(pairs.starts_with(&listed) && listed.len() < pairs.len());
        } else {
            assert_eq!(listed, pairs);
        }

        let covered = |a: usize, b: usize| cells.iter().any(|[one, two]| one.1[a] && two.1[b]);
        let empty = (0..VALUES)
            .flat_map(|a| (0..VALUES).map(move |b| (a, b)))
            .filter(|(a, b)| !covered(*a, *b))
            .count();
        let gaps = report.findings.iter().filter(|finding| finding.kind == Kind::Gap);
        let volume = |region: &super::Region| {
            let length = |column: usize| match region.0.iter().find(|part| part.column == column) {
                Some(part) => part.values.iter().map(length).sum(),
                None => VALUES,
            };
            length(0) * length(1)
        };
        let (mut found, mut regions) = (0, 0);
        for gap in gaps {
            let place = |column: usize| usize::try_from(gap.example[column].as_whole().unwrap()).unwrap();
            assert!(!covered(place(0), place(1)), "{gap:?}");
            found += volume(&gap.region);
            regions += 1;
        }
        assert!(
            regions < 1000 && found == empty,
            "{found} of {empty} in {regions} regions"
        );
    }
}

/// How many whole numbers a range holds.
fn length(extent: &Extent) -> usize {
    let Extent::Numbers(Some(low), Some(high)) = extent else {
        panic!("{extent:?} has no end");
    };
    (high.at - low.at).to_usize().unwrap() + 1
}
