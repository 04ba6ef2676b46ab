//! What a replay found: counts that add up, so that parts can be merged.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Sample;
use crate::routing::PlannedTicket;
use crate::words::{Stage, Urgency};

/// Unreadable reports that are named; the rest are counted.
const NAMED: usize = 20;

/// Who would have got what more, less, earlier, later.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Reports that both rule sets routed.
    pub reports: u64,
    /// Those for which anything differs.
    pub changed: u64,
    /// When the oldest of them was dispatched.
    pub oldest: Option<DateTime<Utc>>,
    /// When the newest of them was dispatched.
    pub newest: Option<DateTime<Utc>>,
    /// Reports that were not routed, since their facts can't be read.
    pub unreadable: Unreadable,
    /// How urgent reports are.
    pub urgency: Urgencies,
    /// The police tickets that the rules ask for, the safety floor apart.
    pub police: Police,
    /// Reports with a triage ticket.
    pub triage: Flip,
    /// Reports with nothing but a triage ticket.
    pub only_triage: Flip,
    /// All tickets.
    pub tickets: Load,
    /// By unit.
    pub units: BTreeMap<String, Load>,
    /// By obligation and the kind of unit it is asked of.
    pub obligations: BTreeMap<String, BTreeMap<String, Load>>,
    /// Changed reports of every gravity, the gravest first.
    pub samples: Vec<Sample>,
}

/// How urgent reports are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urgencies {
    /// Reports that become more urgent.
    pub raised: u64,
    /// Reports that become less urgent.
    pub lowered: u64,
    /// By the old rules.
    pub before: BTreeMap<Urgency, u64>,
    /// By the new rules.
    pub after: BTreeMap<Urgency, u64>,
}

/// In how many reports something holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flip {
    /// By the old rules.
    pub before: u64,
    /// By the new rules.
    pub after: u64,
    /// By the new ones only.
    pub gained: u64,
    /// By the old ones only.
    pub lost: u64,
}

/// Reports whose police ticket the rules ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Police {
    /// By a row of the table.
    pub by_rules: Flip,
    /// Of those that lose it: the safety floor does not hold them either, police would not hear of them.
    pub left_without: u64,
}

/// The tickets of a unit or of an obligation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// By the old rules.
    pub before: u64,
    /// By the new rules.
    pub after: u64,
    /// Tickets that are new.
    pub gained: u64,
    /// Tickets that are gone.
    pub lost: u64,
    /// 主办 by the old rules.
    pub lead_before: u64,
    /// 主办 by the new rules.
    pub lead_after: u64,
    /// Tickets of both whose stages differ; a stage without a difference is left out.
    pub stages: BTreeMap<Stage, Shift>,
}

/// How one stage moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Tickets that are due earlier.
    pub earlier: u64,
    /// By how much, together.
    pub earlier_minutes: u64,
    /// Tickets that are due later.
    pub later: u64,
    /// By how much, together.
    pub later_minutes: u64,
    /// Tickets that have the stage only by the new rules.
    pub added: u64,
    /// Tickets that have the stage only by the old rules.
    pub removed: u64,
    /// Tickets whose stage starts at another event.
    pub restarted: u64,
}

/// How one stage of one ticket moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// By so many minutes.
    Earlier(u64),
    /// By so many minutes.
    Later(u64),
    /// Only by the new rules.
    Added,
    /// Only by the old rules.
    Removed,
    /// At another event.
    Restarted,
}

/// Reports whose facts can't be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// How many.
    pub count: u64,
    /// Some of them.
    pub named: Vec<UnreadableReport>,
}

/// A report whose facts can't be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnreadableReport {
    /// What a person finds it by.
    pub report: String,
    /// What is wrong.
    pub why: String,
}

impl Outcome {
    /// One more report that both routed.
    pub(super) fn saw(&mut self, at: DateTime<Utc>) {
        self.reports += 1;
        self.oldest = earlier(self.oldest, Some(at));
        self.newest = self.newest.max(Some(at));
    }

