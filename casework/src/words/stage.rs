//! The stages of a ticket, each with a clock of its own: sign 签收, first contact 首次见面核实, resolve 办结.

super::code::words! {
    /// A part of a ticket with its own clock.
    Stage {
        /// 签收
        Sign = "sign",
        /// 首次见面核实
        Contact = "contact",
        /// 办结
        Resolve = "resolve",
    }
}

super::code::words! {
    /// A clock of a ticket as it is stored: a stage, or the wait for who decides on its closing or on what is asked.
    TicketClock {
        /// 签收
        Sign = "sign",
        /// 首次见面核实
        Contact = "contact",
        /// 办结
        Resolve = "resolve",
        /// 办结确认
        Confirm = "confirm",
        /// 移送审批
        Approve = "approve",
        /// 申请事项审批
        Motion = "motion",
    }
}

impl From<Stage> for TicketClock {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Sign => Self::Sign,
            Stage::Contact => Self::Contact,
            Stage::Resolve => Self::Resolve,
        }
    }
}
