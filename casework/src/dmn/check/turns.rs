//! Searches in turns that grow: one hard question takes no time from the others, and none is begun anew.

use super::merge::merge;
use super::questions::{Check, Open, SHOWN};
use super::region::Region;
use super::search::{Goal, Search};
use super::{Finding, Kind, Scope, Undecided};
use crate::dmn::HitPolicy;

/// Steps of a row's first turn, and how each turn grows.
const TURN: u64 = 1 << 14;
const GROWTH: u64 = 8;

/// How many turns of a row the search for gaps has in one: what nobody answers matters most.
const GAP_TURNS: u64 = 64;

impl<'c> Check<'c> {
    /// Runs all searches in turns. What is not over in time is given back.
    pub(super) fn turns(
        &mut self,
        gaps: Option<Open<'c>>,
        scope: &Scope<'_>,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Vec<Open<'c>> {
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
            next = self.conclude(open, scope);
        }
        None
    }

    /// What a search that is over tells, and the search that follows from it.
    fn conclude(&mut self, open: Open<'c>, scope: &Scope<'_>) -> Option<Open<'c>> {
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
    pub(super) fn undecided(&mut self, open: Vec<Open<'c>>) {
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
}
