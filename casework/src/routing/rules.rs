//! The decision tables of a pack, read into what routing asks of them.

/// All rules of a pack.
#[derive(Debug, Clone)]
pub struct Rules {}
