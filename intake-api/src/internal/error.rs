//! Why a page is not shown or an act not done: what handlers carry up by `?`, and the page or the problem that it becomes.
//!
//! Where something could not be read, nothing was to be written. A failed write says whether it is certain that nothing was done
//! ([`is_certain`]); where it is not, the answer says so, and nobody is told to try again blindly. Both are logged here, once,
//! with their causes; people and programs read constant words.

use std::{borrow::Cow, error::Error};

use axum::response::{IntoResponse, Response};
use platform::{
    run::telemetry::chain,
    seal::OpenError,
    store::{StoreError, is_certain},
    text::Lang,
};
use tracing::error;

use super::page::problem::{self, Problem};

/// What a program is told when nobody knows whether its act was done.
pub(crate) const UNSURE: &str = "it is not known whether this was done: read it again before you send it once more";

/// What went wrong behind an answer.
type Fault = Box<dyn Error + Send + Sync>;

/// Instead of a page.
#[derive(Debug)]
pub(crate) enum PageError {
    /// No such thing, or not theirs: both look alike.
    NotFound,
    /// Something could not be read, or not be made; nothing was written.
    Unread(Fault),
    /// A write failed.
    Undone {
        /// Why.
        fault: Fault,
        /// It is certain that nothing was done.
        certain: bool,
    },
    /// A page of its own says why, such as a form that comes back.
    Page(Box<Response>),
}

impl PageError {
    /// Something could not be read.
    pub(crate) fn unread(fault: impl Into<Fault>) -> Self {
        Self::Unread(fault.into())
    }

    /// A write failed.
    pub(crate) fn undone(fault: impl Error + Send + Sync + 'static) -> Self {
        Self::Undone {
            certain: is_certain(&fault),
            fault: Box::new(fault),
        }
    }

    fn log(&self) {
        match self {
            Self::Unread(fault) => log_unread(fault),
            Self::Undone { fault, certain } => log_undone(fault, *certain),
            Self::NotFound | Self::Page(_) => {}
        }
    }
}

impl From<StoreError> for PageError {
    /// Of a read. Writes run in a task of their own, which knows how they failed ([`super::detached`]).
    fn from(e: StoreError) -> Self {
        Self::unread(e)
    }
}

impl From<OpenError> for PageError {
    fn from(e: OpenError) -> Self {
        Self::unread(e)
    }
}

impl From<anyhow::Error> for PageError {
    fn from(e: anyhow::Error) -> Self {
        Self::unread(e)
    }
}

impl From<Problem> for PageError {
    fn from(problem: Problem) -> Self {
        Self::Page(Box::new(problem.into_response()))
    }
}

impl From<Response> for PageError {
    fn from(page: Response) -> Self {
        Self::Page(Box::new(page))
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        self.log();
        match self {
            Self::NotFound => problem::not_found().into_response(),
            Self::Unread(_) | Self::Undone { certain: true, .. } => problem::unavailable().into_response(),
            Self::Undone { certain: false, .. } => problem::unsure().into_response(),
            Self::Page(page) => *page,
        }
    }
}

/// Instead of an answer for a program.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// Refused, with status and words.
    Said(u16, Cow<'static, str>),
    /// Something could not be read.
    Unread(Fault),
    /// An act was not done: perhaps because something before it could not be read.
    Undone {
        /// Why.
        fault: Fault,
        /// It is certain that nothing was done.
        certain: bool,
    },
    /// An answer of its own says why.
    Answer(Box<Response>),
}

impl ApiError {
    /// A refusal in words.
    pub(crate) fn said(status: u16, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Said(status, detail.into())
    }

    /// A refusal in the words that a page has for it.
    pub(crate) fn key(status: u16, key: &str) -> Self {
        Self::Said(status, Lang::En.t(key).into())
    }

    /// Of an act that is sure not to be done in words of its own; else that nobody knows.
    pub(crate) fn undone_saying(e: PageError, certain: &'static str) -> Self {
        match e {
            PageError::Undone { certain: false, .. } => Self::from(e),
            other => {
                other.log();
                Self::said(503, certain)
            }
        }
    }

    /// Of a read that a page makes too: whatever failed, it can be tried again.
    pub(crate) fn of_read(e: PageError) -> Self {
        match Self::from(e) {
            Self::Undone { fault, .. } => Self::Unread(fault),
            other => other,
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(e: StoreError) -> Self {
        Self::Unread(e.into())
    }
}

impl From<Response> for ApiError {
    fn from(answer: Response) -> Self {
        Self::Answer(Box::new(answer))
    }
}

impl From<PageError> for ApiError {
    /// Of an act that pages do too.
    fn from(e: PageError) -> Self {
        match e {
            PageError::NotFound => Self::said(404, "there is no such thing, or it is not yours"),
            PageError::Unread(fault) => Self::Undone { fault, certain: true },
            PageError::Undone { fault, certain } => Self::Undone { fault, certain },
            PageError::Page(_) => Self::said(503, "nothing was done; try again later"),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::Said(status, detail) => problem::api(status, &detail),
            Self::Unread(fault) => {
                log_unread(&fault);
                problem::api(503, "try again later")
            }
            Self::Undone { fault, certain } => {
                log_undone(&fault, certain);
                problem::api(
                    503,
                    if certain {
                        "nothing was done; try again later"
                    } else {
                        UNSURE
                    },
                )
            }
            Self::Answer(answer) => *answer,
        }
    }
}

fn log_unread(fault: &Fault) {
    error!(error = chain(&**fault), "the database can't be read or written");
}

fn log_undone(fault: &Fault, known: bool) {
    error!(error = chain(&**fault), known, "the database did not confirm a write");
}
