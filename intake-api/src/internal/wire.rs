//! What holds for every program that talks to `/api/`, whichever handler it meets. Its body is read in one way ([`JsonBody`]), and it
//! is refused in `application/problem+json`, never with a page and never in bare text.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;

use super::page::problem;

/// Longest explanation of an extractor that is handed on.
const SAID: usize = 500;

/// A body in JSON: the only extractor of them (a test of the workspace's shape holds that), so that all handlers refuse alike.
/// Not JSON is 400, another kind of content 415, other fields than asked or a NUL in a text 422. It may begin with a byte order mark.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        if !is_json(request.headers()) {
            return Err(problem::api(415, "send the body as application/json"));
        }
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|refused| problem::api(refused.status().as_u16(), &refused.body_text()))?;
        let text = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&body);
        if has_nul(text) {
            return Err(problem::api(422, "a text must not contain U+0000"));
        }
        serde_json::from_slice(text).map(Self).map_err(|e| {
            let said: String = e.to_string().chars().take(SAID).collect();
            match e.classify() {
                serde_json::error::Category::Data => {
                    problem::api(422, &format!("the body is not what is asked: {said}"))
                }
                _ => problem::api(400, &format!("the body is not JSON: {said}")),
            }
        })
    }
}

/// Whether a string of this JSON has the one character that PostgreSQL can't hold: `\u0000` after an even number of backslashes.
fn has_nul(json: &[u8]) -> bool {
    let escape = b"\\u0000";
    let backslashes = |at: usize| json[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
    // They are counted only where the escape stands: a body of nothing but backslashes must not cost its square.
    json.windows(escape.len())
        .enumerate()
        .any(|(at, window)| window == escape && backslashes(at) % 2 == 0)
}

/// The layer that takes NUL out of what is asked for: nobody types it, and PostgreSQL can't hold it. In the path it stands for
/// nothing that there is. Forms lose it in [`super::kept`], JSON is refused with words.
pub(super) async fn without_nul(mut request: Request, next: Next) -> Response {
    if request.uri().path().contains(NUL) {
        return problem::not_found().into_response();
    }
    if request.uri().query().is_some_and(|query| query.contains(NUL))
        && let Ok(uri) = unescaped(request.uri().to_string()).parse()
    {
        *request.uri_mut() = uri;
    }
    next.run(request).await
}

/// NUL in an address or a form.
const NUL: &str = "%00";

/// A form without NUL; anything else as it is.
pub(super) fn form_without_nul(headers: &HeaderMap, body: Bytes) -> Bytes {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return body;
    }
    match std::str::from_utf8(&body) {
        Ok(text) if text.contains(NUL) || text.contains('\0') => unescaped(text.replace('\0', "")).into(),
        _ => body,
    }
}

/// Taking one out may put another together.
fn unescaped(mut text: String) -> String {
    while text.contains(NUL) {
        text = text.replace(NUL, "");
    }
    text
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
        || kind
            .get(..12)
            .is_some_and(|begin| begin.eq_ignore_ascii_case("application/"))
            && kind
                .get(kind.len().saturating_sub(5)..)
                .is_some_and(|end| end.eq_ignore_ascii_case("+json"))
}

/// The layer.
pub(super) async fn speaks(request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    if api { in_problem(response).await } else { response }
}

