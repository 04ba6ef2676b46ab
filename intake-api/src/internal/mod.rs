//! The internal listener: member units' desk, the office's board, accounts. Inside the government network only.
//!
//! `auth/` says who may, `desk/`, `board/`, `people/` hold one file per page, `page/` what pages share. `ROUTES` in
//! `routes.rs` is the whole surface; a test walks it with every role.

pub(crate) mod again;
mod answer;
pub(crate) mod auth;
mod board;
mod calendar;
mod callback;
mod closings;
mod counting;
mod counts;
pub(crate) mod desk;
mod document;
mod drills;
mod duty;
pub(crate) mod error;
mod finding;
mod floods;
mod folder;
mod gateways;
mod instructions;
mod kept;
mod leading;
mod looks;
mod monday;
pub(crate) mod motions;
mod office_act;
mod on_duty;
pub(crate) mod openings;
mod outlets;
mod own;
pub(crate) mod page;
mod people;
mod phones;
mod reads;
mod refused;
mod reopening;
mod requests;
mod rings;
mod route;
mod routes;
mod rules;
mod sheet;
mod slow;
mod standing;
mod state;
mod telephone;
#[cfg(test)]
mod testing;
mod triage;
mod visit;
mod wire;
mod write;

pub(crate) use answer::Answer;
pub(crate) use folder::Folders;
pub(crate) use monday::kept::Kept;
pub(crate) use on_duty::Hub;
pub(crate) use people::person_name;
pub(crate) use route::Route;
pub(crate) use routes::{all as all_routes, page_paths, routes};
pub(crate) use rules::{Examinations, Replays};
pub(crate) use state::{FoldersOffered, Internal};
pub(crate) use visit::{By, Visit};
pub(crate) use write::{detached, in_own_task};
