//! A request that is ready to go out.

use chrono::{DateTime, Utc};
use url::Url;

/// What a signature reads of the world.
pub(crate) struct Moment {
    /// Now.
    pub(crate) at: DateTime<Utc>,
    /// Never the same twice.
    pub(crate) nonce: String,
}

/// A request that is ready.
pub(crate) struct Built {
    pub(crate) method: String,
    pub(crate) url: Url,
    /// Names in small letters; `host` is not among them.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Built {
    /// Host, and port where it is not the usual one.
    pub(crate) fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}
