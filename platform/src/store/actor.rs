//! The person behind an act.

/// Who acts.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// Account.
    pub account: i64,
    /// Name, as they have it now.
    pub name: &'a str,
}
