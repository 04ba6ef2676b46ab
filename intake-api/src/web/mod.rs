//! What a request and an answer are, whichever door: encodings, languages, files, headers, problems. Nothing here knows a page, a
//! session or a store.

pub(crate) mod encoding;
pub(crate) mod headers;
pub(crate) mod peer;
