//! What was reported, fact by fact.

use super::unit::place;
use crate::pack::Pack;
use crate::report::{AgeFrom, ChildFacts, Facts, Unknown};
use crate::words::Lang;
use crate::zh::facts::{UNKNOWN, fact_zh, unknown_zh, value_zh, word_zh};

/// Situations with their numbers.
pub(crate) fn situations(pack: &Pack, facts: &Facts) -> impl Iterator<Item = String> {
    facts.situations.iter().enumerate().map(|(index, code)| {
        let known = pack.vocabulary().situations.contains(code);
        let label = pack.vocabulary().situations.label(code, Lang::Zh);
        let label = if known {
            label.to_owned()
        } else {
            format!("{label}（不在本县词汇表中）")
        };
        format!("情形{}：{label}", index + 1)
    })
}

/// Children with their numbers.
pub(crate) fn children(facts: &Facts) -> impl Iterator<Item = String> {
    let numbered = facts.children.iter().enumerate();
    numbered.map(|(index, child)| format!("孩子{}：{}", index + 1, described(child)))
}

/// A fact that is a word.
pub(crate) fn word(pack: &Pack, fact: &str, word: &str) -> String {
    format!("{}：{}", fact_zh(fact), value_zh(pack, fact, &word.into()))
}

/// Facts that hold and are seldom so.
pub(crate) fn flags(facts: &Facts) -> impl Iterator<Item = &'static str> {
    let flags = [
        ("guardian_absent", facts.guardian_absent),
        ("adult_co_offender", facts.adult_co_offender),
        ("repeat", facts.repeat),
    ];
    flags.into_iter().filter(|(_, holds)| *holds).map(|(fact, _)| fact)
}

/// What was reported: situations and children with their numbers, then the rest.
pub(crate) fn reported(pack: &Pack, facts: &Facts) -> Vec<String> {
    let mut rest = vec![
        danger(there_is(facts.present_danger)),
        at(pack, facts),
        word(pack, "place", facts.place.as_str()),
        word(pack, "suspect", facts.suspect.as_str()),
        word(pack, "reporter_kind", facts.reporter_kind.as_str()),
    ];
    rest.extend(flags(facts).map(holds));
    situations(pack, facts)
        .chain(children(facts))
        .chain([rest.join("；")])
        .collect()
}

fn described(child: &ChildFacts) -> String {
    let sex = word_zh("sex", child.sex.as_str()).unwrap_or(UNKNOWN);
    let age = match (child.age, child.age_from) {
        (None, _) => "年龄不详，按各种可能处理".to_owned(),
        (Some(age), None) => format!("{age}岁"),
        (Some(age), Some(AgeFrom::BirthDate)) => format!("{age}岁（收到报告时，按出生日期算）"),
        (Some(age), Some(AgeFrom::IdNumber)) => format!("{age}岁（收到报告时，按身份证号算）"),
    };
    let left_behind = match child.left_behind {
        Some(true) => "留守儿童",
        Some(false) => "不是留守儿童",
        None => "是否留守不详，按各种可能处理",
    };
    let with = word_zh("living_with", child.living_with.as_str()).unwrap_or(UNKNOWN);
    let sex = if sex == UNKNOWN {
        "性别不详，按各种可能处理"
    } else {
        sex
    };
    format!("{sex}；{age}；{left_behind}；共同生活人：{with}")
}

/// `年龄、是否留守`
pub(crate) fn unknowns_zh(unknowns: &[Unknown]) -> String {
    let names: Vec<&str> = unknowns.iter().map(|fact| unknown_zh(*fact)).collect();
    names.join("、")
}

/// Of danger when nothing can be read of it.
pub(crate) const DANGER_UNREAD: &str = "读不出，按有处理";
/// Below facts that another version of the program wrote.
pub(crate) const READ_IN_PART: &str =
    "本报告的事实由另一版本的程序写成，不能完整读取，以上只是读得出的部分，规则行的条件不能逐条复核。";

/// Whether there is present danger.
pub(crate) fn danger(said: &str) -> String {
    format!("现实危险：{said}")
}

/// The word of danger.
pub(crate) const fn there_is(danger: bool) -> &'static str {
    if danger { "有" } else { "无" }
}

/// Where the child is.
pub(crate) fn at(pack: &Pack, facts: &Facts) -> String {
    format!("地点：{}", place(pack, facts.area.as_deref()))
}

/// A fact that holds.
pub(crate) fn holds(fact: &str) -> String {
    format!("{}：是", fact_zh(fact))
}
