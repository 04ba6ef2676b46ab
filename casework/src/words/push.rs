//! Who is pushed when a deadline passes, and how.

super::code::words! {
    /// Whom a level of the escalation reaches.
    Addressee {
        /// 承办人
        Assignee = "assignee",
        /// 单位负责人
        UnitLeader = "unit-leader",
        /// 领导小组办公室
        Office = "office",
        /// 领导小组
        LeadingGroup = "leading-group",
    }
}

super::code::words! {
    /// What a level of the escalation does.
    Action {
        /// 到期提醒
        Remind = "remind",
        /// 催办
        Urge = "urge",
        /// 办公室督办
        Supervise = "supervise",
        /// 领导小组督办
        SuperviseLetter = "supervise-letter",
        /// 提示函: to a unit that is written to instead of supervised. No row of a table says it.
        AdvisoryLetter = "advisory-letter",
    }
}

impl Action {
    /// Those that a row of a table may say.
    pub const OF_TABLES: [Self; 4] = [Self::Remind, Self::Urge, Self::Supervise, Self::SuperviseLetter];
}
