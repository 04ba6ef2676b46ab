//! What somebody may do in a unit.

casework::words! {
    /// A role of an account in a unit, in the order in which forms offer them.
    Role {
        /// 经办人: works on the unit's tickets.
        Member = "member",
        /// 负责人: works on them, assigns them, and confirms what takes two.
        Leader = "leader",
        /// 办公室: settles triage, decides closings, reads over the county.
        Office = "office",
        /// 领导小组: reads one page, what is overdue at its level and whom to phone.
        LeadingGroup = "leading-group",
        /// 监督: reads over the county and reviews.
        Oversight = "oversight",
        /// 账号管理员: keeps accounts and settings, sees no report.
        Admin = "admin",
    }
}

impl Role {
    /// The roles by which somebody holds tickets of a unit.
    pub const HOLDERS: [Self; 2] = [Self::Member, Self::Leader];

    /// Whether somebody holds tickets of the unit by it.
    pub fn holds_tickets(self) -> bool {
        Self::HOLDERS.contains(&self)
    }

    /// Whether giving it takes two people: everything but the roles of a unit's own tickets.
    pub fn takes_two(self) -> bool {
        !self.holds_tickets()
    }
}
