//! Answers that say no to a program, in the form of RFC 9457.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

/// A problem in words.
pub(crate) fn api(status: u16, detail: &str) -> Response {
    with(status, detail, Map::new())
}

/// A problem with members of its own besides.
pub(crate) fn with(status: u16, detail: &str, more: Map<String, Value>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let title = status.canonical_reason().unwrap_or("Error");
    let mut body = Map::from_iter([
        ("type".to_owned(), json!("about:blank")),
        ("title".to_owned(), json!(title)),
        ("status".to_owned(), json!(status.as_u16())),
        ("detail".to_owned(), json!(detail)),
    ]);
    body.extend(more);
    (
        status,
        [(header::CONTENT_TYPE, "application/problem+json")],
        Value::Object(body).to_string(),
    )
        .into_response()
}
