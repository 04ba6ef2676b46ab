//! The questions of a check, cheapest first, and the findings that answer them.

use super::claim::Claim;
use super::overlaps::Overlaps;
use super::region::{Region, values};
use super::search::{Goal, Search};
use super::space::{Cells, Space};
use super::touching::Touching;
use super::{Finding, Kind, Report, Scope, Undecided};
use crate::dmn::grid::{ClassSet, Grid};
use crate::dmn::{HitPolicy, Table};

/// More gaps than a person reads.
const GAPS: usize = 1000;

/// Regions that are shown of those left.
pub(super) const SHOWN: usize = 20;

/// A search under way.
pub(super) struct Open<'s> {
    pub(super) kind: Kind,
    /// The row in question; `None` = gaps.
    pub(super) row: Option<usize>,
    pub(super) search: Search<'s>,
}

pub(super) struct Check<'c> {
    pub(super) table: &'c Table,
    grid: &'c Grid,
    pub(super) space: &'c Space,
    touching: Touching,
    pub(super) overlaps: Overlaps,
    pub(super) report: Report,
}

pub(super) fn answer(table: &Table, grid: &Grid, scope: &Scope<'_>, go_on: &mut dyn FnMut() -> bool) -> Report {
    let space = Space::new(table, grid, scope);
    let mut check = Check {
        table,
        grid,
        space: &space,
        touching: Touching::new(&space),
        overlaps: Overlaps::default(),
        report: Report::default(),
    };
    check.cells();
    if matches!(table.hit_policy, HitPolicy::Unique | HitPolicy::Any) {
        check.overlap(go_on);
    }
    let gaps = scope.gaps.then(|| check.gap_search(scope, Goal::All(GAPS)));
    let open = check.turns(gaps, scope, go_on);
    check.undecided(open);
    check
        .report
        .findings
        .sort_by_key(|finding| (finding.kind, finding.distance, finding.rows.clone()));
    check.report
}

impl<'c> Check<'c> {
    /// What single cells tell: values that are not declared, rows that match nothing.
    fn cells(&mut self) {
        for error in self.table.outside_allowed() {
            let mut finding = self.finding(Kind::Outside, error.row.into_iter().collect(), None);
            finding.column.clone_from(&error.column);
            finding.detail = Some(error);
            self.report.findings.push(finding);
        }
        for (row, cells) in self.space.boxes.iter().enumerate() {
            if let Some(column) = cells.iter().position(ClassSet::is_empty) {
                let mut finding = self.finding(Kind::Never, vec![row + 1], None);
                finding.column = Some(self.table.inputs[column].name.clone());
                self.report.findings.push(finding);
            }
        }
    }

    fn overlap(&mut self, go_on: &mut dyn FnMut() -> bool) {
        let kind = match self.table.hit_policy {
            HitPolicy::Unique => Kind::Overlap,
            _ => Kind::Conflict,
        };
        self.overlaps = Overlaps::find(self.space, &self.touching, go_on);
        for &(a, b) in &self.overlaps.pairs {
            let (a, b) = (a as usize, b as usize);
            let common = Space::common(&self.space.boxes[a], &self.space.boxes[b]);
            self.report
                .findings
                .push(self.finding(kind, vec![a + 1, b + 1], Some(&common)));
        }
        if self.overlaps.more {
            self.report.more.push(kind);
        }
        if let Some(next) = self.overlaps.next {
            let left = &self.space.boxes[next..];
            self.report.undecided.push(Undecided {
                kind,
                rows: (next + 1..=self.space.boxes.len()).collect(),
                left: left.iter().take(SHOWN).map(|cells| self.region(cells)).collect(),
                regions: left.len(),
            });
        }
    }

    pub(super) fn gap_search(&self, scope: &Scope<'_>, goal: Goal) -> Open<'c> {
        let mut domain = self.space.domain.clone();
        for (name, value) in &scope.optional {
            if let Some(column) = self.table.inputs.iter().position(|column| column.name == *name) {
                domain[column].remove(self.grid.columns[column].class_of(value));
            }
        }
        let boxes = &self.space.boxes;
        // A row inside another one covers nothing of its own, and without it the others may be disjoint.
        let inside = |row: u32| {
            let larger = |other: &u32| {
                let (one, two) = (&boxes[row as usize], &boxes[*other as usize]);
                Space::within(one, two) && (*other < row || !Space::within(two, one))
            };
            self.overlaps.with(row).is_some_and(|with| with.iter().any(larger))
        };
        let rows = (0..)
            .zip(boxes)
            .filter(|(row, cells)| Space::meet(cells, &domain) && !inside(*row));
        let rows = rows.map(|(row, _)| row).collect();
        Open {
            kind: Kind::Gap,
            row: None,
            search: Search::new(self.space, Claim::Covered, goal, domain, rows),
        }
    }

    /// What is to be asked of a row first; `None` = nothing that isn't known.
    pub(super) fn first_question(&self, row: usize) -> Option<Open<'c>> {
        if Space::empty(&self.space.boxes[row]) {
            return None;
        }
        match self.table.hit_policy {
            HitPolicy::First | HitPolicy::Priority => {
                let rank = |row: usize| self.space.rank[row];
                let better = self.others(row, |other| rank(other) < rank(row));
                if better.is_empty() {
                    return self.redundant(row);
                }
                Some(self.ask(Kind::Hidden, row, Claim::Covered, better))
            }
            _ => self.redundant(row),
        }
    }

    pub(super) fn redundant(&self, row: usize) -> Option<Open<'c>> {
        let group = self.space.group[row];
        let (claim, others) = match self.table.hit_policy {
            HitPolicy::Unique | HitPolicy::Any => (Claim::Agreed { group }, self.others(row, |_| true)),
            HitPolicy::First | HitPolicy::Priority => {
                let rank = self.space.rank[row];
                (Claim::Follows { rank, group }, self.others(row, |_| true))
            }
            HitPolicy::Collect | HitPolicy::RuleOrder => (
                Claim::Covered,
                self.others(row, |other| self.space.group[other] == group),
            ),
        };
        (!others.is_empty()).then(|| self.ask(Kind::Redundant, row, claim, others))
    }

    fn ask(&self, kind: Kind, row: usize, claim: Claim, rows: Vec<u32>) -> Open<'c> {
        Open {
            kind,
            row: Some(row),
            search: Search::new(self.space, claim, Goal::Any, self.space.boxes[row].clone(), rows),
        }
    }

    /// The other rows that touch this one and are wanted, best first.
    fn others(&self, row: usize, wanted: impl Fn(usize) -> bool) -> Vec<u32> {
        let known = u32::try_from(row)
            .ok()
            .and_then(|row| self.overlaps.with(row))
            .map(<[u32]>::to_vec);
        let mut rows = known.unwrap_or_else(|| self.touching.rows(self.space, &self.space.boxes[row], 0));
        rows.retain(|other| *other as usize != row && wanted(*other as usize));
        rows.sort_by_key(|other| self.space.rank[*other as usize]);
        rows
    }

    pub(super) fn region(&self, cells: &Cells) -> Region {
        Region::new(self.table, self.grid, self.space, cells)
    }

    pub(super) fn finding(&self, kind: Kind, rows: Vec<usize>, cells: Option<&Cells>) -> Finding {
        Finding {
            kind,
            rows,
            by: Vec::new(),
            column: None,
            region: cells.map_or(Region(Vec::new()), |cells| self.region(cells)),
            example: cells.map_or(Vec::new(), |cells| values(self.grid, &self.space.nearest(cells))),
            distance: cells.map_or(0, |cells| self.space.distance(cells)),
            detail: None,
        }
    }
}
