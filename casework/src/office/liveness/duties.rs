//! What the rows of `urgency` and `obligations` must ask: an urgency, somebody at all who can be told, one lead.
//! What the law asks is in `law`.

use super::finding::{Claim, Liveness, LivenessFinding};
use super::model::Model;
use super::places::{Site, sites};
use super::space::{Point, Region, Space, UNLISTED, Undecided};
use crate::county::Unit;
use crate::dmn::sfeel::Value;
use crate::words::reserved::{OFFICE, TRIAGE};
use crate::words::{Role, Suspect};

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
            let sentence = "没有一行规则给出唯一的紧急程度，只能按特急处理并转办公室人工研判。".to_owned();
            found.push(self.on.finding(
                Claim::Urgency,
                ("每份报告都有紧急程度", "P"),
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
                    Role::Lead => region.clone(),
                    Role::Assist => space.keep(region, "suspect", |value| {
                        suspect(value).is_some_and(|suspect| site.finds(self.on.pack, &ask.unit_kind, suspect))
                    }),
                })
                .collect();
            let left = space.uncovered(vec![self.known_reports()], &rows)?;
            if let Some(point) = space.smallest(&left) {
                let situations = self.on.words().situations(&space.values(&left, "situation"));
                let sentence = format!("没有一个单位按规则接办，报告只能转办公室人工研判，涉及{situations}。");
                let at = Some((&point, site.area.as_deref()));
                found.push(
                    self.on
                        .finding(Claim::Ticket, ("每份报告都有单位接办", "P"), at, sentence),
                );
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
                let sentence = format!(
                    "应办事项表第{}行向{}派出{}，但主办次序表（ranking.csv）没有这一项，主办由谁承担只能碰运气。",
                    ask.row,
                    words.kind(key.1),
                    words.obligation(key.0)
                );
                found.push(
                    self.on
                        .finding(Claim::Lead, ("每案恰有一个主办", "P"), Some((&point, None)), sentence),
                );
            }
        }
        if ranking.rank(TRIAGE, OFFICE) == u32::MAX {
            let sentence = "主办次序表（ranking.csv）没有办公室的“待人工研判”，它可能碰运气成为主办。".to_owned();
            found.push(self.on.finding(Claim::Lead, ("每案恰有一个主办", "P"), None, sentence));
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
        for ask in self.model.asks.iter().filter(|ask| ask.role == Role::Lead) {
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
                    let sentence = format!(
                        "回避规则（recusal.csv）把{}的各级单位全部跳过，{}无单位主办，只能落到办公室。",
                        words.kind(&ask.unit_kind),
                        words.obligation(&ask.obligation)
                    );
                    let at = Some((&point, site.area.as_deref()));
                    found.push(
                        self.on
                            .finding(Claim::Recusal, ("回避不得使案件无人主办", "P"), at, sentence),
                    );
                    return;
                }
            }
        }
    }

    /// Every unit, the office and the leading group have somewhere to be told.
    fn notified(&self, found: &mut Vec<LivenessFinding>) {
        const LAW: (&str, &str) = ("每个接办单位及其上级都能收到通知", "P");
        let units = self.on.pack.units();
        for unit in units.iter().filter(|unit| !can_be_told(unit)) {
            let ask = self.model.asks.iter().find(|ask| ask.unit_kind == unit.kind);
            let point = ask.and_then(|ask| self.space().smallest(&ask.regions));
            let sentence = format!("{}没有可以接收通知的邮箱，派给它的工单无人知道。", unit.name);
            let at = point.as_ref().map(|point| (point, Some(unit.area.as_str())));
            found.push(self.on.finding(Claim::Notified, LAW, at, sentence));
        }
        for (code, what) in [(units.office(), "办公室"), (units.leading_group(), "领导小组")] {
            if units.get(code).is_none() {
                let sentence = format!("本县配置没有{what}，逐级催办到它就断了。");
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
