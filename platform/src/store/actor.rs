//! The person behind an act.

use crate::store::AccountId;

/// Who acts.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// Account.
    pub account: AccountId,
    /// Name, as they have it now.
    pub name: &'a str,
}
