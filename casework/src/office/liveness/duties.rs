//! What the rows of `urgency` and `obligations` must ask: an urgency, somebody at all who can be told, one lead.
//! What the law asks is in `law`.

use super::finding::{Claim, Liveness, LivenessFinding};
use super::model::Model;
use super::places::{Site, sites};
use super::space::{Point, Region, Space, UNLISTED, Undecided};
use crate::county::Unit;
use crate::dmn::sfeel::Value;
use crate::words::reserved::{OFFICE, TRIAGE};
use crate::words::{Addressee, Grade, Handling, Suspect};
use crate::zh::falls;

pub(super) fn check(on: &Liveness<'_>, model: &Model, found: &mut Vec<LivenessFinding>) -> Result<(), Undecided> {
    let duties = Duties {
        on,
        model,
        sites: sites(on.pack),
    };
    duties.police(found)?;
    for duty in &on.pack.statutes().duties {
        duties.statutory(duty, found)?;
    }
    duties.urgency(found)?;
    duties.tickets(found)?;
    duties.leads(found);
    duties.recusals(found);
    duties.notified(found);
    Ok(())
}

pub(super) struct Duties<'l> {
    pub(super) on: &'l Liveness<'l>,
    pub(super) model: &'l Model,
    pub(super) sites: Vec<Site>,
}

impl Duties<'_> {
    pub(super) fn space(&self) -> &Space {
        &self.on.space
    }

    fn known_reports(&self) -> Region {
        let space = self.space();
        space.keep(&space.of_trigger(true), "situation", |code| {
            code.as_text() != Some(UNLISTED)
        })
    }

    fn urgency(&self, found: &mut Vec<LivenessFinding>) -> Result<(), Undecided> {
        let space = self.space();
        let rows = self.model.urgencies.iter().flat_map(|(_, regions)| regions);
        let left = space.uncovered(vec![self.known_reports()], rows)?;
        if let Some(point) = space.smallest(&left) {
            let sentence = falls::NO_URGENCY.to_owned();
            found.push(self.on.finding(
                Claim::Urgency,
                (falls::URGENCY, Grade::P),
                Some((&point, None)),
                sentence,
            ));
        }
        Ok(())
    }

    /// Some unit takes the report. A lead always finds one (the office stands in), an assist only where its kind does.
    fn tickets(&self, found: &mut Vec<LivenessFinding>) -> Result<(), Undecided> {
        let space = self.space();
        for site in &self.sites {
            let rows: Vec<Region> = self
                .model
                .asks
                .iter()
                .flat_map(|ask| ask.regions.iter().map(move |region| (ask, region)))
                .map(|(ask, region)| match ask.role {
                    Handling::Lead => region.clone(),
                    Handling::Assist => space.keep(region, "suspect", |value| {
                        suspect(value).is_some_and(|suspect| site.finds(self.on.pack, &ask.unit_kind, suspect))
                    }),
                })
                .collect();
            let left = space.uncovered(vec![self.known_reports()], &rows)?;
            if let Some(point) = space.smallest(&left) {
                let situations = self.on.words().situations(&space.values(&left, "situation"));
                let sentence = falls::no_ticket(&situations);
                let at = Some((&point, site.area.as_deref()));
                found.push(self.on.finding(Claim::Ticket, (falls::TICKET, Grade::P), at, sentence));
                break;
            }
        }
        Ok(())
    }

    /// Exactly one leads because the ranking orders all that can be asked; an unranked ask would lead by accident.
    fn leads(&self, found: &mut Vec<LivenessFinding>) {
        let ranking = self.on.pack.rules().ranking();
        let mut seen: Vec<(&str, &str)> = Vec::new();
        for ask in &self.model.asks {
            let key = (ask.obligation.as_str(), ask.unit_kind.as_str());
            if ranking.rank(key.0, key.1) != u32::MAX || seen.contains(&key) {
                continue;
            }
            if let Some(point) = self.space().smallest(&ask.regions).filter(|point| self.happens(point)) {
                seen.push(key);
                let words = self.on.words();
                let sentence = falls::unranked(ask.row, &words.kind(key.1), &words.obligation(key.0));
                found.push(
                    self.on
                        .finding(Claim::Lead, (falls::ONE_LEAD, Grade::P), Some((&point, None)), sentence),
                );
            }
        }
        if ranking.rank(TRIAGE, OFFICE) == u32::MAX {
            let sentence = falls::TRIAGE_UNRANKED.to_owned();
            found.push(
                self.on
                    .finding(Claim::Lead, (falls::ONE_LEAD, Grade::P), None, sentence),
            );
        }
    }

    fn happens(&self, point: &Point) -> bool {
        let report = self.space().value(point, "trigger") == &Value::from("report");
        (self.space().value(point, "requester_kind") == &Value::Null) == report
    }

    /// Recusal passes over the suspect's own level and finds the one above. Where a kind exists only below the county
    /// (township stations), the office stands in by design; where the county's own unit is passed over too, nobody is left.
    fn recusals(&self, found: &mut Vec<LivenessFinding>) {
        let space = self.space();
        for ask in self.model.asks.iter().filter(|ask| ask.role == Handling::Lead) {
            for site in self.sites.iter().filter(|site| site.county_has(&ask.unit_kind)) {
                let emptied: Vec<Region> = ask
                    .regions
                    .iter()
                    .map(|region| {
                        space.keep(region, "suspect", |value| {
                            suspect(value).is_some_and(|suspect| !site.finds(self.on.pack, &ask.unit_kind, suspect))
                        })
                    })
                    .collect();
                if let Some(point) = space.smallest(&emptied) {
                    let words = self.on.words();
                    let sentence = falls::all_recused(&words.kind(&ask.unit_kind), &words.obligation(&ask.obligation));
                    let at = Some((&point, site.area.as_deref()));
                    found.push(
                        self.on
                            .finding(Claim::Recusal, (falls::NOT_EMPTIED, Grade::P), at, sentence),
                    );
                    return;
                }
            }
        }
    }

    /// Every unit, the office and the leading group have somewhere to be told.
    fn notified(&self, found: &mut Vec<LivenessFinding>) {
        const LAW: (&str, Grade) = (falls::NOTIFIED, Grade::P);
        let units = self.on.pack.units();
        for unit in units.iter().filter(|unit| !can_be_told(unit)) {
            let ask = self.model.asks.iter().find(|ask| ask.unit_kind == unit.kind);
            let point = ask.and_then(|ask| self.space().smallest(&ask.regions));
            let sentence = falls::no_mailbox(&unit.name);
            let at = point.as_ref().map(|point| (point, Some(unit.area.as_str())));
            found.push(self.on.finding(Claim::Notified, LAW, at, sentence));
        }
        for (code, what) in [
            (units.office(), Addressee::Office),
            (units.leading_group(), Addressee::LeadingGroup),
        ] {
            if units.get(code).is_none() {
                let sentence = falls::missing(what.zh());
                found.push(self.on.finding(Claim::Notified, LAW, None, sentence));
            }
        }
    }
}

/// Somewhere a notice can go: the unit's mailbox.
fn can_be_told(unit: &Unit) -> bool {
    unit.mailbox.contains('@')
}

fn suspect(value: &Value) -> Option<Suspect> {
    value.as_text().and_then(Suspect::from_word)
}
