//! The API, version 1. `openapi.json` beside the crate says the same for programs; a test compares both.

mod drill;
mod openapi;
mod reports;
mod status;
mod vocabulary;

use axum::{
    Router,
    routing::{get, post},
};

use super::state::App;

/// Method and path of every operation, below `/api/v1`.
#[cfg(test)]
const OPERATIONS: [(&str, &str); 4] = [
    ("post", "/reports"),
    ("post", "/status"),
    ("get", "/vocabulary"),
    ("get", "/openapi.json"),
];

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/reports", post(reports::file))
        .route("/status", post(status::ask))
        .route("/vocabulary", get(vocabulary::show))
        .route("/openapi.json", get(openapi::show))
}
