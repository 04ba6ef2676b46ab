//! Tells member units what is asked of them.
//!
//! The way of a notice: [`sender`] leases it from the store, [`mail`] says it in Chinese, [`mailer`] sends it outside any
//! transaction with a timeout around each phase, [`verdict`] judges what came of it, and the sender's recorder writes that
//! down. A notice is sent at least once: who dies between the server's 250 and the record sends it again, under the same
//! Message-ID.

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod bounces;
pub mod mail;
pub mod mailer;
pub mod sender;
pub mod serve;
pub mod verdict;
