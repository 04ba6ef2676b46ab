//! `/about`: what this is, who reads a report, what the law says.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{Html, Response},
};
use platform::text::Lang;

use super::{
    page::{Page, Switch, render},
    state::App,
};

#[derive(Template)]
#[template(path = "public/about.html")]
struct About {
    page: Page,
    sections: Vec<(&'static str, &'static str)>,
}

/// The page.
pub(super) async fn show(State(app): State<App>, Extension(lang): Extension<Lang>) -> Response {
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
            page: Page::new(&app, lang, Switch::Link("/about")),
            sections,
        },
    )
}

/// `/leave`: where 快速离开 leads without a script. A page that says nothing.
pub(super) async fn leave() -> Html<&'static str> {
    Html("<!doctype html><html><head><meta charset=\"utf-8\"><title>-</title></head><body></body></html>")
}
