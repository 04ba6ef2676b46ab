//! The owner's work: schema, logins and their rights, and what a server says of itself.

pub(super) mod away;
pub(super) mod encryption;
pub(super) mod installation;
pub(super) mod logins;
pub(super) mod migrate;

pub use away::probe;
pub use encryption::{Encryption, encryption};
pub use installation::{NewestKey, installation_mark};
pub use logins::{TASKS, logins_write};
pub use migrate::migrate;
