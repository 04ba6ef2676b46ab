//! Two versions of the rules, row by row, in words.
//!
//! Equal rows are each other's. Of the rest, those that share most cells are one row that was changed; what is left was
//! added or removed. Order is said only where it decides, in FIRST and PRIORITY.

use std::collections::HashSet;

use serde::Serialize;

use super::sentence;
use crate::county::{MODEL, PackFiles};
use crate::dmn::{self, HitPolicy, Rule, Table};
use crate::pack::Pack;
use crate::words::Lang;
use crate::zh::cells::{self, heading};

/// One table with its changed rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableDifference {
    /// Id of the decision, or the file's name.
    pub decision: String,
    /// What people call it.
    pub name: String,
    /// Changed rows, in the order of the new version; those that are gone last.
    pub rows: Vec<RowDifference>,
}

/// One changed row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowDifference {
    /// Its number in the old version.
    pub was: Option<usize>,
    /// Its number in the new one.
    pub is: Option<usize>,
    /// How it changed.
    pub kind: RowKind,
    /// The whole row in words, as it is now, or as it was where it is gone.
    pub sentence: String,
    /// What changed in it.
    pub cells: Vec<CellDifference>,
}

/// How a row changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum RowKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Some of its cells say something else.
    Changed,
    /// It stands elsewhere, where order decides.
    Moved,
}

/// One changed cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellDifference {
    /// What people call the column.
    pub heading: String,
    /// As it was.
    pub before: String,
    /// As it is.
    pub after: String,
}

/// All differences of the rule files; tables that say the same are left out. A model that can't be read has none.
pub fn differences(old: &PackFiles, new: &PackFiles, pack: &Pack) -> Vec<TableDifference> {
    let model = |files: &PackFiles| files.get(MODEL).and_then(|text| dmn::read(text).ok());
    let (before, after) = (model(old), model(new));
    let mut found: Vec<TableDifference> = Vec::new();
    for table in after.iter().flat_map(|model| &model.tables) {
        let was = before.as_ref().and_then(|model| model.table(&table.id));
        let rows = rows(pack, was, table);
        found.push(named(&table.id, &table.name, rows));
    }
    for file in ["ranking.csv", "recusal.csv"] {
        let rows = sheet(old.get(file), new.get(file), file, pack);
        found.push(named(
            file,
            if file == "ranking.csv" {
                cells::RANKING
            } else {
                cells::RECUSALS
            },
            rows,
        ));
    }
    found.retain(|table| !table.rows.is_empty());
    found
}

fn named(decision: &str, name: &str, rows: Vec<RowDifference>) -> TableDifference {
    TableDifference {
        decision: decision.to_owned(),
        name: name.to_owned(),
        rows,
    }
}

fn rows(pack: &Pack, was: Option<&Table>, is: &Table) -> Vec<RowDifference> {
    let empty = Vec::new();
    let (old, new) = (was.map_or(&empty, |table| &table.rules), &is.rules);
    let pairs = pair(old, new);
    let mut found = Vec::new();
    let moved = match is.hit_policy {
        HitPolicy::First | HitPolicy::Priority => out_of_order(&pairs, old, new),
        _ => HashSet::new(),
    };
    for (index, rule) in new.iter().enumerate() {
        let was = pairs.iter().find(|(_, to)| *to == index).map(|(from, _)| *from);
        let (kind, cells) = match was {
            None => (RowKind::Added, Vec::new()),
            Some(from) if !equal(&old[from], rule) => (RowKind::Changed, changed(pack, is, &old[from], rule)),
            Some(_) if moved.contains(&index) => (RowKind::Moved, Vec::new()),
            Some(_) => continue,
        };
        found.push(RowDifference {
            was: was.map(|from| from + 1),
            is: Some(index + 1),
            kind,
            sentence: sentence::sentence(pack, is, rule).line(),
            cells,
        });
    }
    for (index, rule) in old.iter().enumerate() {
        if !pairs.iter().any(|(from, _)| *from == index) {
            found.push(RowDifference {
                was: Some(index + 1),
                is: None,
                kind: RowKind::Removed,
                sentence: sentence::sentence(pack, was.unwrap_or(is), rule).line(),
                cells: Vec::new(),
            });
        }
    }
    found
}

fn equal(a: &Rule, b: &Rule) -> bool {
    a.tests == b.tests && a.outputs == b.outputs
}

