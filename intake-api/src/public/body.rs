//! Reading a request body under the configured limit.
//!
//! A client that is still sending when it is refused sees a broken connection and not the refusal, so a body that is
//! somewhat too large is read to its end and thrown away before the answer.

use std::{future::poll_fn, pin::Pin};

use axum::body::{Body, HttpBody};

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
