//! What an outcome asks for, as `outcomes.csv` says it.

super::code::words! {
    /// What an outcome asks of who closes with it.
    Need {
        /// The number of the asked material, or why there is none.
        Evidence = "evidence",
        /// Number and date of a decision.
        Decision = "decision",
        /// To which unit, and why.
        Unit = "unit",
        /// A note.
        Note = "note",
    }
}
