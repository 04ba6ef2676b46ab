//! Reading a request body under the configured limit.
//!
//! A client that is still sending when it is refused sees a broken connection and not the refusal, so a body that is
//! somewhat too large is read to its end and thrown away before the answer.

use std::{future::poll_fn, pin::Pin};

use axum::{
    body::{Body, HttpBody},
    http::{HeaderMap, header},
};

use super::{encoding, page::Notice};

/// How many times the limit is read and thrown away for the sake of a proper answer.
const PATIENCE: usize = 16;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// Larger than the limit.
    TooLarge,
    /// The client stopped sending.
    Broken,
}

/// The whole body, at most `limit` bytes.
pub(super) async fn read(mut body: Body, limit: usize) -> Result<Vec<u8>, BodyError> {
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
        assert_eq!(read(Body::from("12345"), 5).await, Ok(b"12345".to_vec()));
        assert_eq!(read(Body::from("123456"), 5).await, Err(BodyError::TooLarge));
        assert_eq!(read(Body::from("1".repeat(1000)), 5).await, Err(BodyError::TooLarge));
        assert_eq!(read(Body::empty(), 5).await, Ok(Vec::new()));
    }
}
