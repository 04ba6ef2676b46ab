//! The questions of a check, cheapest first, and the findings that answer them.
//!
//! Gaps and rows are searched in turns that grow: one hard question takes no time from the others, and none is begun
//! anew.

use super::claim::Claim;
use super::merge::merge;
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
const SHOWN: usize = 20;

/// Steps of a row's first turn, and how each turn grows.
const TURN: u64 = 1 << 14;
const GROWTH: u64 = 8;

/// How many turns of a row the search for gaps has in one: what nobody answers matters most.
const GAP_TURNS: u64 = 64;

/// A search under way.
struct Open<'s> {
    kind: Kind,
    row: Option<usize>,
    search: Search<'s>,
}

struct Check<'c> {
    table: &'c Table,
    grid: &'c Grid,
    space: &'c Space,
    touching: Touching,
    overlaps: Overlaps,
    report: Report,
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

    fn gap_search(&self, scope: &Scope<'_>, goal: Goal) -> Open<'c> {
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

    /// Runs all searches in turns. What is not over in time is given back.
    fn turns(&mut self, gaps: Option<Open<'c>>, scope: &Scope<'_>, go_on: &mut dyn FnMut() -> bool) -> Vec<Open<'c>> {
        let mut steps = TURN;
        let mut waiting = Vec::new();
        if let Some(open) = gaps {
            waiting.extend(self.turn(open, steps, scope, go_on));
        }
        for row in 0..self.space.boxes.len() {
            if !go_on() {
                self.not_asked(row);
                break;
            }
            if let Some(open) = self.first_question(row) {
                waiting.extend(self.turn(open, steps, scope, go_on));
            }
        }
        while !waiting.is_empty() && go_on() {
            steps = steps.saturating_mul(GROWTH);
            for open in std::mem::take(&mut waiting) {
                waiting.extend(self.turn(open, steps, scope, go_on));
            }
        }
        waiting
    }

    /// One turn of a search and of those that follow from it; what is not over comes back.
    fn turn(
        &mut self,
        open: Open<'c>,
        steps: u64,
        scope: &Scope<'_>,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Option<Open<'c>> {
        let mut next = Some(open);
        while let Some(mut open) = next {
            let steps = if open.kind == Kind::Gap {
                steps.saturating_mul(GAP_TURNS)
            } else {
                steps
            };
            if !open.search.run(Some(&self.overlaps), steps, go_on) {
                return Some(open);
            }
            next = self.settle(open, scope);
        }
        None
    }

    /// What is to be asked of a row first; `None` = nothing that isn't known.
    fn first_question(&self, row: usize) -> Option<Open<'c>> {
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

    fn redundant(&self, row: usize) -> Option<Open<'c>> {
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

    /// What a search that is over tells, and the search that follows from it.
    fn settle(&mut self, open: Open<'c>, scope: &Scope<'_>) -> Option<Open<'c>> {
        let Open { kind, row, search } = open;
        let Some(row) = row else {
            return self.gaps(search, scope);
        };
        if search.failed.is_empty() {
            let by = search.by.iter().map(|row| *row as usize + 1).collect();
            let finding = self.finding(kind, vec![row + 1], Some(&self.space.boxes[row]));
            self.report.findings.push(Finding { by, ..finding });
            return None;
        }
        match kind {
            Kind::Hidden => self.redundant(row),
            _ => None,
        }
    }

    /// Gaps that were found. Among too many to list the nearest must be sought.
    fn gaps(&mut self, search: Search<'_>, scope: &Scope<'_>) -> Option<Open<'c>> {
        let capped = search.capped;
        let known = self.report.findings.iter().filter(|finding| finding.kind == Kind::Gap);
        let nearest = known.map(|finding| finding.distance).min().unwrap_or(usize::MAX);
        if search.failed.iter().all(|cells| self.space.distance(cells) >= nearest) {
            return None;
        }
        for cells in merge(search.failed) {
            self.report
                .findings
                .push(self.finding(Kind::Gap, Vec::new(), Some(&cells)));
        }
        if capped {
            self.report.more.push(Kind::Gap);
            return Some(self.gap_search(scope, Goal::Nearest));
        }
        None
    }

    /// Rows of which nothing was asked in time, from this one on.
    fn not_asked(&mut self, from: usize) {
        let rows = from..self.space.boxes.len();
        self.report.undecided.push(Undecided {
            kind: match self.table.hit_policy {
                HitPolicy::First | HitPolicy::Priority => Kind::Hidden,
                _ => Kind::Redundant,
            },
            rows: rows.clone().map(|row| row + 1).collect(),
            left: rows
                .clone()
                .take(SHOWN)
                .map(|row| self.region(&self.space.boxes[row]))
                .collect(),
            regions: rows.len(),
        });
    }

    /// Says what is left of searches that are not over, with the gaps that they did find.
    fn undecided(&mut self, open: Vec<Open<'c>>) {
        for open in open {
            let left: Vec<Region> = open.search.left().take(SHOWN).map(|cells| self.region(cells)).collect();
            let regions = open.search.left().count();
            let rows = open.row.map(|row| row + 1);
            match self.report.undecided.iter_mut().find(|known| known.kind == open.kind) {
                Some(known) => {
                    known.rows.extend(rows);
                    known.regions += regions;
                }
                None => self.report.undecided.push(Undecided {
                    kind: open.kind,
                    rows: rows.into_iter().collect(),
                    left,
                    regions,
                }),
            }
            if open.kind == Kind::Gap {
                for cells in merge(open.search.failed) {
                    self.report
                        .findings
                        .push(self.finding(Kind::Gap, Vec::new(), Some(&cells)));
                }
            }
        }
    }

    fn region(&self, cells: &Cells) -> Region {
        Region::new(self.table, self.grid, self.space, cells)
    }

    fn finding(&self, kind: Kind, rows: Vec<usize>, cells: Option<&Cells>) -> Finding {
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
