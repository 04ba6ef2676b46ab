//! In which language a request asks to be answered.

use axum::http::{HeaderMap, header};
use platform::text::Lang;

/// What the switch of a page says: `?lang=en`.
pub(crate) fn switch(query: &str) -> Option<Lang> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))
        .map(Lang::from_tag)
}

/// What the switch said before.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<Lang> {
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

/// What a program wants. English only where it is wanted more than Chinese.
pub(crate) fn accepted(headers: &HeaderMap) -> Lang {
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
    use axum::http::HeaderValue;

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
