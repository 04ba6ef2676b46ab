//! Asks the same application for one of its pages, as the browser would, to bring a form back in it.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
};

use crate::internal::auth::Actor;

/// Largest page that is read back; the longest list of ours is far below.
const LARGEST: usize = 16 * 1024 * 1024;

/// The rest of the application.
pub(super) struct Native {
    next: Next,
    cookies: Option<HeaderValue>,
}

impl Native {
    /// With the cookies of the request, among which is the language.
    pub(super) fn new(next: Next, headers: &HeaderMap) -> Self {
        Self {
            next,
            cookies: headers.get(header::COOKIE).cloned(),
        }
    }

    /// The page of a path as this person sees it, with its path; `None` for anything but a page.
    pub(super) async fn page(&self, path: &str, actor: Option<&Actor>) -> Option<(String, String)> {
        let mut request = Request::builder().uri(path).body(Body::empty()).ok()?;
        if let Some(cookies) = &self.cookies {
            request.headers_mut().insert(header::COOKIE, cookies.clone());
        }
        if let Some(actor) = actor {
            request.extensions_mut().insert(actor.clone());
        }
        let answer = self.next.clone().run(request).await;
        if answer.status() != StatusCode::OK {
            return None;
        }
        Some((path.to_owned(), text(answer.into_body()).await))
    }
}

/// A body of ours as text.
pub(super) async fn text(body: Body) -> String {
    let bytes = to_bytes(body, LARGEST).await.unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
