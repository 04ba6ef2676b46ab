//! What internal handlers work with. Only what it is made of is named here, never what uses it.

use std::sync::Arc;

use platform::{
    networks::Networks,
    office::why::Why,
    pack::watch::PackWatch,
    seal::{ContactKey, MasterKey},
    store::{Board, Desk, Office, People, Store},
};

use super::{
    auth::{demo::DemoAccount, gate::Gate, rules::Rules, token::Tokens},
    counts::{Counted, Holes},
    monday::kept::Kept,
    on_duty::Hub,
    rules::{examinations::Examinations, replays::Replays},
};

/// Folders of units on closed networks, where the operator gave a place for them.
#[derive(Clone, Debug)]
pub(crate) struct FoldersOffered {
    /// The folder of all of them.
    pub(crate) base: Arc<str>,
    /// The public part of the key that signs what is written there.
    pub(crate) public: Arc<str>,
}

/// What internal handlers work with; cloning is cheap.
#[derive(Clone)]
pub(crate) struct Internal {
    /// County code.
    pub(crate) county: Arc<str>,
    /// Under row-level security: a unit's own tickets.
    pub(crate) desk: Store<Desk>,
    /// Reads county-wide, nothing sealed.
    pub(crate) board: Store<Board>,
    /// Settles triage, records call-backs.
    pub(crate) office: Store<Office>,
    /// Accounts and sessions.
    pub(crate) people: Store<People>,
    /// Opens what reporters wrote, for the unit that holds the ticket.
    pub(crate) keys: MasterKey,
    /// Seals and opens the telephones of officers.
    pub(crate) contacts: ContactKey,
    /// Private networks in which a unit's own system may be told.
    pub(crate) networks: Arc<Networks>,
    /// None: folders of units are not offered.
    pub(crate) folders: Option<FoldersOffered>,
    /// Signs login tokens.
    pub(crate) tokens: Arc<Tokens>,
    /// The pack in force.
    pub(crate) pack: PackWatch,
    /// Explains tickets by the versions that they are pinned to.
    pub(crate) why: Why<Board>,
    /// Checks of rule sets that were made.
    pub(crate) examinations: Examinations,
    /// What waits for the office, counted a moment ago.
    pub(crate) counted: Counted,
    /// Sheets of spans, read a moment ago.
    pub(crate) sheets: Kept,
    /// Holes of the rosters, counted a moment ago.
    pub(crate) holes: Holes,
    /// The duty pages that listen.
    pub(crate) duty_pages: Hub,
    /// Replays of rule sets under way.
    pub(crate) replays: Replays,
    /// Hours after which everybody logs in again.
    pub(crate) session_hours: u32,
    /// Paths of all pages, for what leads back after a login.
    pub(crate) pages: Arc<[&'static str]>,
    /// Cookies need TLS.
    pub(crate) secure: bool,
    /// Accounts shown on the login page of a demo: login, password, what it is.
    /// None where this is no demo: then demo accounts open nothing.
    pub(crate) demo: Option<Arc<[DemoAccount]>>,
    /// Host and port of the internal listener's address as people know it: what a page of ours names as its origin.
    pub(crate) host: Arc<str>,
    /// Address of the internal listener as people know it, for the links that are handed over.
    pub(crate) url: Arc<str>,
    /// How many logins at once.
    pub(crate) gate: Gate,
    /// What the login asks of whom.
    pub(crate) rules: Arc<Rules>,
}
