//! Whether a changed table weakens any decision at all: fewer tickets, lower urgency, a later deadline or none,
//! another unit, a later or missing push. Exact, over every report and request, by boxes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use casework::calendar::Limit;
use casework::dmn::Table;
use casework::escalation::Level;
use casework::liveness::space::{Region, Space};
use casework::liveness::{Site, sites};
use casework::pack::Pack;
use casework::report::Suspect;
use casework::routing::Stage;
use casework::urgency::Urgency;
use chrono::{DateTime, TimeDelta, Utc};

use crate::taihe::{TAIHE, at};

/// The shipped pack, looked at once.
pub(crate) struct Harm {
    space: Space,
    sites: Vec<Site>,
    urgency: BTreeMap<Urgency, Vec<Region>>,
    asks: Asks,
    later: Mutex<HashMap<(String, String), bool>>,
}

/// By obligation and unit kind: where it is asked, and where as a lead.
type Asks = BTreeMap<(String, String), [Vec<Region>; 2]>;

impl Harm {
    pub(crate) fn new() -> Self {
        let space = Space::new(&TAIHE);
        Self {
            urgency: urgencies(&space, TAIHE.rules().urgency_table().unwrap()),
            asks: asks(&space, TAIHE.rules().obligations_table().unwrap()),
            sites: sites(&TAIHE),
            space,
            later: Mutex::default(),
        }
    }

    pub(crate) fn of(&self, table: &Table, pack: &Pack) -> bool {
        match table.id.as_str() {
            "urgency" => self.lowers(table),
            "obligations" => self.loses(table),
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

    /// Something is not asked any more, or asked as an assist where no unit of the kind is found.
    fn loses(&self, table: &Table) -> bool {
        let now = asks(&self.space, table);
        let nothing = [Vec::new(), Vec::new()];
        self.asks.iter().any(|(key, [asked, leads])| {
            let [still_asked, still_leads] = now.get(key).unwrap_or(&nothing);
            let lost = self.space.uncovered(asked.clone(), still_asked).unwrap();
            let weaker = self.space.uncovered(leads.clone(), still_leads).unwrap();
            let unsent = |site: &Site| {
                weaker.iter().any(|region| {
                    let missing = self.space.keep(region, "suspect", |value| {
                        let suspect = value.as_text().and_then(Suspect::from_word).unwrap();
                        !site.finds(&TAIHE, &key.1, suspect)
                    });
                    !self.space.is_empty(&missing)
                })
            };
            !lost.is_empty() || self.sites.iter().any(unsent)
        })
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

fn urgencies(space: &Space, table: &Table) -> BTreeMap<Urgency, Vec<Region>> {
    let mut urgencies: BTreeMap<Urgency, Vec<Region>> = BTreeMap::new();
    for (rule, regions) in table.rules.iter().zip(space.answers(table).unwrap()) {
        let word = table.output(rule, "urgency").as_text().unwrap();
        urgencies
            .entry(Urgency::from_word(word).unwrap())
            .or_default()
            .extend(regions);
    }
    urgencies
}

fn asks(space: &Space, table: &Table) -> Asks {
    let happens = [space.of_trigger(true), space.of_trigger(false)];
    let mut asks = Asks::new();
    for (rule, regions) in table.rules.iter().zip(space.answers(table).unwrap()) {
        let text = |column| table.output(rule, column).as_text().unwrap().to_owned();
        let [asked, leads] = asks.entry((text("obligation"), text("unit_kind"))).or_default();
        for region in regions
            .iter()
            .flat_map(|region| happens.iter().map(|trigger| region.and(trigger)))
        {
            if !space.is_empty(&region) {
                if text("role") == "lead" {
                    leads.push(region.clone());
                }
                asked.push(region);
            }
        }
    }
    asks
}
