//! Who is asking, and may they? Rights are extractors in the handlers' signatures; `tests/tests/system/rights.rs` walks every route.

pub(crate) mod actor;
pub(crate) mod argon;
pub(crate) mod demo;
pub(crate) mod device;
pub(crate) mod entry;
pub(crate) mod factor;
pub(crate) mod gate;
pub(crate) mod guard;
pub(crate) mod inside;
pub(crate) mod invitation;
pub(crate) mod known;
pub(crate) mod login;
pub(crate) mod login_name;
pub(crate) mod next;
pub(crate) mod password;
pub(crate) mod rules;
pub(crate) mod second;
pub(crate) mod session;
pub(crate) mod step;
pub(crate) mod token;
pub(crate) mod tried;
pub(crate) mod tries;
pub(crate) mod weak;

pub(crate) use actor::Actor;
pub(crate) use guard::{
    Admin, Auditor, Confirmer, Desk, Keeper, Leading, NumbersReader, Office, OnRoster, Overseer, Payer, Resetter,
    SignedIn, Staffed, Watcher,
};
pub(crate) use rules::Rules;
pub(crate) use session::{SessionUnread, given_token, session, session_of, sets_session};
