//! Whether a changed table weakens any decision at all: fewer tickets, lower urgency, a later deadline or none,
//! another unit, a later or missing push. Exact, over every report and request, by boxes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use casework::calendar::Limit;
use casework::clock::escalation::Level;
use casework::dmn::{HitPolicy, Table};
use casework::office::liveness::space::{Region, Space};
use casework::office::liveness::{Site, sites};
use casework::pack::Pack;
use casework::words::{Stage, Suspect, Urgency};
use chrono::{DateTime, TimeDelta, Utc};

use super::make::Mutant;
use crate::taihe::{TAIHE, at};

/// The shipped pack, looked at once.
pub(crate) struct Harm {
    space: Space,
    sites: Vec<Site>,
    urgency: BTreeMap<Urgency, Vec<Region>>,
    asks: Vec<Ask>,
    later: Mutex<HashMap<(String, String), bool>>,
}

/// What a row of `obligations` asks, and where.
struct Ask {
    obligation: String,
    unit_kind: String,
    lead: bool,
    regions: Vec<Region>,
}

impl Harm {
    pub(crate) fn new() -> Self {
        let space = Space::new(&TAIHE);
        let obligations = TAIHE.rules().obligations_table().unwrap();
        Self {
            urgency: urgencies(&space, TAIHE.rules().urgency_table().unwrap()),
            asks: (0..obligations.rules.len())
                .map(|row| ask(&space, obligations, row))
                .collect(),
            sites: sites(&TAIHE),
            space,
            later: Mutex::default(),
        }
    }

    pub(crate) fn of(&self, mutant: &Mutant, pack: &Pack) -> bool {
        match mutant.table.id.as_str() {
            "urgency" => self.lowers(&mutant.table),
            "obligations" => self.loses(mutant),
            "deadlines" => self.delays(pack),
            "escalation" => self.pushes_later(pack),
            other => panic!("{other}"),
        }
    }

    /// Some report gets a lower urgency. (No row at all counts as the highest.)
    fn lowers(&self, table: &Table) -> bool {
        let now = urgencies(&self.space, table);
        self.urgency.iter().any(|(before, regions)| {
            let lower = now
                .iter()
                .filter(|(after, _)| *after < before)
                .flat_map(|(_, regions)| regions);
            lower
                .into_iter()
                .any(|lower| regions.iter().any(|region| !self.space.is_empty(&region.and(lower))))
        })
    }

    /// Something is not asked any more, or asked as an assist where no unit of the kind is found. Every matching row
    /// of the table answers, so only what the changed row asked can be lost, where neither it nor another asks it now.
    fn loses(&self, mutant: &Mutant) -> bool {
        let before = &self.asks[mutant.row];
        let changed = (!mutant.deleted).then(|| ask(&self.space, &mutant.table, mutant.row));
        let others = self
            .asks
            .iter()
            .enumerate()
            .filter(|(row, _)| *row != mutant.row)
            .map(|(_, ask)| ask);
        let now: Vec<&Ask> = others
            .chain(&changed)
            .filter(|ask| (&ask.obligation, &ask.unit_kind) == (&before.obligation, &before.unit_kind))
            .collect();
        let left = |leads: bool| {
            let rows = now.iter().filter(|ask| ask.lead || !leads).flat_map(|ask| &ask.regions);
            self.space.uncovered(before.regions.clone(), rows).unwrap()
        };
        let weaker = if before.lead { left(true) } else { Vec::new() };
        let unsent = |site: &Site| {
            weaker.iter().any(|region| {
                let missing = self.space.keep(region, "suspect", |value| {
                    let suspect = value.as_text().and_then(Suspect::from_word).unwrap();
                    !site.finds(&TAIHE, &before.unit_kind, suspect)
                });
                !self.space.is_empty(&missing)
            })
        };
        !left(false).is_empty() || self.sites.iter().any(unsent)
    }

