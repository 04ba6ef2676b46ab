//! How the unit was found: the climb from the report's area, step by step, as the search itself goes.

use crate::county::{Area, AreaLevel, Located};
use crate::pack::Pack;
use crate::report::Facts;
use crate::routing::PlannedTicket;
use crate::words::Lang;
use crate::words::reserved::TRIAGE;
use crate::zh::facts::word_zh;

/// The place of a report in words.
pub(crate) fn place(pack: &Pack, area: Option<&str>) -> String {
    match area {
        None => "不详".to_owned(),
        Some(code) => match pack.areas().locate(area) {
            Located::Unknown => "不详".to_owned(),
            Located::Listed(area) => pack.areas().path_name(&area.code).unwrap_or_else(|| area.name.clone()),
            Located::InTownship(township) => {
                let name = pack.areas().path_name(&township.code);
                let name = name.unwrap_or_else(|| township.name.clone());
                format!("{name}，区划代码不在本县列表（{code}），按所属乡镇办理")
            }
            Located::InCounty => format!("区划代码不在本县列表（{code}），也不属于列出的乡镇，按全县办理"),
            Located::Foreign => format!("{code}（不在本县）"),
        },
    }
}

/// Sentences from the place of the report to the unit.
pub(crate) fn found(pack: &Pack, facts: &Facts, ticket: &PlannedTicket) -> Vec<String> {
    if ticket.obligation == TRIAGE {
        return vec!["待人工研判一律由领导小组办公室承办。".to_owned()];
    }
    if ticket.is_by_hand() {
        return vec![named(pack, ticket)];
    }
    let kind = ticket.unit_kind.as_str();
    let kind_zh = pack.vocabulary().unit_kinds.label(kind, Lang::Zh);
    let area = facts.area.as_deref();
    let from = pack.areas().search_from(area);
    let start = match pack.areas().locate(area) {
        Located::Listed(area) if area.code == from => {
            format!("规则要求{kind_zh}办理，从{}起逐级向上找：", place(pack, Some(from)))
        }
        Located::InTownship(township) => format!(
            "规则要求{kind_zh}办理；区划代码{}不在本县列表，按前九位从所属的{}找起：",
            area.unwrap_or_default(),
            township.name
        ),
        Located::Unknown => format!("规则要求{kind_zh}办理；地点不详，从县一级找起："),
        Located::InCounty => format!("规则要求{kind_zh}办理；区划代码不在本县列表，从县一级找起："),
        Located::Listed(_) | Located::Foreign => format!("规则要求{kind_zh}办理；地点不在本县所属乡村，从县一级找起："),
    };
    let mut said = vec![start];
    // Above the county there is hardly ever a unit; a level without one is named up to the county alone.
    let held = |area: &Area| pack.units().of_kind(kind).any(|unit| unit.area == area.code);
    let told = |area: &&Area| area.level >= AreaLevel::County || held(area);
    for area in pack.areas().climb(from).filter(told) {
        let (sentence, done) = step(pack, facts, (kind, kind_zh), area);
        said.push(sentence);
        if done {
            return check_same(pack, ticket, said);
        }
    }
    said.push(format!(
        "各级都没有可以承办的{kind_zh}，主责事项由领导小组办公室代为承办。"
    ));
    check_same(pack, ticket, said)
}

/// A person named it.
fn named(pack: &Pack, ticket: &PlannedTicket) -> String {
    let unit = pack.units().get(&ticket.unit);
    let name = unit.map_or(ticket.unit.as_str(), |unit| unit.name.as_str());
    let when = if ticket.is_joining() {
        "同意增派时"
    } else {
        "人工研判后"
    };
    format!("由办公室{when}指定{name}承办，没有按地点逐级查找。")
}

/// For who does not see how it was found.
pub(crate) fn by_rules(pack: &Pack, ticket: &PlannedTicket) -> Vec<String> {
    if ticket.is_by_hand() {
        return vec![named(pack, ticket)];
    }
    let unit = pack.units().get(&ticket.unit);
    let name = unit.map_or(ticket.unit.as_str(), |unit| unit.name.as_str());
    vec![format!("按报告的地点和规则，由{name}承办。")]
}

/// One level: what stands there and whether it is passed over.
fn step(pack: &Pack, facts: &Facts, (kind, kind_zh): (&str, &str), area: &Area) -> (String, bool) {
    let held = pack
        .units()
        .iter()
        .filter(|unit| unit.kind == kind && unit.area == area.code)
        .min_by_key(|unit| &unit.code);
    let skipped = pack.rules().recusals().skips(facts.suspect, kind, area.level);
    match held {
        Some(unit) if skipped => {
            let suspect = word_zh("suspect", facts.suspect.as_str()).unwrap_or_default();
            (
                format!(
                    "{}有{}，但嫌疑人为{suspect}，{}须回避，跳过。",
                    area.name,
                    unit.name,
                    level_zh(area.level)
                ),
                false,
            )
        }
        Some(unit) => (format!("{}有{}，由它承办。", area.name, unit.name), true),
        None => (format!("{}没有{kind_zh}，再往上找。", area.name), false),
    }
}

/// Not where the search ends: facts that can't be read whole any more may have counted then.
fn check_same(pack: &Pack, ticket: &PlannedTicket, mut said: Vec<String>) -> Vec<String> {
    let unit = pack.units().get(&ticket.unit);
    let name = unit.map_or(ticket.unit.as_str(), |unit| unit.name.as_str());
    let by_search = said
        .last()
        .is_some_and(|last| last.contains(name) || ticket.unit == pack.units().office());
    if !by_search {
        said.push(format!("派单时由{name}承办，查找经过不能复核。"));
    }
    said
}

fn level_zh(level: AreaLevel) -> &'static str {
    match level {
        AreaLevel::Province => "省一级",
        AreaLevel::Prefecture => "市一级",
        AreaLevel::County => "县一级",
        AreaLevel::Township => "乡镇一级",
        AreaLevel::Village => "村一级",
    }
}
