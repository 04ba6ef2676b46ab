//! In which language a request is answered.
//!
//! Pages are Chinese unless the reader chose English by the switch (`?lang=en`, remembered in a cookie): a county's form
//! must not turn English because a phone was bought abroad. The API follows `Accept-Language`.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use platform::text::Lang;

/// Puts the language into the request's extensions and, where the switch was used, the cookie into the answer.
pub(super) async fn choose(mut request: Request, next: Next) -> Response {
    if super::is_api(request.uri().path()) {
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

fn switch(query: &str) -> Option<Lang> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))
        .map(Lang::from_tag)
}

fn cookie(headers: &HeaderMap) -> Option<Lang> {
    let pairs = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    pairs
        .filter_map(|pair| pair.trim().strip_prefix("lang="))
        .map(Lang::from_tag)
        .next()
}

/// English only where it is wanted more than Chinese.
fn accepted(headers: &HeaderMap) -> Lang {
    let Some(value) = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
    else {
        return Lang::Zh;
    };
    let wish = |tag: &str| {
        let weights = value.split(',').filter_map(|part| {
            let (name, weight) = part.split_once(';').map_or((part, 1.0), |(name, rest)| {
                (
                    name,
                    rest.trim()
                        .strip_prefix("q=")
                        .and_then(|q| q.parse().ok())
                        .unwrap_or(1.0),
                )
            });
            name.trim().to_ascii_lowercase().starts_with(tag).then_some(weight)
        });
        weights.fold(0.0_f32, f32::max)
    };
    if wish("en") > wish("zh") { Lang::En } else { Lang::Zh }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn the_api_follows_accept_language() {
        for (value, lang) in [
            ("en", Lang::En),
            ("en-GB,en;q=0.9", Lang::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("zh;q=0.5, en;q=0.8", Lang::En),
            ("fr", Lang::Zh),
            ("*", Lang::Zh),
        ] {
            assert_eq!(accepted(&headers(header::ACCEPT_LANGUAGE, value)), lang, "{value}");
        }
        assert_eq!(accepted(&HeaderMap::new()), Lang::Zh);
    }

    #[test]
    fn pages_follow_the_switch_and_its_cookie() {
        assert_eq!(switch("a=1&lang=en"), Some(Lang::En));
        assert_eq!(switch("lang=zh"), Some(Lang::Zh));
        assert_eq!(switch("slang=en"), None);
        assert_eq!(cookie(&headers(header::COOKIE, "a=b; lang=en")), Some(Lang::En));
        assert_eq!(cookie(&headers(header::COOKIE, "a=lang=en")), None);
    }
}
