//! Accounts and units: rights, invitations, logins, second factors, sessions.

pub(super) mod accounts;
pub(super) mod factors;
pub(super) mod granting;
pub(super) mod invitations;
pub(super) mod leaving;
pub(super) mod role;
pub(super) mod sessions;
pub(super) mod tries;
pub(super) mod units;

pub use accounts::{Account, Created, Find, Membership, NewAccount, Person, StrangeRole, WayIn};
pub use factors::{FactorReset, NewFactor};
pub use granting::{Asked, DAYS as GRANT_DAYS, Decide, Grant, GrantDecided, GrantDecision, GrantRequest};
pub use invitations::{INVITED_DAYS, Invitation, InvitationEnd, Invited};
pub use leaving::{HandOver, Held, Leaving, Left};
pub use role::Role;
pub use sessions::{AccountSecret, EndSessions, LiveSession, NewSession, SessionLine};
pub use tries::Bucket;
pub use units::UnitContacts;
