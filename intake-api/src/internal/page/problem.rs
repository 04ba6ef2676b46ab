//! What goes wrong, in words: pages for people, problem+json for programs.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{Frame, frame::lang, render};
pub(crate) use crate::web::problem::api;

#[derive(Template)]
#[template(path = "internal/problem.html")]
struct ProblemPage {
    frame: Frame,
    title: &'static str,
    text: &'static str,
}

/// What a problem page says, as text keys: an extension of its answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    /// Its heading.
    pub(crate) title: &'static str,
    /// Its text.
    pub(crate) text: &'static str,
}

/// A problem page that knows no session; the frame still offers the way back.
#[derive(Debug)]
pub(crate) struct Problem(StatusCode, &'static str, &'static str);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let lang = lang();
        let mut answer = render(
            self.0,
            &ProblemPage {
                frame: Frame::nobody(lang),
                title: lang.t(self.1),
                text: lang.t(self.2),
            },
        );
        answer.extensions_mut().insert(Shown {
            title: self.1,
            text: self.2,
        });
        answer
    }
}

/// No such page, or not yours: both look alike.
pub(crate) fn not_found() -> Problem {
    Problem(
        StatusCode::NOT_FOUND,
        "problem_page.not_found_title",
        "problem_page.not_found_text",
    )
}

/// A notice that waits, is a drill's, or was sent again already.
pub(crate) fn not_again() -> Problem {
    Problem(
        StatusCode::CONFLICT,
        "problem_page.not_again_title",
        "problem_page.not_again_text",
    )
}

/// A form that did not come from a page of this session.
pub(crate) fn forged() -> Problem {
    Problem(
        StatusCode::FORBIDDEN,
        "problem_page.forged_title",
        "problem_page.forged_text",
    )
}

/// A form that is too long.
pub(crate) fn too_large() -> Problem {
    Problem(
        StatusCode::PAYLOAD_TOO_LARGE,
        "problem_page.too_large_title",
        "problem_page.too_large_text",
    )
}

/// The database is away.
pub(crate) fn unavailable() -> Problem {
    Problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "problem_page.unavailable_title",
        "problem_page.unavailable_text",
    )
}

/// Heading of [`unsure`].
pub(crate) const UNSURE: &str = "problem_page.unsure_title";

/// The database was asked to write and did not confirm.
pub(crate) fn unsure() -> Problem {
    Problem(StatusCode::SERVICE_UNAVAILABLE, UNSURE, "problem_page.unsure_text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::internal::{error::PageError, testing};

    #[tokio::test]
    async fn pages_of_what_went_wrong() {
        testing::answer("problem-not-found", PageError::NotFound).await;
        testing::answer("problem-not-again", not_again()).await;
        testing::answer("problem-forged", forged()).await;
        testing::answer("problem-unavailable", PageError::unread("the database is away")).await;
        testing::answer("problem-unsure", unsure()).await;
    }
}
