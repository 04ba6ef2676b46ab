//! The outcome in sentences for the office, what weighs most first.

use chrono::{DateTime, Utc};

use crate::calendar::shanghai;
use crate::office::replay::{Load, Outcome, Shift};
use crate::pack::Pack;
use crate::words::{Lang, Stage};

/// Above reports that are routed otherwise.
pub const EXAMPLES: &str = "有变化的报告举例：";
/// The rules of before.
pub const BEFORE: &str = "原规则";
/// The rules that are tried.
pub const AFTER: &str = "新规则";

/// Units whose load is told; the rest are in the numbers.
const UNITS: usize = 10;

impl Outcome {
    /// What an officer reads. Names are taken from the new pack, or from the old one where the new has none.
    pub fn sentences_zh(&self, old: &Pack, new: &Pack) -> Vec<String> {
        let names = Names { packs: [new, old] };
        let mut said = vec![self.summary()];
        if self.unreadable.count > 0 {
            said.push(format!(
                "{} 份报告的事实无法读取，没有参加试算。",
                self.unreadable.count
            ));
        }
        self.police(&mut said);
        self.people(&mut said);
        if self.changed > 0 {
            self.by_obligation(&names, &mut said);
            self.by_unit(&names, &mut said);
        }
        said
    }

    fn summary(&self) -> String {
        let span = match (self.oldest, self.newest) {
            (Some(oldest), Some(newest)) if day(oldest) == day(newest) => format!("（{}）", day(oldest)),
            (Some(oldest), Some(newest)) => format!("（{}至{}）", day(oldest), day(newest)),
            _ => String::new(),
        };
        match (self.reports, self.changed) {
            (0, _) => "没有可以试算的报告。".into(),
            (reports, 0) => format!("试算了 {reports} 份报告{span}，结果没有变化。"),
            (reports, changed) => format!("试算了 {reports} 份报告{span}，其中 {changed} 份的结果有变化。"),
        }
    }

    fn police(&self, said: &mut Vec<String>) {
        let lost = self.police.by_rules.lost;
        if lost > 0 {
            let floor = match self.police.left_without {
                0 => "安全底线仍会通知公安".to_owned(),
                without if without == lost => "公安不会再收到工单".to_owned(),
                without => format!("其中 {without} 份公安不会再收到工单，其余由安全底线通知"),
            };
            said.push(format!("注意：{lost} 份报告不再由规则派给公安，{floor}。"));
        }
        let gained = self.police.by_rules.gained;
        if gained > 0 {
            said.push(format!("{gained} 份报告改由规则派给公安，原来没有。"));
        }
    }

    fn people(&self, said: &mut Vec<String>) {
        let told = [
            (
                self.only_triage.gained,
                "注意：",
                "份报告将只剩待人工研判工单，没有单位接办",
            ),
            (self.only_triage.lost, "", "份原来只能待人工研判的报告将有单位接办"),
            (self.triage.gained, "", "份报告将新增待人工研判"),
            (self.triage.lost, "", "份报告将不再需要人工研判"),
            (self.urgency.raised, "", "份报告的紧急程度提高"),
            (self.urgency.lowered, "", "份报告的紧急程度降低"),
        ];
        for (count, before, after) in told {
            if count > 0 {
                said.push(format!("{before}{count} {after}。"));
            }
        }
    }

    /// `公安机关会多收到 12 张“接报处置”工单。`
    fn by_obligation(&self, names: &Names<'_>, said: &mut Vec<String>) {
        let mut weighed: Vec<(u64, String)> = Vec::new();
        for (obligation, kinds) in &self.obligations {
            for (kind, load) in kinds {
                let (who, what) = (names.kind(kind), names.obligation(obligation));
                if let Some(text) = load.received() {
                    weighed.push((load.gained + load.lost, format!("{who}{text}“{what}”工单。")));
                }
                for (stage, shift) in &load.stages {
                    let text = shift.said(*stage);
                    weighed.push((shift.tickets(), format!("{who}的“{what}”：{text}。")));
                }
            }
        }
        said.extend(heaviest(weighed, usize::MAX));
    }

