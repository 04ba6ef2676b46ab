//! What came of one try.

/// What came of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took it; what it calls it.
    HandedOver(Option<String>),
    /// It may work in a moment: the other side does not answer, or only that it can't. Why, without numbers.
    Later(String),
    /// It may work in a moment: the other side is well and says that this was too many. Why, without numbers.
    Busy(String),
    /// It will never work for this address by this way. Why, without numbers.
    Never(String),
}