    /// Every count that a ticket belongs to.
    pub(super) fn each(&mut self, ticket: &PlannedTicket, change: impl Fn(&mut Load)) {
        change(&mut self.tickets);
        change(slot(&mut self.units, &ticket.unit));
        change(slot(slot(&mut self.obligations, &ticket.obligation), &ticket.unit_kind));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.reports += other.reports;
        self.changed += other.changed;
        self.oldest = earlier(self.oldest, other.oldest);
        self.newest = self.newest.max(other.newest);
        self.unreadable.merge(other.unreadable);
        self.urgency.merge(other.urgency);
        self.police.by_rules.merge(other.police.by_rules);
        self.police.left_without += other.police.left_without;
        self.triage.merge(other.triage);
        self.only_triage.merge(other.only_triage);
        self.tickets.merge(other.tickets);
        for (unit, load) in other.units {
            self.units.entry(unit).or_default().merge(load);
        }
        for (obligation, kinds) in other.obligations {
            let held = self.obligations.entry(obligation).or_default();
            for (kind, load) in kinds {
                held.entry(kind).or_default().merge(load);
            }
        }
    }
}

impl Urgencies {
    pub(super) fn count(&mut self, before: Urgency, after: Urgency) {
        *self.before.entry(before).or_default() += 1;
        *self.after.entry(after).or_default() += 1;
        self.raised += u64::from(after > before);
        self.lowered += u64::from(after < before);
    }

    fn merge(&mut self, other: Self) {
        self.raised += other.raised;
        self.lowered += other.lowered;
        for (held, added) in [(&mut self.before, other.before), (&mut self.after, other.after)] {
            for (urgency, count) in added {
                *held.entry(urgency).or_default() += count;
            }
        }
    }
}

impl Flip {
    pub(super) fn count(&mut self, before: bool, after: bool) {
        self.merge(Self {
            before: before.into(),
            after: after.into(),
            gained: (after && !before).into(),
            lost: (before && !after).into(),
        });
    }

    fn merge(&mut self, other: Self) {
        self.before += other.before;
        self.after += other.after;
        self.gained += other.gained;
        self.lost += other.lost;
    }
}

impl Load {
    fn merge(&mut self, other: Self) {
        self.before += other.before;
        self.after += other.after;
        self.gained += other.gained;
        self.lost += other.lost;
        self.lead_before += other.lead_before;
        self.lead_after += other.lead_after;
        for (stage, shift) in other.stages {
            self.stages.entry(stage).or_default().merge(shift);
        }
    }
}

impl Shift {
    pub(super) fn count(&mut self, moved: Move) {
        match moved {
            Move::Earlier(minutes) => {
                self.earlier += 1;
                self.earlier_minutes += minutes;
            }
            Move::Later(minutes) => {
                self.later += 1;
                self.later_minutes += minutes;
            }
            Move::Added => self.added += 1,
            Move::Removed => self.removed += 1,
            Move::Restarted => self.restarted += 1,
        }
    }

    fn merge(&mut self, other: Self) {
        self.earlier += other.earlier;
        self.earlier_minutes += other.earlier_minutes;
        self.later += other.later;
        self.later_minutes += other.later_minutes;
        self.added += other.added;
        self.removed += other.removed;
        self.restarted += other.restarted;
    }
}

impl Unreadable {
    pub(super) fn add(&mut self, report: UnreadableReport) {
        self.merge(Self {
            count: 1,
            named: vec![report],
        });
    }

    /// Which are named does not depend on the order in which they come.
    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.named.extend(other.named);
        self.named.sort();
        self.named.truncate(NAMED);
    }
}

/// The count of a name. Most names are known already, and then nothing is allocated.
fn slot<'m, T: Default>(map: &'m mut BTreeMap<String, T>, name: &str) -> &'m mut T {
    if !map.contains_key(name) {
        map.insert(name.to_owned(), T::default());
    }
    map.get_mut(name).unwrap_or_else(|| unreachable!("inserted above"))
}

fn earlier(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    a.into_iter().chain(b).min()
}
