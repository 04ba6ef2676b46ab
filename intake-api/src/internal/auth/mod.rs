//! Who is asking, and may they? Rights are extractors in the handlers' signatures; `tests/tests/system/rights.rs` walks every route.

pub(crate) mod device;
pub(crate) mod guard;
pub(crate) mod login;
pub(crate) mod login_name;
pub(crate) mod next;
pub(crate) mod password;
pub(crate) mod session;
pub(crate) mod token;

pub(crate) use guard::{Admin, Auditor, Confirmer, Desk, Leading, Office, Overseer, SignedIn, Watcher};
pub(crate) use session::{Actor, SessionUnread, given_token, session, session_of, sets_session};
