//! The notifier against a misbehaving mail server, and against a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod bounces;
mod fake;
mod poisoned;
mod queue;
mod service;
mod smtp;
