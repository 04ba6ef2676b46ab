//! What the closed words of the program are called; in both languages where both are shown.

use crate::calendar::{Limit, Regime};
use crate::county::Matter;
use crate::disclosure::Part;
use crate::office::replay::Gravity;
use crate::ticket::TicketState;
use crate::words::{Action, Addressee, Grade, Handling, Stage, TicketClock, Urgency};

impl Urgency {
    /// What the UI shows.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::P1 => "特急",
            Self::P2 => "紧急",
            Self::P3 => "一般",
        }
    }

    /// The English switch of the UI.
    pub const fn en(self) -> &'static str {
        match self {
            Self::P1 => "emergency",
            Self::P2 => "urgent",
            Self::P3 => "ordinary",
        }
    }
}

impl Stage {
    /// What the UI shows.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Sign => "签收",
            Self::Contact => "首次见面核实",
            Self::Resolve => "办结",
        }
    }
}

impl TicketClock {
    /// What the UI shows.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Sign => Stage::Sign.zh(),
            Self::Contact => Stage::Contact.zh(),
            Self::Resolve => Stage::Resolve.zh(),
            Self::Confirm => Matter::Confirm.zh(),
            Self::Approve => Matter::Approve.zh(),
            Self::Motion => "申请事项审批",
        }
    }
}

impl Regime {
    /// The unit in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Minutes => "分钟",
            Self::Hours => "小时",
            Self::StatutoryDays => "日",
            Self::WorkingDays => "个工作日",
            Self::Months => "个月",
        }
    }
}

impl Limit {
    /// `24小时`, `3日`, `5个工作日`.
    pub fn zh(self) -> String {
        format!("{}{}", self.count, self.regime.zh())
    }
}

impl Matter {
    /// What the UI shows.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Confirm => "办结确认",
            Self::Approve => "移送审批",
            Self::Opening => "查看审批",
            Self::Review => "查看复核",
        }
    }
}

impl Part {
    /// What people of the county call it.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Place => "地点",
            Self::Situations => "其他情形",
            Self::Own => "本事项的情形",
            Self::Child => "孩子的姓名、性别、年龄和共同生活人",
            Self::Birth => "出生日期和证件号码",
            Self::School => "学校",
            Self::Home => "家庭住址",
            Self::Suspect => "嫌疑人",
            Self::Narrative => "事情经过",
            Self::Reporter => "报告人",
            Self::Identity => "报告人身份",
        }
    }
}

impl TicketState {
    /// What the UI shows.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Dispatched => "已派单",
            Self::Signed => "已签收",
            Self::InProgress => "办理中",
            Self::CloseRequested => "待确认办结",
            Self::Transferring => "移送中",
            Self::Resolved => "已办结",
            Self::Confirmed => "已回访",
            Self::Archived => "已归档",
            Self::ReturnRequested => "申请退单",
            Self::Returned => "已退单",
            Self::Reopened => "重新办理",
            Self::Waived => "经批准终止办理",
        }
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

impl Grade {
    /// What it means; P is never shown as law.
    pub fn zh(self) -> &'static str {
        match self {
            Self::V => "法律法规，条文已核对",
            Self::S => "据二手资料，条文待核对",
            Self::P => "本县工作规定，非法律规定",
        }
    }
}

impl Handling {
    /// What people call it.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Lead => "主办",
            Self::Assist => "协办",
        }
    }

    /// Of a ticket that leads its report or doesn't.
    pub const fn of(lead: bool) -> Self {
        if lead { Self::Lead } else { Self::Assist }
    }
}

impl Addressee {
    /// What people call whom a level reaches.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Assignee => "承办人",
            Self::UnitLeader => "单位负责人",
            Self::Office => "办公室",
            Self::LeadingGroup => "领导小组",
        }
    }
}

impl Action {
    /// What people call it.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Remind => "到期提醒",
            Self::Urge => "催办",
            Self::Supervise => "办公室督办",
            Self::SuperviseLetter => "领导小组督办",
            Self::AdvisoryLetter => "提示函",
        }
    }
}
