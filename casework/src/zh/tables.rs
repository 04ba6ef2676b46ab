//! What is wrong with a table of the rules, for the office that edits it.

use crate::words::{Stage, Urgency};

pub(crate) const NO_TIME: &str = "时限不能是 0。";
pub(crate) const TOO_LONG: &str = "时限超过十年，孩子等不了这么久。";
pub(crate) const SIGN_STARTS_WITH_DISPATCH: &str = "签收时限必须从派单起算；别的事件也许永远不会发生。";
pub(crate) const NO_SPAN: &str = "百分比不能小于 0，最短间隔要用分钟或小时。";

/// A cell that says nothing, or no word of its list.
pub(crate) fn unknown_word(heading: &str) -> String {
    format!("“{heading}”一栏没有填写或填写了不认识的内容。")
}

/// Several rows give one limit.
pub(crate) fn several_limits(obligation: &str, urgency: Urgency, stage: Stage) -> String {
    let (urgency, stage) = (urgency.zh(), stage.zh());
    format!("“{obligation}”在{urgency}时的{stage}时限有几行同时规定，只能有一行。")
}

/// No row gives it.
pub(crate) fn no_limit(obligation: &str, urgency: Urgency, stage: Stage) -> String {
    let (urgency, stage) = (urgency.zh(), stage.zh());
    format!("“{obligation}”在{urgency}时没有{stage}时限，这样的工单没有期限，谁也不会催。")
}

/// Several rows give one level.
pub(crate) fn several_levels(urgency: Urgency, stage: Stage, level: u8) -> String {
    let (urgency, stage) = (urgency.zh(), stage.zh());
    format!("{urgency}的{stage}第{level}级有几行同时规定，只能有一行。")
}

/// A level is missing between others, or all are.
pub(crate) fn missing_level(urgency: Urgency, stage: Stage) -> String {
    let (urgency, stage) = (urgency.zh(), stage.zh());
    format!("{urgency}的{stage}：级别必须从第1级起连续，不能缺级。")
}

/// A level that may come no later than the one below it.
pub(crate) fn unordered_levels(urgency: Urgency, stage: Stage, upper: u8, lower: u8) -> String {
    let (urgency, stage) = (urgency.zh(), stage.zh());
    format!("{urgency}的{stage}：第{upper}级必须晚于第{lower}级，现在不论期限长短总有不晚的时候。")
}

/// Several rows say what an obligation shows to a kind of unit.
pub(crate) fn several_shows(obligation: &str, kind: &str) -> String {
    format!("“{obligation}”给{kind}显示什么有几行同时规定，只能有一行。")
}
