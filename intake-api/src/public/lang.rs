//! In which language a request is answered.
//!
//! Pages are Chinese unless the reader chose English by the switch (`?lang=en`, remembered in a cookie): a county's form
//! must not turn English because a phone was bought abroad. The API follows `Accept-Language`.

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::web::{
    is_api,
    language::{accepted, cookie, switch},
};

/// Puts the language into the request's extensions and, where the switch was used, the cookie into the answer.
pub(super) async fn choose(mut request: Request, next: Next) -> Response {
    if is_api(request.uri().path()) {
        let lang = accepted(request.headers());
        request.extensions_mut().insert(lang);
        return next.run(request).await;
    }
    let switched = request.uri().query().and_then(switch);
    let lang = switched.or_else(|| cookie(request.headers())).unwrap_or_default();
    request.extensions_mut().insert(lang);
    let mut response = next.run(request).await;
    if let Some(lang) = switched
        && let Ok(cookie) = HeaderValue::from_str(&format!(
            "lang={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
            lang.tag()
        ))
    {
        let headers = response.headers_mut();
        let others: Vec<_> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
        headers.insert(header::SET_COOKIE, cookie);
        for other in others {
            headers.append(header::SET_COOKIE, other);
        }
    }
    response
}