    fn by_unit(&self, names: &Names<'_>, said: &mut Vec<String>) {
        let changed = |load: &Load| load.before.abs_diff(load.after);
        let moved = self.units.iter().filter(|(_, load)| changed(load) > 0);
        let weighed: Vec<(u64, String)> = moved
            .map(|(unit, load)| {
                let name = names.unit(unit);
                (
                    changed(load),
                    format!("{name}的工单由 {} 张变为 {} 张。", load.before, load.after),
                )
            })
            .collect();
        let more = weighed.len().saturating_sub(UNITS);
        said.extend(heaviest(weighed, UNITS));
        if more > 0 {
            said.push(format!("另有 {more} 个单位的工单数有变化。"));
        }
    }
}

impl Load {
    fn received(&self) -> Option<String> {
        match (self.gained, self.lost) {
            (0, 0) => None,
            (gained, 0) => Some(format!("会多收到 {gained} 张")),
            (0, lost) => Some(format!("会少收到 {lost} 张")),
            (gained, lost) => Some(format!("会多收到 {gained} 张、少收到 {lost} 张")),
        }
    }
}

impl Shift {
    fn tickets(&self) -> u64 {
        self.earlier + self.later + self.added + self.removed + self.restarted
    }

    fn said(&self, stage: Stage) -> String {
        let stage = stage.zh();
        let mean = |sum: u64, count: u64| span_zh(sum / count.max(1));
        let parts = [
            (
                self.earlier,
                format!(
                    "{} 张提前，平均提前{}",
                    self.earlier,
                    mean(self.earlier_minutes, self.earlier)
                ),
            ),
            (
                self.later,
                format!(
                    "{} 张推后，平均推后{}",
                    self.later,
                    mean(self.later_minutes, self.later)
                ),
            ),
            (self.added, format!("{} 张新增此时限", self.added)),
            (self.removed, format!("{} 张不再有此时限", self.removed)),
            (self.restarted, format!("{} 张改变起算事件", self.restarted)),
        ];
        let told: Vec<String> = parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(_, text)| text)
            .collect();
        format!("{stage}时限 {}", told.join("；"))
    }
}

/// Names of codes. A word that left the pack is still in the old one.
struct Names<'p> {
    packs: [&'p Pack; 2],
}

impl Names<'_> {
    fn kind<'a>(&'a self, code: &'a str) -> &'a str {
        let found = self
            .packs
            .iter()
            .find_map(|pack| pack.vocabulary().unit_kinds.get(code));
        found.map_or(code, |kind| kind.term.label.get(Lang::Zh))
    }

    fn obligation<'a>(&'a self, code: &'a str) -> &'a str {
        let found = self
            .packs
            .iter()
            .find_map(|pack| pack.vocabulary().obligations.get(code));
        found.map_or(code, |term| term.label.get(Lang::Zh))
    }

    fn unit<'a>(&'a self, code: &'a str) -> &'a str {
        let found = self.packs.iter().find_map(|pack| pack.units().get(code));
        found.map_or(code, |unit| &unit.name)
    }
}

fn heaviest(mut weighed: Vec<(u64, String)>, count: usize) -> impl Iterator<Item = String> {
    weighed.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    weighed.into_iter().take(count).map(|(_, text)| text)
}

fn day(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&shanghai());
    super::times::day(local.date_naive())
}

/// `45分钟`, `6小时`, `2天`: roughly, as one says it.
fn span_zh(minutes: u64) -> String {
    const HOUR: u64 = 60;
    const DAY: u64 = 24 * HOUR;
    match minutes {
        0..120 => format!("{minutes}分钟"),
        120..2880 => format!("{}小时", (minutes + HOUR / 2) / HOUR),
        _ => format!("{}天", (minutes + DAY / 2) / DAY),
    }
}
