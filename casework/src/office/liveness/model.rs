//! The tables `urgency` and `obligations` as boxes, and the smallest report that meets a row.

use super::space::{Point, Region, Space, Undecided};
use crate::dmn::sfeel::Value;
use crate::pack::Pack;
use crate::words::{Handling, Urgency};

/// What one row of `obligations` asks, and when.
pub(super) struct Ask {
    pub(super) row: usize,
    pub(super) obligation: String,
    pub(super) unit_kind: String,
    pub(super) role: Handling,
    pub(super) regions: Vec<Region>,
}

/// The two tables as boxes.
pub(super) struct Model {
    pub(super) asks: Vec<Ask>,
    /// Before a repeat raises it.
    pub(super) urgencies: Vec<(Urgency, Vec<Region>)>,
}

impl Model {
    pub(super) fn read(pack: &Pack, space: &Space) -> Result<Self, Undecided> {
        let mut model = Self {
            asks: Vec::new(),
            urgencies: Vec::new(),
        };
        if let Some(table) = pack.rules().obligations_table() {
            for (rule, regions) in table.rules.iter().zip(space.answers(table)?) {
                let text = |column| table.output(rule, column).as_text().unwrap_or_default().to_owned();
                model.asks.push(Ask {
                    row: rule.number,
                    obligation: text("obligation"),
                    unit_kind: text("unit_kind"),
                    role: Handling::from_word(&text("role")).unwrap_or(Handling::Lead),
                    regions,
                });
            }
        }
        if let Some(table) = pack.rules().urgency_table() {
            for (rule, regions) in table.rules.iter().zip(space.answers(table)?) {
                let word = table.output(rule, "urgency").as_text().unwrap_or_default();
                if let Some(urgency) = Urgency::from_word(word) {
                    model.urgencies.push((urgency, regions));
                }
            }
        }
        Ok(model)
    }

    /// The boxes in which an obligation is asked of a kind.
    pub(super) fn of<'m>(&'m self, obligation: &'m str, kind: &'m str) -> impl Iterator<Item = &'m Region> {
        self.asks
            .iter()
            .filter(move |ask| ask.obligation == obligation && ask.unit_kind == kind)
            .flat_map(|ask| &ask.regions)
    }

    /// The smallest report or request that asks an obligation at an urgency. `None` where no single situation does:
    /// then several together may, or a person by hand.
    pub(super) fn witness(&self, space: &Space, obligation: &str, urgency: Urgency) -> Option<Point> {
        let happens = [space.of_trigger(true), space.of_trigger(false)];
        let asks = self.asks.iter().filter(|ask| ask.obligation == obligation);
        let asked: Vec<Region> = asks
            .flat_map(|ask| &ask.regions)
            .flat_map(|region| happens.iter().map(|trigger| space.known(region).and(trigger)))
            .collect();
        let mut both = Vec::new();
        for (base, regions) in &self.urgencies {
            for repeat in [false, true] {
                let reached = if repeat { base.raised() } else { *base };
                for region in regions.iter().filter(|_| reached == urgency) {
                    let region = space.keep(region, "repeat", |value| *value == Value::from(repeat));
                    // The urgency of an unknown age is the highest of any: left out only where each has this one.
                    let reached = asked.iter().map(|asked| space.whatever_unknown(&asked.and(&region)));
                    both.extend(reached);
                }
            }
        }
        space.smallest(&both)
    }
}
