//! The running system, from outside and in its database; and the shape of the workspace.
//!
//! One binary: each one links the whole harness, and cargo runs binaries one after the other. Killed servers and a flood of
//! reports would slow the others down, so they are a binary of their own: `faults.rs`.

mod architecture;
mod back_door;
mod board;
mod board_facts;
mod bounds;
mod callbacks;
mod circles;
mod cli;
mod desk;
mod disclosure;
mod duty;
mod escalation;
mod explain;
mod factor;
mod facts;
mod floods;
mod foreign;
mod gateway;
mod invitations;
mod kept;
mod leading;
mod login;
mod mails;
mod nul;
mod openings;
mod own_reasons;
mod path;
mod paths;
mod people;
mod people_import;
mod poison;
mod poisoned;
mod privacy;
mod property;
mod queues;
mod rights;
mod ringing;
mod rules;
mod security;
mod sessions;
mod store;
mod subject_notices;
mod succession;
mod texts;
mod ticket_changes;
mod trail;
mod triage;
mod typed;
mod unsure;
mod voice;
mod web;
mod wording;
mod workbook;
