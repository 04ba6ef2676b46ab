//! The internal listener: member units' desk, the office's board, accounts. Inside the government network only.
//!
//! `auth/` says who may, `desk/`, `board/`, `people/` hold one file per page, `page/` what pages share. `ROUTES` in
//! `routes.rs` is the whole surface; a test walks it with every role.

pub(crate) mod auth;
mod board;
mod counts;
pub(crate) mod desk;
mod document;
mod kept;
mod leading;
mod looks;
pub(crate) mod openings;
mod own;
pub(crate) mod page;
mod people;
mod reads;
mod refused;
mod routes;
mod rules;
mod slow;
mod wire;
mod write;

use std::sync::Arc;

use platform::{office::why::Why, pack::watch::PackWatch, seal::MasterKey, store::Store};

pub(crate) use people::person_name;
pub(crate) use routes::{Route, all as all_routes, routes};
pub(crate) use rules::{Examinations, Replays};
pub(crate) use write::{UNSURE, api_of, api_unavailable, api_undone, detached, in_own_task, unavailable, undone};

/// What internal handlers work with; cloning is cheap.
#[derive(Clone)]
pub(crate) struct Internal {
    /// County code.
    pub(crate) county: Arc<str>,
    /// Under row-level security: a unit's own tickets.
    pub(crate) desk: Store,
    /// Reads county-wide, nothing sealed.
    pub(crate) board: Store,
    /// Settles triage, records call-backs.
    pub(crate) office: Store,
    /// Accounts and sessions.
    pub(crate) people: Store,
    /// Opens what reporters wrote, for the unit that holds the ticket.
    pub(crate) keys: MasterKey,
    /// Signs login tokens.
    pub(crate) tokens: Arc<auth::token::Tokens>,
    /// The pack in force.
    pub(crate) pack: PackWatch,
    /// Explains tickets by the versions that they are pinned to.
    pub(crate) why: Why,
    /// Checks of rule sets that were made.
    pub(crate) examinations: Examinations,
    /// What waits for the office, counted a moment ago.
    pub(crate) counted: counts::Counted,
    /// Replays of rule sets under way.
    pub(crate) replays: Replays,
    /// Hours after which everybody logs in again.
    pub(crate) session_hours: u32,
    /// Cookies need TLS.
    pub(crate) secure: bool,
    /// Accounts shown on the login page of a demo: login, password, what it is.
    /// None where this is no demo: then demo accounts open nothing.
    pub(crate) demo: Option<Arc<[auth::login::DemoAccount]>>,
    /// Host and port of the internal listener's address as people know it: what a page of ours names as its origin.
    pub(crate) host: Arc<str>,
    /// Address of the internal listener as people know it, for the links that are handed over.
    pub(crate) url: Arc<str>,
    /// How many logins at once.
    pub(crate) gate: auth::gate::Gate,
    /// What the login asks of whom.
    pub(crate) rules: Arc<auth::Rules>,
}
