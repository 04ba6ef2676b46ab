//! What holds for every public answer: security headers, a time limit, and a constant answer when a handler fails.

use std::any::Any;

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use platform::text::Lang;

use crate::web::{headers::strict, is_api};

use super::{
    deadline::Deadline,
    page::Notice,
    problem::{Kind, Problem},
    state::App,
};

/// Our own files only, no inline script or style, never inside a frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    ),
];

/// Adds the headers. What doesn't say otherwise is not kept by any cache: most answers hold personal data.
pub(super) async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    strict(headers, app.public_url.starts_with("https://"));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Ends a request that takes too long with the advice to call 110. What was handed over for writing is waited for no longer
/// than [`Deadline::to_answer`], so whoever is cut off here has stored nothing; the page doesn't say so, because a reporter
/// who sends again loses nothing by it.
pub(super) async fn in_time(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let lang = request.extensions().get::<Lang>().copied().unwrap_or_default();
    let api = is_api(request.uri().path());
    let files = request.uri().path() == "/report" && request.method() == Method::POST;
    let until = Deadline::after(app.limits.request_timeout);
    request.extensions_mut().insert(until);
    match tokio::time::timeout_at(until.end(), next.run(request)).await {
        Ok(response) => response,
        Err(_) if api => Problem::new(Kind::TimedOut, lang).into_response(),
        Err(_) if files => Notice::NotStored.page(&app, lang),
        Err(_) => Notice::Away.page(&app, lang),
    }
}

/// A handler that panicked: the same words for all, since nothing is known of what was wanted.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a public handler panicked");
    Problem::new(Kind::Internal, Lang::Zh).into_response()
}
