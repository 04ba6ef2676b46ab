//! Where people come over https, browsers are told to come no other way: a year, names below it included.

use axum::http::{HeaderMap, HeaderValue, header};

/// Adds the header where the configured address is an https one. Over plain http browsers must ignore it.
pub(crate) fn strict(headers: &mut HeaderMap, https: bool) {
    if https {
        let a_year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, a_year);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_stays_https() {
        let mut headers = HeaderMap::new();
        strict(&mut headers, false);
        assert!(headers.is_empty());
        strict(&mut headers, true);
        assert_eq!(
            headers["strict-transport-security"],
            "max-age=31536000; includeSubDomains"
        );
    }
}
