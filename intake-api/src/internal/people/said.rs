//! What an act leaves to say on the page that answers it.

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use platform::{store::INVITED_DAYS, text::Lang};

use crate::internal::{Internal, again, auth::invitation::Code, page::words};

/// A page about people after an act.
pub(super) type Again<F = ()> = again::Again<F, Said>;

/// An invitation to hand over, shown on this answer and never again.
#[derive(Clone, Debug)]
pub(super) struct Fresh {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) link: String,
    pub(super) code: String,
}

impl Fresh {
    /// The one of this code.
    pub(super) fn new(internal: &Internal, name: String, login: String, code: &Code) -> Self {
        Self {
            name,
            login,
            link: code.link(&internal.url),
            code: code.shown(),
        }
    }
}

/// Done, refused, and invitations to hand over.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) done: Option<String>,
    pub(super) error: Option<String>,
    pub(super) fresh: Vec<Fresh>,
    /// How they are used, and until when.
    pub(super) fresh_text: String,
}

impl<F> Again<F> {
    /// The fields are wrong: they come back, and nothing was saved.
    pub(super) fn not_saved(wrong: again::Wrong, fields: F, lang: Lang) -> Self {
        let said = Said::error(lang.t("accounts.not_saved"));
        Self::keeping(StatusCode::UNPROCESSABLE_ENTITY, said, fields).with_wrong(wrong)
    }
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

    /// It was done, and these are to be handed over.
    pub(super) fn invited(text: impl Into<String>, fresh: Vec<Fresh>, lang: Lang, at: DateTime<Utc>) -> Self {
        let until = words::moment(lang, at + TimeDelta::days(INVITED_DAYS), at);
        Self {
            fresh,
            fresh_text: lang.fill("accounts.fresh_text", &[("until", &until)]),
            ..Self::done(text)
        }
    }
}
