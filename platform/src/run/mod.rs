//! What a process needs to run: its settings, its parts and their end, probes, logs, and the listeners of its doors.

pub mod config;
pub mod database_watch;
pub mod lifecycle;
pub mod listener;
pub mod os_user;
pub mod probes;
pub mod readiness;
pub mod systemd;
pub mod telemetry;