    /// Some stage ends later from some hour of the year, starts with another event, or is gone.
    fn delays(&self, pack: &Pack) -> bool {
        TAIHE.vocabulary().obligations.iter().any(|term| {
            Urgency::HIGHEST_FIRST.iter().any(|urgency| {
                Stage::ALL.iter().any(|stage| {
                    let of = |pack: &Pack| pack.rules().deadline(&term.code, *urgency, *stage).cloned();
                    match (of(&TAIHE), of(pack)) {
                        (None, _) => false,
                        (Some(_), None) => true,
                        (Some(before), Some(after)) => {
                            let event = before.start != after.start && after.start != "dispatch";
                            event || self.later(before.limit, after.limit)
                        }
                    }
                })
            })
        })
    }

    fn later(&self, before: Limit, after: Limit) -> bool {
        if before == after {
            return false;
        }
        let key = (before.to_string(), after.to_string());
        let known = self.later.lock().unwrap().get(&key).copied();
        known.unwrap_or_else(|| {
            let first = at("2026-01-01T00:00:00+08:00");
            let due = |limit, from: DateTime<Utc>| TAIHE.calendar().due(limit, from).at;
            let ends = [TimeDelta::zero(), TimeDelta::days(1) - TimeDelta::nanoseconds(1)];
            let mut moments = (0..365).flat_map(|day| ends.map(|end| first + TimeDelta::days(day) + end));
            let later = moments.any(|from| due(after, from) > due(before, from));
            self.later.lock().unwrap().insert(key, later);
            later
        })
    }

    /// Some push comes later, goes to somebody else, says something else, or never comes.
    fn pushes_later(&self, pack: &Pack) -> bool {
        const MINUTES: [i64; 7] = [15, 30, 60, 240, 1440, 4 * 1440, 30 * 1440];
        let push = |level: &Level, span: i64| {
            let span = TimeDelta::minutes(span);
            let anchor = if level.anchor.as_str() == "start" {
                TimeDelta::zero()
            } else {
                span
            };
            anchor + level.delay(span)
        };
        Urgency::HIGHEST_FIRST.iter().any(|urgency| {
            Stage::ALL.iter().any(|stage| {
                let (before, after) = (
                    TAIHE.rules().levels(*urgency, *stage),
                    pack.rules().levels(*urgency, *stage),
                );
                before.iter().any(|before| {
                    after
                        .iter()
                        .find(|after| after.level == before.level)
                        .is_none_or(|after| {
                            (&after.to, &after.action) != (&before.to, &before.action)
                                || MINUTES.iter().any(|span| push(after, *span) > push(before, *span))
                        })
                })
            })
        })
    }
}

/// Of known facts: an unknown age has the urgency of each age, and the highest counts.
fn urgencies(space: &Space, table: &Table) -> BTreeMap<Urgency, Vec<Region>> {
    let mut urgencies: BTreeMap<Urgency, Vec<Region>> = BTreeMap::new();
    for (rule, regions) in table.rules.iter().zip(space.answers(table).unwrap()) {
        let word = table.output(rule, "urgency").as_text().unwrap();
        urgencies
            .entry(Urgency::from_word(word).unwrap())
            .or_default()
            .extend(regions.iter().map(|region| space.known(region)));
    }
    urgencies
}

/// A row of `obligations`, which is COLLECT: each row answers for itself.
fn ask(space: &Space, table: &Table, row: usize) -> Ask {
    assert_eq!(table.hit_policy, HitPolicy::Collect);
    let alone = Table {
        rules: vec![table.rules[row].clone()],
        ..table.clone()
    };
    let happens = [space.of_trigger(true), space.of_trigger(false)];
    let answers = space.answers(&alone).unwrap().remove(0);
    let regions = answers
        .iter()
        .flat_map(|region| happens.iter().map(|trigger| region.and(trigger)));
    let text = |column| table.output(&table.rules[row], column).as_text().unwrap().to_owned();
    Ask {
        obligation: text("obligation"),
        unit_kind: text("unit_kind"),
        lead: text("role") == "lead",
        regions: regions.filter(|region| !space.is_empty(region)).collect(),
    }
}
