//! Why a person must look at a report: what no rule settles. Without personal data.

use std::fmt::Display;

use crate::words::{Stage, Urgency};

/// What people call the table `urgency`.
pub(crate) const URGENCY_RULES: &str = "紧急程度规则";
/// What people call the table `obligations`.
pub(crate) const OBLIGATION_RULES: &str = "职责分工规则";
/// No row asks anybody anything.
pub(crate) const NO_TICKET: &str = "没有规则为本报告派出工单";

/// A code that is no word of the county.
pub(crate) fn unknown_situation(code: &str) -> String {
    format!("情形代码 {code} 不在本县词汇表中")
}

/// The table `obligations` has no one answer.
pub(crate) fn no_obligations(error: impl Display) -> String {
    format!("{OBLIGATION_RULES}无法得出结果：{error}")
}

/// No row of `urgency` answers for a situation.
pub(crate) fn no_urgency(situation: &str) -> String {
    format!("情形 {situation} 没有对应的紧急程度规则")
}

/// Several rows of `urgency` do.
pub(crate) fn several_urgencies(error: impl Display) -> String {
    format!("{URGENCY_RULES}无法得出唯一结果：{error}")
}

/// A deadline that a sound pack would have.
pub(crate) fn no_limit(obligation: &str, urgency: Urgency, stage: Stage) -> String {
    format!("应办事项 {obligation} 缺少{urgency}的{}时限", stage.zh())
}

/// The two evaluators of a table differ: what each answers.
pub(crate) fn evaluators_differ(name: &str, naive: &str, compiled: &str) -> String {
    format!("{name}的两种算法结果不一致：逐行核对为{naive}，快速匹配为{compiled}；已就高定级、合并派单，请核对")
}

/// The rows that answer, or those that clash.
pub(crate) fn rows(numbers: &Result<Vec<usize>, Vec<usize>>) -> String {
    let listed = |numbers: &[usize]| numbers.iter().map(usize::to_string).collect::<Vec<_>>().join("、");
    match numbers {
        Ok(numbers) if numbers.is_empty() => "没有符合的行".into(),
        Ok(numbers) => format!("第 {} 行", listed(numbers)),
        Err(numbers) => format!("第 {} 行相互冲突", listed(numbers)),
    }
}
