//! How grave a change is: what an officer should see first.

use crate::words::words;

words! {
    /// The gravest difference of one report, the gravest first.
    Gravity {
        /// The rules no longer ask the police.
        PoliceLost = "police-lost",
        /// Nobody but a person of the office gets it.
        OnlyTriage = "only-triage",
        /// A person of the office must look at it who need not before.
        Triage = "triage",
        /// Less urgent.
        Lowered = "lowered",
        /// An obligation is asked of nobody any more, or of fewer.
        Fewer = "fewer",
        /// Other units than before have it.
        Moved = "moved",
        /// Some stage is due later, or not any more, or starts at another event.
        Later = "later",
        /// More urgent.
        Raised = "raised",
        /// More tickets.
        More = "more",
        /// Some stage is due earlier, or is new.
        Earlier = "earlier",
        /// Another ticket leads.
        Lead = "lead",
    }
}

impl Gravity {
    /// What the UI shows.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::PoliceLost => "规则不再派给公安",
            Self::OnlyTriage => "只剩待人工研判",
            Self::Triage => "新增待人工研判",
            Self::Lowered => "紧急程度降低",
            Self::Fewer => "工单减少",
            Self::Moved => "改派其他单位",
            Self::Later => "时限推后或取消",
            Self::Raised => "紧急程度提高",
            Self::More => "工单增加",
            Self::Earlier => "时限提前或新增",
            Self::Lead => "主办变更",
        }
    }

    /// The English switch of the UI.
    pub const fn en(self) -> &'static str {
        match self {
            Self::PoliceLost => "rules no longer ask the police",
            Self::OnlyTriage => "nothing left but triage",
            Self::Triage => "new triage",
            Self::Lowered => "less urgent",
            Self::Fewer => "fewer tickets",
            Self::Moved => "other units",
            Self::Later => "later, or no longer due",
            Self::Raised => "more urgent",
            Self::More => "more tickets",
            Self::Earlier => "earlier, or newly due",
            Self::Lead => "another lead",
        }
    }
}