/// Which old row is which new one.
fn pair(old: &[Rule], new: &[Rule]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut left, mut fresh): (Vec<usize>, Vec<usize>) = ((0..old.len()).collect(), (0..new.len()).collect());
    left.retain(|from| {
        let Some(at) = fresh.iter().position(|to| equal(&old[*from], &new[*to])) else {
            return true;
        };
        pairs.push((*from, fresh.remove(at)));
        false
    });
    // The most alike first; of equally alike ones the nearest.
    let mut alike: Vec<(usize, usize, usize, usize)> = Vec::new();
    for &from in &left {
        for &to in &fresh {
            let (a, b) = (&old[from], &new[to]);
            let all = a.tests.len() + a.outputs.len();
            if a.tests.len() != b.tests.len() || a.outputs.len() != b.outputs.len() {
                continue;
            }
            let tests = a.tests.iter().zip(&b.tests).filter(|(a, b)| a == b).count();
            let outputs = a.outputs.iter().zip(&b.outputs).filter(|(a, b)| a == b).count();
            let shared = tests + outputs;
            if shared * 2 >= all {
                alike.push((all - shared, from.abs_diff(to), from, to));
            }
        }
    }
    alike.sort_unstable();
    for (_, _, from, to) in alike {
        if left.contains(&from) && fresh.contains(&to) {
            left.retain(|other| *other != from);
            fresh.retain(|other| *other != to);
            pairs.push((from, to));
        }
    }
    pairs
}

/// New places of equal rows that left the order of the others: all but a longest run that kept it.
fn out_of_order(pairs: &[(usize, usize)], old: &[Rule], new: &[Rule]) -> HashSet<usize> {
    let mut kept: Vec<(usize, usize)> = pairs
        .iter()
        .filter(|(a, b)| equal(&old[*a], &new[*b]))
        .copied()
        .collect();
    kept.sort_unstable();
    let mut best: Vec<(usize, Option<usize>)> = Vec::new();
    for (index, (_, to)) in kept.iter().enumerate() {
        let before = (0..index)
            .filter(|other| kept[*other].1 < *to)
            .max_by_key(|other| best[*other].0);
        best.push((1 + before.map_or(0, |other| best[other].0), before));
    }
    let mut run = HashSet::new();
    let mut at = (0..best.len()).max_by_key(|index| best[*index].0);
    while let Some(index) = at {
        run.insert(kept[index].1);
        at = best[index].1;
    }
    kept.into_iter()
        .map(|(_, to)| to)
        .filter(|to| !run.contains(to))
        .collect()
}

fn changed(pack: &Pack, table: &Table, old: &Rule, new: &Rule) -> Vec<CellDifference> {
    let before = cells::cells(pack, table, &old.tests, &old.outputs);
    let after = cells::cells(pack, table, &new.tests, &new.outputs);
    let columns = table.inputs.iter().chain(&table.outputs);
    let differs = columns
        .zip(before.into_iter().zip(after))
        .filter(|(_, (before, after))| before != after);
    differs
        .map(|(column, (before, after))| CellDifference {
            heading: heading(column).to_owned(),
            before,
            after,
        })
        .collect()
}

/// Lines of a plain list that are only in one version.
fn sheet(old: Option<&String>, new: Option<&String>, file: &str, pack: &Pack) -> Vec<RowDifference> {
    let (before, after) = (lines(old), lines(new));
    let only = |these: &[(usize, String)], those: &[(usize, String)]| -> Vec<(usize, String)> {
        let there = |line: &str| those.iter().any(|(_, other)| other == line);
        these.iter().filter(|(_, line)| !there(line)).cloned().collect()
    };
    let row = |kind, (number, line): (usize, String)| RowDifference {
        was: (kind == RowKind::Removed).then_some(number),
        is: (kind == RowKind::Added).then_some(number),
        kind,
        sentence: said(file, &line, pack),
        cells: Vec::new(),
    };
    let added = only(&after, &before).into_iter().map(|line| row(RowKind::Added, line));
    let removed = only(&before, &after)
        .into_iter()
        .map(|line| row(RowKind::Removed, line));
    added.chain(removed).collect()
}

/// The lines of a list below its head, numbered from 1.
fn lines(text: Option<&String>) -> Vec<(usize, String)> {
    let lines = text.map_or("", String::as_str).lines().skip(1);
    let lines = lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
    lines.enumerate().map(|(index, line)| (index + 1, line)).collect()
}

/// `第 3 位：临时监护（民政）`
fn said(file: &str, line: &str, pack: &Pack) -> String {
    let words = pack.vocabulary();
    let parts: Vec<&str> = line.split(',').collect();
    match (file, parts.as_slice()) {
        ("ranking.csv", [rank, obligation, kind]) => cells::ranked(
            rank,
            words.obligations.label(obligation, Lang::Zh),
            words.unit_kinds.label(kind, Lang::Zh),
        ),
        _ => line.to_owned(),
    }
}
