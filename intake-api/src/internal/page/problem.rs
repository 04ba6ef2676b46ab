//! What goes wrong, in words: pages for people, problem+json for programs.

use askama::Template;
use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use platform::text::Lang;
use serde_json::json;

use super::{Frame, render};

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
pub(crate) struct Problem(StatusCode, &'static str, &'static str);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Before the language is known pages are Chinese.
        let lang = Lang::Zh;
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

/// A problem for a program.
pub(crate) fn api(status: u16, detail: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let title = status.canonical_reason().unwrap_or("Error");
    let body = json!({"type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail});
    (
        status,
        [(header::CONTENT_TYPE, "application/problem+json")],
        Json(body).0.to_string(),
    )
        .into_response()
}
