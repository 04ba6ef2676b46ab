//! Facts of a report in official Chinese, as a decision table's reader meets them. The form asks a reporter in
//! warmer words; these are for the desk and for the county.

use chrono::{DateTime, Utc};

use crate::calendar::shanghai;
use crate::dmn::sfeel::{Bound, Item, Test, Value};
use crate::pack::Pack;
use crate::report::{RoutingFact, Unknown};
use crate::words::Lang;

/// Of a fact that nobody knows.
pub(crate) const UNKNOWN: &str = "不详";

/// `地点`: what a fact is called.
pub fn fact_zh(fact: &str) -> &str {
    match (RoutingFact::from_word(fact), fact) {
        (Some(fact), _) => named(fact),
        (None, "trigger") => "来源",
        (None, "requester_kind") => "提请单位类别",
        (None, other) => other,
    }
}

fn named(fact: RoutingFact) -> &'static str {
    match fact {
        RoutingFact::Situation => "情形",
        RoutingFact::PresentDanger => "现实危险",
        RoutingFact::Age => "年龄",
        RoutingFact::Sex => "性别",
        RoutingFact::LeftBehind => "留守儿童",
        RoutingFact::LivingWith => "共同生活人",
        RoutingFact::Place => "发生地点",
        RoutingFact::Suspect => "嫌疑人",
        RoutingFact::GuardianAbsent => "监护人不能到场",
        RoutingFact::AdultCoOffender => "与成年人共同作案",
        RoutingFact::Repeat => "重复报告",
        RoutingFact::ReporterKind => "报告人",
    }
}

/// `年龄`: a fact that counts as every value while it is unknown.
pub fn unknown_zh(fact: Unknown) -> &'static str {
    match fact {
        Unknown::Age => "年龄",
        Unknown::Sex => "性别",
        Unknown::LeftBehind => "是否留守",
    }
}

/// `学校教职工`: a closed word of the wire; `None` for words of the pack.
pub fn word_zh(fact: &str, word: &str) -> Option<&'static str> {
    Some(match (fact, word) {
        ("trigger", "report") => "报告",
        ("trigger", "request") => "单位提请",
        ("sex", "female") => "女",
        ("sex", "male") => "男",
        ("living_with", "parents") => "父母",
        ("living_with", "mother") => "母亲",
        ("living_with", "father") => "父亲",
        ("living_with", "grandparents") => "祖父母或外祖父母",
        ("living_with", "relatives") => "其他亲属",
        ("living_with", "alone") => "独自生活",
        ("living_with", "nobody") => "无人照料",
        ("living_with", "institution") => "福利机构或学校",
        ("place", "home") => "家中",
        ("place", "school") => "学校",
        ("place", "online") => "网络",
        ("place", "institution") => "机构",
        ("place", "other") => "其他地点",
        ("suspect", "guardian") => "监护人",
        ("suspect", "family") => "其他家庭成员",
        ("suspect", "school-staff") => "学校教职工",
        ("suspect", "peer") => "同学或其他未成年人",
        ("suspect", "official") => "公职人员",
        ("suspect", "acquaintance") => "熟人",
        ("suspect", "stranger") => "陌生人",
        ("suspect", "none") => "无嫌疑人",
        ("reporter_kind", "teacher") => "教师",
        ("reporter_kind", "doctor") => "医务人员",
        ("reporter_kind", "child-director") => "儿童主任",
        ("reporter_kind", "social-worker") => "社会工作者",
        ("reporter_kind", "police") => "公安民警",
        ("reporter_kind", "relative") => "亲属",
        ("reporter_kind", "public") => "公众",
        ("reporter_kind", "child") => "未成年人本人",
        ("sex" | "living_with" | "place" | "suspect", "unknown") => UNKNOWN,
        _ => return None,
    })
}

/// `应办事项表第1、5行`
pub fn row_zh(table: &str, rows: &[usize]) -> String {
    let rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
    format!("{table}表第{}行", rows.join("、"))
}

/// `2026年11月24日08:40`
pub fn moment_zh(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&shanghai());
    format!("{}{}", super::times::day(local.date_naive()), local.format("%H:%M"))
}

/// A value of a column in words: `12岁`, `是`, `监护人`, the pack's own label of a code.
pub fn value_zh(pack: &Pack, column: &str, value: &Value) -> String {
    match value {
        Value::Null => "未知".to_owned(),
        Value::Flag(true) => "是".to_owned(),
        Value::Flag(false) => "否".to_owned(),
        Value::Number(number) if column == "age" => format!("{number}岁"),
        Value::Number(number) => number.to_string(),
        Value::Text(word) => {
            let words = pack.vocabulary();
            let label = match column {
                "situation" => words.situations.label(word, Lang::Zh),
                "requester_kind" => words.unit_kinds.label(word, Lang::Zh),
                _ => word_zh(column, word).unwrap_or(word),
            };
            label.to_owned()
        }
    }
}

/// A cell in words: `监护人或其他家庭成员`, `不是监护人`, `不小于3岁`.
pub fn test_zh(pack: &Pack, column: &str, test: &Test) -> String {
    let items = |items: &[Item], or: &str| {
        let parts: Vec<String> = items.iter().map(|item| item_zh(pack, column, item)).collect();
        parts.join(or)
    };
    match test {
        Test::Any => "不限".to_owned(),
        Test::OneOf(list) => items(list, "或"),
        Test::Not(list) => format!("不是{}", items(list, "，也不是")),
    }
}

fn item_zh(pack: &Pack, column: &str, item: &Item) -> String {
    let number = |bound: &Bound| value_zh(pack, column, &Value::Number(bound.at));
    match item {
        Item::Is(value) => value_zh(pack, column, value),
        Item::Between(None, None) => "不限".to_owned(),
        Item::Between(Some(low), None) => format!("{}{}", if low.included { "不小于" } else { "大于" }, number(low)),
        Item::Between(None, Some(high)) => format!("{}{}", if high.included { "不大于" } else { "小于" }, number(high)),
        Item::Between(Some(low), Some(high)) => {
            let open = |bound: &Bound| if bound.included { "" } else { "（不含）" };
            format!("{}{}至{}{}", number(low), open(low), number(high), open(high))
        }
    }
}
