//! Telephones that ring when nobody else can be reached.

use super::Label;

/// One of them, in the order in which they are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastResort {
    /// Who answers there.
    pub name: Label,
    /// As typed; something in it can be called.
    pub phone: String,
}
