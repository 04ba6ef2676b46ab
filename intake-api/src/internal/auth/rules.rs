//! What the login asks of whom.

use super::inside::FactorRule;

/// What the login asks, as configured.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// Take the address from the proxy's header.
    pub(crate) trust_forwarded: bool,
    /// Who must have a second factor.
    pub(crate) factor: FactorRule,
}
