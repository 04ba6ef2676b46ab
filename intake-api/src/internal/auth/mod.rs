//! Who is asking, and may they? Rights are extractors in the handlers' signatures; `tests/tests/system/rights.rs` walks every route.

pub(crate) mod argon;
pub(crate) mod device;
pub(crate) mod entry;
pub(crate) mod factor;
pub(crate) mod gate;
pub(crate) mod guard;
pub(crate) mod inside;
pub(crate) mod invitation;
pub(crate) mod login;
pub(crate) mod login_name;
pub(crate) mod next;
pub(crate) mod password;
pub(crate) mod second;
pub(crate) mod session;
pub(crate) mod token;
pub(crate) mod tries;
pub(crate) mod weak;

pub(crate) use guard::{
    Admin, Auditor, Confirmer, Desk, Keeper, Leading, Office, Overseer, Resetter, SignedIn, Watcher,
};
pub(crate) use session::{Actor, SessionUnread, given_token, session, session_of, sets_session};

/// What the login asks, as configured.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// Take the address from the proxy's header.
    pub(crate) trust_forwarded: bool,
    /// Who must have a second factor.
    pub(crate) factor: inside::FactorRule,
}
