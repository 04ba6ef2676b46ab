//! The notifier against a misbehaving mail server, and against a real PostgreSQL.

mod bounces;
mod fake;
mod poisoned;
mod queue;
mod service;
mod smtp;
