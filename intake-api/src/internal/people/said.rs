//! What an act leaves to say on the page that answers it.

/// A fresh password, shown on this answer and never again.
#[derive(Clone, Debug)]
pub(super) struct Fresh {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) password: String,
}

/// Done, refused, and passwords to hand over.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) done: Option<String>,
    pub(super) error: Option<String>,
    pub(super) fresh: Vec<Fresh>,
}

impl Said {
    /// It was done.
    pub(super) fn done(text: impl Into<String>) -> Self {
        Self {
            done: Some(text.into()),
            ..Self::default()
        }
    }

    /// It was not.
    pub(super) fn error(text: impl Into<String>) -> Self {
        Self {
            error: Some(text.into()),
            ..Self::default()
        }
    }
}
