//! What the rows of `urgency` and `obligations` must ask: the police, what the law names, somebody at all, one lead.

use super::places::{Site, sites};
use super::space::{Point, Region, Space, UNLISTED, Undecided};
use super::{Claim, Liveness, LivenessFinding};
use crate::dmn::sfeel::Value;
use crate::facts::is_statutory;
use crate::pack::{Duty, DutyOf, OFFICE, POLICE, Pack, Unit};
use crate::report::Suspect;
use crate::routing::Role;
use crate::routing::rules::{POLICE_ACCEPT, TRIAGE};
use crate::urgency::Urgency;

/// What one row of `obligations` asks, and when.
pub(super) struct Ask {
    pub(super) row: usize,
    pub(super) obligation: String,
    pub(super) unit_kind: String,
    pub(super) role: Role,
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
                    role: Role::from_word(&text("role")).unwrap_or(Role::Lead),
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
    fn of<'m>(&'m self, obligation: &'m str, kind: &'m str) -> impl Iterator<Item = &'m Region> {
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
            .flat_map(|region| happens.iter().map(|trigger| region.and(trigger)))
            .collect();
        let mut both = Vec::new();
        for (base, regions) in &self.urgencies {
            for repeat in [false, true] {
                let reached = if repeat { base.raised() } else { *base };
                for region in regions.iter().filter(|_| reached == urgency) {
                    let region = space.keep(region, "repeat", |value| *value == Value::from(repeat));
                    both.extend(asked.iter().map(|asked| asked.and(&region)));
                }
            }
        }
        space.smallest(&both)
    }
}

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

struct Duties<'l> {
    on: &'l Liveness<'l>,
    model: &'l Model,
    sites: Vec<Site>,
}

const FLOOR: &str = "程序的安全底线仍会补派公安工单，因此这一缺失平时看不出来；规则表本身已经漏了。";

impl Duties<'_> {
    fn space(&self) -> &Space {
        &self.on.space
    }

    /// The nine situations, the county's tenth and present danger reach the police by the tables, and the police exist.
    fn police(&self, found: &mut Vec<LivenessFinding>) -> Result<(), Undecided> {
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
    fn statutory(&self, duty: &Duty, found: &mut Vec<LivenessFinding>) -> Result<(), Undecided> {
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
                    "职责分工表第{}行向{}派出{}，但主办次序表（ranking.csv）没有这一项，主办由谁承担只能碰运气。",
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
