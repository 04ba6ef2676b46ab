//! Whether a page of another site sends this.
//!
//! A stranger's page could make every visitor's browser file reports. What a browser says of where a form comes from decides;
//! one that says nothing (an old one, a school's program) is believed, because a report must not be lost for a missing header.
//! Our own pages send no referrer, so that their forms may come with `Origin: null`, inside WeChat too: that is no sign.

use axum::http::{HeaderMap, header};

/// Sent by a page of another site, as far as the browser says.
pub(super) fn elsewhere(headers: &HeaderMap, public_url: &str) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    match said("sec-fetch-site") {
        Some("same-origin" | "none") => return false,
        Some("cross-site" | "same-site") => return true,
        _ => {}
    }
    let Some(from) = said("origin").and_then(host) else {
        return false;
    };
    // A proxy may have put its own name into Host.
    let ours = [
        said("host").map(bare),
        said("x-forwarded-host").map(bare),
        host(public_url),
    ];
    !ours.contains(&Some(from))
}

/// `https://a.example:443` -> `a.example`; nothing of what is no address, such as `null`.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    Some(bare(rest.split('/').next().unwrap_or(rest)))
}

/// Without the port that a scheme has anyway, which one side may leave out.
fn bare(host: &str) -> String {
    let host = host.trim().to_ascii_lowercase();
    let bare = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80"));
    bare.unwrap_or(&host).to_owned()
}

/// What a form of any site can send without asking first. JSON is none of it: that a browser asks for, and we don't allow it.
/// A program that only forgot to say JSON (`curl -d` says it is a form) sends no sign of a browser, and is understood.
pub(super) fn simple(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    let is = |simple: &str| kind.eq_ignore_ascii_case(simple);
    let browser = ["origin", "referer", "sec-fetch-site", "sec-fetch-mode"];
    is("text/plain")
        || (is("application/x-www-form-urlencoded") || is("multipart/form-data"))
            && browser.iter().any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&str, &str)| {
            (
                name.parse::<axum::http::HeaderName>().unwrap(),
                value.parse::<axum::http::HeaderValue>().unwrap(),
            )
        };
        list.iter().map(pair).collect()
    }

    #[test]
    fn only_what_a_browser_says_is_from_elsewhere() {
        let ours = "https://bao.county.example";
        let is = |list: &[(&str, &str)]| elsewhere(&headers(list), ours);
        for own in [
            &[][..],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://odd.example")],
            &[("sec-fetch-site", "none")],
            // WeChat's older browser, whose forms come without a word of where from; and one that says null.
            &[("user-agent", "MicroMessenger/7.0"), ("host", "bao.county.example")],
            &[("origin", "null"), ("host", "bao.county.example")],
            &[("origin", "https://bao.county.example"), ("host", "127.0.0.1:8080")],
            &[("origin", "https://bao.county.example:443"), ("host", "127.0.0.1:8080")],
            &[("origin", "http://10.0.0.5:8080"), ("host", "10.0.0.5:8080")],
            &[
                ("origin", "https://other.gov.example"),
                ("x-forwarded-host", "other.gov.example"),
            ],
        ] {
            assert!(!is(own), "{own:?}");
        }
        for foreign in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://bao.county.example"),
            ],
            &[("origin", "https://evil.example"), ("host", "bao.county.example")],
            &[("origin", "http://10.0.0.5:8081"), ("host", "10.0.0.5:8080")],
            &[("origin", "https://bao.county.example.evil.example")],
        ] {
            assert!(is(foreign), "{foreign:?}");
        }
    }

    #[test]
    fn what_any_form_can_send_is_no_json() {
        let is = |list: &[(&str, &str)]| simple(&headers(list));
        assert!(is(&[("content-type", "text/plain")]) && is(&[("content-type", "Text/Plain; charset=gbk")]));
        for form in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=a"] {
            assert!(!is(&[("content-type", form)]), "a program");
            assert!(is(&[("content-type", form), ("origin", "null")]), "a browser");
        }
        for fine in ["application/json", "application/json; charset=GBK", "text/json", ""] {
            assert!(
                !is(&[("content-type", fine), ("origin", "https://a.example")]),
                "{fine}"
            );
        }
        assert!(!is(&[]));
    }
}
