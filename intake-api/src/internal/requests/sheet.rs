//! The paper of a request, in words: what page and file are written from.

/// The paper.
pub(super) struct Sheet {
    pub(super) title: String,
    /// The asked unit.
    pub(super) to: String,
    /// Label and text; an empty text is a blank to be filled by hand.
    pub(super) fields: Vec<(&'static str, String)>,
    /// What happened.
    pub(super) narrative: String,
    /// What the request rests on.
    pub(super) bases: Vec<String>,
    /// The asking unit.
    pub(super) from: String,
}
