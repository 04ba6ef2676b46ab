//! The header that marks a report as a drill. Without the right secret it is refused: a mark that anybody could set would
//! let a real report be filed as a drill, and nobody would go.

use axum::http::HeaderMap;
use sha2::{Digest, Sha256};

pub(super) const HEADER: &str = "x-shouwang-drill";

/// A secret that is wrong, or that nobody configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused;

/// Whether this is a drill.
pub(super) fn is_drill(headers: &HeaderMap, secret: Option<&str>) -> Result<bool, Refused> {
    let mut given = headers.get_all(HEADER).iter();
    match (given.next(), given.next(), secret) {
        (None, _, _) => Ok(false),
        // Digests are compared, so that the time taken says nothing about the secret's characters.
        (Some(given), None, Some(secret)) if Sha256::digest(given.as_bytes()) == Sha256::digest(secret.as_bytes()) => {
            Ok(true)
        }
        _ => Err(Refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_secret_marks_a_drill() {
        let with = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(HEADER, axum::http::HeaderValue::from_static(value));
            }
            headers
        };
        assert_eq!(is_drill(&with(&[]), Some("s3cret")), Ok(false));
        assert_eq!(is_drill(&with(&["s3cret"]), Some("s3cret")), Ok(true));
        for (headers, secret) in [
            (with(&["wrong"]), Some("s3cret")),
            (with(&[""]), Some("s3cret")),
            (with(&["s3cret"]), None),
            (with(&["s3cret", "s3cret"]), Some("s3cret")),
        ] {
            assert_eq!(is_drill(&headers, secret), Err(Refused), "{headers:?}");
        }
    }
}
