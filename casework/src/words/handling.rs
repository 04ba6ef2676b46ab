//! How a unit has a case in hand beside the other units.

super::code::words! {
    /// Whether a unit leads a case or assists. Where no unit of the asked kind exists, a lead goes to the office and an assist is
    /// unsent.
    Handling {
        /// 协办
        Assist = "assist",
        /// 主办
        Lead = "lead",
    }
}
