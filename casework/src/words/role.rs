//! The part that a rule gives to a unit.

super::code::words! {
    /// What a unit's part is when no unit of its kind exists: a lead goes to the office, an assist is unsent.
    Role {
        /// 协办
        Assist = "assist",
        /// 主办
        Lead = "lead",
    }
}
