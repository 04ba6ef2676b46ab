//! A request that is ready to go out.

use chrono::{DateTime, Utc};
use url::Url;

/// What a signature reads of the world.
pub(super) struct Moment {
    /// Now.
    pub(super) at: DateTime<Utc>,
    /// Never the same twice.
    pub(super) nonce: String,
}

/// A request that is ready.
pub(super) struct Built {
    pub(super) method: String,
    pub(super) url: Url,
    /// Names in small letters; `host` is not among them.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Built {
    /// Host, and port where it is not the usual one.
    pub(super) fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}
