//! The harness of the end-to-end tests and benchmarks: a whole Shouwang of its own, with real processes.
//!
//! [`System::start`] makes a fresh database on the servers that `tests/run` provides, gives the broker's queues a prefix of
//! their own, starts the three services as processes and an SMTP server that keeps what it gets. Nothing waits for a fixed
//! time: tests wait for conditions ([`eventually`]). What a test leaves behind when it ends must be nothing ([`aftermath`]).

pub mod aftermath;
pub mod api;
pub mod backlog;
pub mod calls;
pub mod cases;
pub mod fixture;
pub mod frozen;
pub mod gateway;
mod gone;
pub mod lease;
pub mod load;
pub mod mail;
pub mod officers;
pub mod people;
pub mod proxy;
pub mod sample;
pub mod scene;
pub mod servers;
pub mod service;
pub mod shown;
pub mod smtp;
pub mod snapshot;
pub mod system;
pub mod template;
pub mod wait;

pub use aftermath::Left;
pub use api::{Api, Known, Problem};
pub use cases::cases_astray;
pub use fixture::{Fixture, callbacks_astray, new_report};
pub use gateway::{Asked, CALLBACK_SECRET, Deed, FakeGateway};
pub use mail::Mail;
pub use people::{NewPerson, person};
pub use proxy::Proxy;
pub use sample::Sample;
pub use scene::{STATION, Scene};
pub use servers::Servers;
pub use service::Service;
pub use shown::Shown;
pub use smtp::{Act, MailSink};
pub use system::{Filed, Options, System};
pub use wait::eventually;

use std::path::PathBuf;

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .expect("the repository's root")
}

/// A built service binary; the tests use what `cargo build --release` made, as the county does.
pub fn binary(name: &str) -> PathBuf {
    let mut dir = std::env::current_exe().expect("the test's own path");
    while dir.file_name().is_some_and(|n| n != "release" && n != "debug") {
        dir.pop();
    }
    let binary = dir.join(name);
    assert!(
        binary.is_file(),
        "{} is missing: run `cargo build --release` first, or tests/run, which does",
        binary.display()
    );
    binary
}
