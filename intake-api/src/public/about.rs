//! `/about`: what this is, who reads a report, what the law says.

use askama::Template;
use axum::{Extension, http::StatusCode, response::Response};
use platform::text::Lang;

use super::page::{Page, Switch, render};

#[derive(Template)]
#[template(path = "public/about.html")]
struct About {
    page: Page,
    sections: Vec<(&'static str, &'static str)>,
}

/// The page.
pub(super) async fn show(Extension(lang): Extension<Lang>) -> Response {
    let sections = ["what", "who", "secrecy", "law", "after"];
    let sections = sections
        .map(|name| {
            (
                lang.t(&format!("page.about.{name}")),
                lang.t(&format!("page.about.{name}-text")),
            )
        })
        .to_vec();
    render(
        StatusCode::OK,
        &About {
            page: Page::new(lang, Switch::Link("/about")),
            sections,
        },
    )
}
