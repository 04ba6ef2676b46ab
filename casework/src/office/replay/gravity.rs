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
