//! Why a ticket is there beside or without rows, and what an explanation leaves out.

use super::reported::unknowns_zh;
use crate::report::Unknown;
use crate::words::Grade;

pub(crate) const CHOSEN: &str = "没有规则行派出本事项：办公室人工研判后指定。";
pub(crate) const BOTH: &str = "法定强制报告情形和现实危险";
pub(crate) const EITHER: &str = "法定强制报告情形或现实危险";
pub(crate) const ROW_HIDDEN: &str = "另有规则行派出本事项，它的条件涉及本工单不显示的内容，不在此列出。";
pub(crate) const URGENT_BY_WHOLE: &str = "按整个报告确定；本工单不显示全部情形，所以不列出是哪一行规则。";
pub(crate) const LEADS: &str = "由本单位主办。";
pub(crate) const ASSISTS: &str = "本工单为协办；主办单位见“联系谁”。";

/// The safety floor of the program.
pub(crate) fn floor(why: &str) -> String {
    format!("程序安全底线：{why}一律派公安，不论规则表怎样写。")
}

/// What no rule settled.
pub(crate) fn triage(reason: &str) -> String {
    format!("需要人工研判：{reason}。")
}

/// Once the facts are known, nothing of it may be owed.
pub(crate) fn rests_on(unknowns: &[Unknown]) -> String {
    let unknown = unknowns_zh(unknowns);
    format!("本工单只因孩子的{unknown}不详、按各种可能处理才派出；查明后如不符合上述条件，本事项不适用。")
}

/// No row asks it any more; what was recorded.
pub(crate) fn recorded_basis(basis: &str, grade: Grade) -> String {
    format!("复核时没有规则行派出本事项；派单时记下的依据：{basis}〔{grade}〕。")
}

/// Parts that the ticket does not show.
pub(crate) fn not_shown(parts: &[&str]) -> String {
    format!("本工单不显示：{}。", parts.join("、"))
}
