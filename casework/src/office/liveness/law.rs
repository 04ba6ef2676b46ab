//! What the rows of `obligations` must ask by law: the police, the duties of `statutory-duties.csv`, and of requests
//! what only the entitled may ask for.

use super::duties::Duties;
use super::finding::{Claim, LivenessFinding};
use super::space::{Region, UNLISTED, Undecided};
use crate::county::{Duty, DutyOf};
use crate::dmn::sfeel::Value;
use crate::report::is_statutory;
use crate::words::Suspect;
use crate::words::reserved::{POLICE, POLICE_ACCEPT};

const FLOOR: &str = "程序的安全底线仍会补派公安工单，因此这一缺失平时看不出来；规则表本身已经漏了。";

impl Duties<'_> {
    /// The nine situations, the county's tenth and present danger reach the police by the tables, and the police exist.
    pub(super) fn police(&self, found: &mut Vec<LivenessFinding>) -> Result<(), Undecided> {
        const OPINION: &str = "《关于建立侵害未成年人案件强制报告制度的意见（试行）》第二条、第四条";
        const DANGER: &str = "《未成年人保护法》第十一条";
        let space = self.space();
        let reports = space.of_trigger(true);
        let statutory = space.keep(&reports, "situation", |code| code.as_text().is_some_and(is_statutory));
        let danger = space.keep(&reports, "present_danger", |danger| *danger == Value::from(true));
        for (region, law, what) in [(statutory, OPINION, "法定强制报告情形"), (danger, DANGER, "现实危险")]
        {
            let left = space.uncovered(vec![region], self.model.of(POLICE_ACCEPT, POLICE))?;
            if let Some(point) = space.smallest(&left) {
                let situations = self.on.words().situations(&space.values(&left, "situation"));
                let sentence = format!("{what}必须有公安接报处置的工单，但规则表没有派出，涉及{situations}。{FLOOR}");
                found.push(
                    self.on
                        .finding(Claim::Police, (law, "V"), Some((&point, None)), sentence),
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
                let sentence =
                    "公安工单找不到公安单位，只能落到办公室：该地点没有公安单位，或者全部被回避规则跳过。".to_owned();
                let point = space.smallest([&urgent]);
                let at = point.as_ref().map(|point| (point, site.area.as_deref()));
                found.push(self.on.finding(Claim::Police, (OPINION, "V"), at, sentence));
                break;
            }
        }
        Ok(())
    }

    /// A row of `statutory-duties.csv`.
    pub(super) fn statutory(&self, duty: &Duty, found: &mut Vec<LivenessFinding>) -> Result<(), Undecided> {
        let space = self.space();
        let law = (duty.basis.as_str(), duty.grade.as_str());
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
                    let sentence = format!("{of}依法应当向{kind}派出{obligation}，但规则表没有派出。");
                    found.push(self.on.finding(Claim::Duty, law, Some((&point, None)), sentence));
                }
            }
            DutyOf::Request { requester_kinds, only } => {
                let entitled = |value: &Value| requester_kinds.iter().any(|kind| *value == Value::from(kind.as_str()));
                let asked = space.keep(&space.of_trigger(false), "requester_kind", entitled);
                let left = space.uncovered(vec![asked], self.model.of(&duty.obligation, &duty.unit_kind))?;
                if let Some(point) = space.smallest(&left) {
                    let who = words.kind(space.value(&point, "requester_kind").as_text().unwrap_or_default());
                    let sentence = format!("{who}依法有权提请{obligation}，但规则表不向{kind}派出，提请会落空。");
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
                        Some(kind) => format!(
                            "{}不是法定申请主体，但规则表准许其提请{obligation}，申请会被驳回。",
                            words.kind(kind)
                        ),
                        None => format!("{obligation}须由法定主体提请，但规则表由报告直接派出，没有申请人。"),
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