async fn in_problem(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !(status.is_client_error() || status.is_server_error()) || kind.starts_with("application/problem+json") {
        return response;
    }
    let plain = kind.starts_with("text/plain");
    let (parts, body) = response.into_parts();
    let detail = match status {
        StatusCode::NOT_FOUND => "there is no such address, or your roles do not allow it".to_owned(),
        StatusCode::METHOD_NOT_ALLOWED => "this address takes other methods: see Allow".to_owned(),
        // An extractor says what it could not read, and repeats at most what the client sent.
        status if status.is_client_error() && plain => said(body).await,
        status => status.canonical_reason().unwrap_or("refused").to_lowercase(),
    };
    let mut answer = problem::api(status.as_u16(), &detail);
    for (name, value) in &parts.headers {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    *answer.extensions_mut() = parts.extensions;
    answer
}

async fn said(body: Body) -> String {
    let bytes = to_bytes(body, 64 * 1024).await.unwrap_or_default();
    String::from_utf8_lossy(&bytes).chars().take(SAID).collect()
}

#[cfg(test)]
mod tests {
    use axum::{Router, extract::Path, middleware, routing::post};
    use serde_json::Value;
    use tower::ServiceExt;

    use super::*;

    #[test]
    fn a_nul_is_found_however_it_is_escaped() {
        for (json, nul) in [
            (r#"{"a": "\u0000"}"#, true),
            (r#"["x\\\u0000"]"#, true),
            (r#""\u0000""#, true),
            (r#"["x\\u0000"]"#, false),
            (r#"["\u00001"]"#, true),
            (r#"["\u0001"]"#, false),
            ("", false),
        ] {
            assert_eq!(has_nul(json.as_bytes()), nul, "{json}");
        }
    }

    #[tokio::test]
    async fn programs_are_refused_in_their_own_words() {
        let app = Router::new()
            .route(
                "/api/things/{id}",
                post(async |Path(_): Path<i64>, JsonBody(_): JsonBody<Vec<u8>>| ()),
            )
            .fallback(async || (StatusCode::NOT_FOUND, axum::response::Html("<p>a page</p>")))
            .layer(middleware::from_fn(speaks));
        let send = async |method: &str, path: &str, kind: &str, body: &'static str| {
            let request = Request::builder().method(method).uri(path).header("content-type", kind);
            let answer = app
                .clone()
                .oneshot(request.body(Body::from(body)).unwrap())
                .await
                .unwrap();
            let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
            let (kind, allow, status) = (header("content-type"), header("allow"), answer.status().as_u16());
            let bytes = to_bytes(answer.into_body(), 10_000).await.unwrap();
            (
                status,
                kind.unwrap_or_default(),
                allow,
                serde_json::from_slice::<Value>(&bytes).ok(),
            )
        };
        for (method, path, kind, body, status) in [
            ("POST", "/api/things/1", "application/json", "no", 400),
            ("POST", "/api/things/1", "application/json", "", 400),
            ("POST", "/api/things/1", "application/json", "[1", 400),
            ("POST", "/api/things/1", "application/json", "[1] [2]", 400),
            (
                "POST",
                "/api/things/1",
                "application/json; charset=utf-8",
                "[\"a\"]",
                422,
            ),
            ("POST", "/api/things/1", "application/xml+jsonish", "[1]", 415),
            ("POST", "/api/things/1", "", "[1]", 415),
            ("POST", "/api/things/1", "text/plain", "[1]", 415),
            ("POST", "/api/things/1", "+json", "[1]", 415),
            ("POST", "/api/things/1", "application/json", "{}", 422),
            ("POST", "/api/things/1", "text/csv", "[]", 415),
            ("POST", "/api/things/x", "application/json", "[]", 400),
            ("TRACE", "/api/things/1", "text/csv", "", 405),
            ("GET", "/api/nothing", "text/csv", "", 404),
        ] {
            let (said, content, allow, body) = send(method, path, kind, body).await;
            assert_eq!(
                (said, content.as_str()),
                (status, "application/problem+json"),
                "{method} {path}"
            );
            let body = body.unwrap();
            assert_eq!(body["status"], status);
            assert!(!body["detail"].as_str().unwrap().is_empty());
            assert_eq!(allow.as_deref(), (status == 405).then_some("POST"), "{method} {path}");
        }
        for (kind, body) in [
            ("application/json", "[1]"),
            ("Application/JSON; charset=utf-8", " [1]\n"),
            ("application/problem+json", "[1]"),
            ("application/json", "\u{feff}[1]"),
        ] {
            assert_eq!(send("POST", "/api/things/1", kind, body).await.0, 200, "{kind} {body}");
        }
        // Pages stay pages.
        assert_eq!(
            send("GET", "/nothing", "text/csv", "").await.1,
            "text/html; charset=utf-8"
        );
    }
}
