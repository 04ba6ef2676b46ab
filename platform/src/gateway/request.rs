//! A request as it goes out: filled in, written and signed.

use url::Url;

use super::{
    built::{Built, Moment},
    describe::Request,
    fill::{FillError, With},
    sign,
    strict::strict,
};

/// A request that can't be built.
#[derive(Debug, thiserror::Error)]
pub(super) enum BuildError {
    #[error(transparent)]
    Fill(#[from] FillError),
    /// It never repeats the address, which may hold a secret.
    #[error("the address is not a URL")]
    Url,
}

/// Fills in and signs.
pub(super) fn build(request: &Request, with: &With<'_>, moment: Moment) -> Result<Built, BuildError> {
    let mut url = Url::parse(&with.fill(&request.url)?).map_err(|_| BuildError::Url)?;
    let mut pairs = Vec::new();
    for (key, value) in &request.query {
        pairs.push(format!("{}={}", strict(key), strict(&with.fill_text(value)?)));
    }
    if !pairs.is_empty() {
        pairs.sort();
        url.set_query(Some(&pairs.join("&")));
    }
    let mut headers = Vec::new();
    for (name, value) in &request.headers {
        headers.push((name.to_lowercase(), with.fill(value)?));
    }
    let (kind, body) = match (&request.json, &request.form) {
        (Some(json), _) => (
            Some("application/json; charset=utf-8"),
            with.fill_value(json)?.to_string(),
        ),
        (None, Some(form)) => {
            let mut pairs = Vec::new();
            for (key, value) in form {
                pairs.push((key, with.fill_text(value)?));
            }
            let body = serde_urlencoded::to_string(pairs).map_err(|_| BuildError::Url)?;
            (Some("application/x-www-form-urlencoded"), body)
        }
        (None, None) => (None, String::new()),
    };
    if let Some(kind) = kind
        && !headers.iter().any(|(name, _)| name == "content-type")
    {
        headers.push(("content-type".into(), kind.into()));
    }
    let mut built = Built {
        method: request.method.to_uppercase(),
        url,
        headers,
        body,
    };
    sign::sign(&request.sign, &mut built, with, &moment)?;
    Ok(built)
}
