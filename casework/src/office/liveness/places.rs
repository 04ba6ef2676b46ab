//! Where a report can be, cut down to what the search for a unit can tell apart.
//!
//! The search climbs from the report's area and asks at each level only whether a unit of the kind stands there and
//! whether the level is recused. So two areas with the same kinds at the same levels on their way up are one place,
//! whatever their units are called; that each unit can be reached is checked for all units, found or not.

use std::collections::{BTreeMap, BTreeSet};

use crate::county::AreaLevel;
use crate::pack::Pack;
use crate::words::Suspect;

/// Areas that the search for a unit can't tell apart.
#[derive(Debug, Clone)]
pub struct Site {
    /// The first area of this kind; `None` = unknown, the simplest that a report can say.
    pub area: Option<String>,
    /// Levels from the bottom up, with the unit kinds that stand there.
    pub levels: Vec<(AreaLevel, BTreeSet<String>)>,
}

/// All sites of a pack, the county's own first.
pub fn sites(pack: &Pack) -> Vec<Site> {
    let mut kinds: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for unit in pack.units().iter() {
        kinds.entry(&unit.area).or_default().insert(unit.kind.clone());
    }
    let mut sites: Vec<Site> = Vec::new();
    // Null stands for every area that is unknown, foreign or above the county, too.
    let areas = std::iter::once(None).chain(pack.areas().iter().map(|area| Some(area.code.as_str())));
    for area in areas {
        let levels: Vec<_> = pack
            .areas()
            .climb(pack.areas().search_from(area))
            .map(|above| (above.level, kinds.get(above.code.as_str()).cloned().unwrap_or_default()))
            .collect();
        if !sites.iter().any(|site| site.levels == levels) {
            sites.push(Site {
                area: area.map(str::to_owned),
                levels,
            });
        }
    }
    sites
}

impl Site {
    /// Whether a unit of the kind is found for this suspect.
    pub fn finds(&self, pack: &Pack, kind: &str, suspect: Suspect) -> bool {
        self.levels
            .iter()
            .any(|(level, kinds)| kinds.contains(kind) && !pack.rules().recusals().skips(suspect, kind, *level))
    }

    /// Whether the county or what lies above it has a unit of the kind, recused or not.
    pub fn county_has(&self, kind: &str) -> bool {
        self.levels
            .iter()
            .any(|(level, kinds)| *level <= AreaLevel::County && kinds.contains(kind))
    }
}
