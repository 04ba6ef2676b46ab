//! Reading a request body under the configured limit.
//!
//! A client that is still sending when it is refused sees a broken connection and not the refusal, so a body that is
//! somewhat too large is read to its end and thrown away before the answer. What all bodies at once take of the memory is
//! bounded by the listener: the number of connections for ordinary ones, turns for large ones.

use std::{future::poll_fn, pin::Pin};

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::Response,
};

use super::{page::Notice, state::App};
use crate::web::encoding;

/// How many times the limit is read and thrown away for the sake of a proper answer.
const PATIENCE: usize = 16;
/// A form larger than the limit is not filed, but up to this many limits it is read, so that it comes back with its mistakes
/// named instead of being lost.
pub(super) const GIVEN_BACK: usize = 4;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// Larger than the limit.
    TooLarge,
    /// The client stopped sending, or sent too slowly.
    Broken,
}

/// Takes the whole body before the request's time begins: a phone on a bad line needs a minute for a long form, and the
/// listener ends what comes too slowly for that.
pub(super) async fn receive(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let most = app.limits.body_limit_bytes.saturating_mul(GIVEN_BACK);
    let body = match collect(body, most).await {
        Ok(bytes) => Body::from(bytes),
        Err(error) => {
            parts.extensions.insert(error);
            Body::empty()
        }
    };
    next.run(Request::from_parts(parts, body)).await
}

/// The whole body, at most `limit` bytes.
pub(super) async fn read(parts: &Parts, body: Body, limit: usize) -> Result<Vec<u8>, BodyError> {
    match parts.extensions.get() {
        Some(error) => Err(*error),
        None => collect(body, limit).await,
    }
}

async fn collect(mut body: Body, limit: usize) -> Result<Vec<u8>, BodyError> {
    let mut bytes = Vec::new();
    let mut seen = 0;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else {
            continue;
        };
        seen += data.len();
        if seen <= limit {
            bytes.extend_from_slice(&data);
        } else if seen > limit.saturating_mul(PATIENCE) {
            return Err(BodyError::TooLarge);
        } else {
            bytes = Vec::new();
        }
    }
    if seen <= limit {
        Ok(bytes)
    } else {
        Err(BodyError::TooLarge)
    }
}

/// The fields of a form. The content type must say that it is one: a page of another site can send any text, but not ask
/// first whether it may.
pub(super) fn form(headers: &HeaderMap, body: Vec<u8>) -> Result<Vec<(String, String)>, Notice> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Notice::BadForm);
    }
    encoding::declared(headers)
        .and_then(|declared| encoding::pairs(body, declared))
        .map_err(|_| Notice::NotText)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_limit_is_exact() {
        let read = collect;
        assert_eq!(read(Body::from("12345"), 5).await, Ok(b"12345".to_vec()));
        assert_eq!(read(Body::from("123456"), 5).await, Err(BodyError::TooLarge));
        assert_eq!(read(Body::from("1".repeat(1000)), 5).await, Err(BodyError::TooLarge));
        assert_eq!(read(Body::empty(), 5).await, Ok(Vec::new()));
    }
}
