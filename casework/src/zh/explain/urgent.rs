//! Why a report is as urgent as it is, beside the rows that say so.

use crate::words::Urgency;

pub(crate) const NO_TABLE: &str = "没有紧急程度表，按特急处理。";
pub(crate) const UNJUDGED: &str = "有的情形没有一行规则能判断，按特急处理。";

/// Nothing can be read that a row could judge.
pub(crate) fn nothing_to_judge(decided: Urgency) -> String {
    format!("没有读得出的情形和孩子可供判断，按{}处理。", decided.zh())
}

/// The rules could not be used.
pub(crate) fn rules_unused(decided: Urgency) -> String {
    format!("派单时规则没能用上（见研判原因），按{}处理。", decided.zh())
}

/// Of several situations and children the highest counts.
pub(crate) fn highest(base: Urgency) -> String {
    format!("逐个情形、逐个孩子判断，取最高的{}。", base.zh())
}

/// Of what a child may be the highest counts.
pub(crate) fn unknown(facts: &str, base: Urgency) -> String {
    format!("{facts}不详，按各种可能判断，取最高的{}。", base.zh())
}

/// A repeat is one step more urgent.
pub(crate) fn raised(base: Urgency, raised: Urgency) -> String {
    if raised == base {
        format!("重复报告提高一级，已是{}，不再提高。", base.zh())
    } else {
        format!("重复报告提高一级：{}改为{}。", base.zh(), raised.zh())
    }
}

/// What was recorded differs from what the rows say.
pub(crate) fn decided(decided: Urgency) -> String {
    format!("派单时定为{}。", decided.zh())
}
