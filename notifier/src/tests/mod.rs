//! The notifier against a misbehaving mail server, a misbehaving provider of messages, and a real PostgreSQL.

mod bounces;
mod calls;
mod fake;
mod gateways;
mod poisoned;
mod posts;
mod queue;
mod service;
mod smtp;
