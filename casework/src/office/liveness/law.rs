//! What the rows of `obligations` must ask by law: the police, the duties of `statutory-duties.csv`, and of requests
//! what only the entitled may ask for.

use super::duties::Duties;
use super::finding::{Claim, LivenessFinding};
use super::space::{Region, UNLISTED, Undecided};
use crate::county::{Duty, DutyOf};
use crate::dmn::sfeel::Value;
use crate::report::is_statutory;
use crate::words::reserved::{POLICE, POLICE_ACCEPT};
use crate::words::{Grade, Suspect};
use crate::zh::falls;

impl Duties<'_> {
    /// The nine situations, the county's tenth and present danger reach the police by the tables, and the police exist.
    pub(super) fn police(&self, found: &mut Vec<LivenessFinding>) -> Result<(), Undecided> {
        let space = self.space();
        let reports = space.of_trigger(true);
        let statutory = space.keep(&reports, "situation", |code| code.as_text().is_some_and(is_statutory));
        let danger = space.keep(&reports, "present_danger", |danger| *danger == Value::from(true));
        for (region, law, what) in [
            (statutory, falls::OPINION, falls::STATUTORY),
            (danger, falls::DANGER_LAW, falls::DANGER),
        ] {
            let left = space.uncovered(vec![region], self.model.of(POLICE_ACCEPT, POLICE))?;
            if let Some(point) = space.smallest(&left) {
                let situations = self.on.words().situations(&space.values(&left, "situation"));
                let sentence = falls::no_police(what, &situations);
                found.push(
                    self.on
                        .finding(Claim::Police, (law, Grade::V), Some((&point, None)), sentence),
                );
            }
        }
        for site in &self.sites {
            let missing = Suspect::ALL
                .iter()
                .rev()
                .find(|suspect| !site.finds(self.on.pack, POLICE, **suspect));
            if let Some(suspect) = missing {
                let urgent = space.keep(&space.of_trigger(true), "present_danger", |danger| {
                    *danger == Value::from(true)
                });
                let urgent = space.keep(&urgent, "suspect", |value| *value == Value::from(suspect.as_str()));
                let sentence = falls::POLICE_NOT_FOUND.to_owned();
                let point = space.smallest([&urgent]);
                let at = point.as_ref().map(|point| (point, site.area.as_deref()));
                found.push(self.on.finding(Claim::Police, (falls::OPINION, Grade::V), at, sentence));
                break;
            }
        }
        Ok(())
    }

    /// A row of `statutory-duties.csv`.
    pub(super) fn statutory(&self, duty: &Duty, found: &mut Vec<LivenessFinding>) -> Result<(), Undecided> {
        let space = self.space();
        let law = (duty.basis.as_str(), duty.grade);
        let words = self.on.words();
        let (obligation, kind) = (words.obligation(&duty.obligation), words.kind(&duty.unit_kind));
        match &duty.of {
            DutyOf::Report { situations, facts } => {
                let mut region = space.keep(&space.of_trigger(true), "situation", |code| match code.as_text() {
                    Some(UNLISTED) | None => false,
                    Some(code) => situations.is_empty() || situations.iter().any(|wanted| wanted == code),
                });
                for (fact, wanted) in facts {
                    region = space.keep(&region, fact, |value| value == wanted);
                }
                let left = space.uncovered(vec![region], self.model.of(&duty.obligation, &duty.unit_kind))?;
                if let Some(point) = space.smallest(&left) {
                    let of = words.situations(&space.values(&left, "situation"));
                    let sentence = falls::duty(&of, &kind, &obligation);
                    found.push(self.on.finding(Claim::Duty, law, Some((&point, None)), sentence));
                }
            }
            DutyOf::Request { requester_kinds, only } => {
                let entitled = |value: &Value| requester_kinds.iter().any(|kind| *value == Value::from(kind.as_str()));
                let asked = space.keep(&space.of_trigger(false), "requester_kind", entitled);
                let left = space.uncovered(vec![asked], self.model.of(&duty.obligation, &duty.unit_kind))?;
                if let Some(point) = space.smallest(&left) {
                    let who = words.kind(space.value(&point, "requester_kind").as_text().unwrap_or_default());
                    let sentence = falls::entitled(&who, &kind, &obligation);
                    found.push(self.on.finding(Claim::Entitled, law, Some((&point, None)), sentence));
                }
                let asks = self
                    .model
                    .asks
                    .iter()
                    .filter(|ask| *only && ask.obligation == duty.obligation);
                let wrong: Vec<Region> = asks
                    .flat_map(|ask| &ask.regions)
                    .map(|region| space.keep(region, "requester_kind", |value| !entitled(value)))
                    .filter(|region| !space.is_empty(region) && !self.never(region))
                    .collect();
                if let Some(point) = space.smallest(&wrong) {
                    let sentence = match space.value(&point, "requester_kind").as_text() {
                        Some(kind) => falls::not_entitled(&words.kind(kind), &obligation),
                        None => falls::without_requester(&obligation),
                    };
                    found.push(self.on.finding(Claim::Entitled, law, Some((&point, None)), sentence));
                }
            }
        }
        Ok(())
    }

    /// A request without a requester, a report with one: no such thing happens.
    fn never(&self, region: &Region) -> bool {
        let space = self.space();
        [true, false]
            .into_iter()
            .all(|report| space.is_empty(&region.and(&space.of_trigger(report))))
    }
}
