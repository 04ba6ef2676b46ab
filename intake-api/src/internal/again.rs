//! A page that answers what was sent, in most cases because it was refused: it comes back with what was typed.

use std::collections::{BTreeMap, HashMap};

use axum::http::StatusCode;

/// Fields as typed.
pub(crate) type Fields = HashMap<String, String>;

/// What is wrong: field -> key of the text that says so.
pub(crate) type Wrong = BTreeMap<&'static str, &'static str>;

/// What the page has beside what it always has. `F` is what was typed, `S` what it says at its top.
#[derive(Clone, Debug)]
pub(crate) struct Again<F = (), S = Option<String>> {
    /// The answer's status.
    pub(crate) status: StatusCode,
    /// Above the forms.
    pub(crate) said: S,
    /// Beside the fields.
    pub(crate) wrong: Wrong,
    /// What was typed.
    pub(crate) fields: F,
}

impl<F: Default, S: Default> Default for Again<F, S> {
    /// Nothing was sent: the page as it is.
    fn default() -> Self {
        Self::saying(StatusCode::OK, S::default())
    }
}

impl<F: Default, S> Again<F, S> {
    /// Nothing that was typed comes back.
    pub(crate) fn saying(status: StatusCode, said: S) -> Self {
        Self {
            status,
            said,
            wrong: Wrong::new(),
            fields: F::default(),
        }
    }

    /// After an act: what was typed comes back unless it was done.
    pub(crate) fn of_act(status: StatusCode, said: S, fields: F) -> Self {
        if status == StatusCode::OK {
            Self::saying(status, said)
        } else {
            Self::keeping(status, said, fields)
        }
    }
}

impl<F, S> Again<F, S> {
    /// What was typed comes back under a sentence.
    pub(crate) fn keeping(status: StatusCode, said: S, fields: F) -> Self {
        Self {
            status,
            said,
            wrong: Wrong::new(),
            fields,
        }
    }

    /// With what is wrong about the fields.
    pub(crate) fn with_wrong(self, wrong: Wrong) -> Self {
        Self { wrong, ..self }
    }
}
