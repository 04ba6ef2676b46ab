//! Who is on duty: telephones of people, rosters, and who may change them.

mod handover;
mod holes;
mod import;
mod mail;
mod mails;
mod on_duty;
mod phones;
mod roster;
