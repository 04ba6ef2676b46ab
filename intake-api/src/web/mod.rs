//! What a request and an answer are, whichever door: encodings, languages, files, headers, problems. Nothing here knows a page, a
//! session or a store.

pub(crate) mod encoding;
pub(crate) mod headers;
pub(crate) mod language;
pub(crate) mod peer;
pub(crate) mod problem;

/// Whether a program asks: its answers are JSON, never pages.
pub(crate) fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}
