//! `POST /api/v1/reports`

use axum::{
    Extension, Json,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use casework::report::{FieldError, ParseError, Report};
use platform::text::Lang;

use super::drill;
use crate::{
    intake::accept::{Channel, Submission},
    public::{
        body::{self, BodyError},
        deadline::Deadline,
        limit::Client,
        origin,
        problem::{Kind, Problem},
        state::{App, Refusal},
    },
    web::encoding,
};

const KEY: &str = "idempotency-key";

/// Files a report; 201 only after its commit. A missing content type is JSON: a report is not lost for a missing header. What
/// a form of any other site could send is refused.
pub(super) async fn file(
    State(app): State<App>,
    Extension(lang): Extension<Lang>,
    Extension(until): Extension<Deadline>,
    client: Client,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    if origin::elsewhere(&parts.headers, &app.public_url) {
        return Err(Problem::new(Kind::Elsewhere, lang));
    }
    if origin::simple(&parts.headers) {
        return Err(Problem::new(Kind::NotJsonType, lang));
    }
    let body = body::read(&parts, body, app.limits.body_limit_bytes)
        .await
        .map_err(|error| match error {
            BodyError::TooLarge => Problem::new(Kind::TooLarge, lang),
            BodyError::Broken => Problem::new(Kind::NotJson, lang),
        })?;
    let not_text = |_| Problem::new(Kind::NotText, lang);
    let body = encoding::declared(&parts.headers)
        .and_then(|declared| encoding::text(body, declared))
        .map_err(not_text)?;
    let drill = drill::is_drill(&parts.headers, app.drill_secret.as_deref())
        .map_err(|_| Problem::new(Kind::DrillRefused, lang))?;
    let report = Report::parse(body.as_bytes()).map_err(|error| match error {
        ParseError::NotJson(_) => Problem::new(Kind::NotJson, lang),
        ParseError::Invalid(errors) => Problem::fields(Kind::InvalidReport, lang, errors),
    })?;
    let unknown = app.unknown_situations(&report);
    if !unknown.is_empty() {
        return Err(Problem::fields(Kind::InvalidReport, lang, unknown));
    }
    let idempotency_key = key(&parts.headers).map_err(|error| Problem::fields(Kind::InvalidKey, lang, vec![error]))?;
    let keyed = idempotency_key.is_some();
    let submission = Submission {
        report,
        idempotency_key,
        client: client.to_string(),
        drill,
        channel: Channel::Api,
    };
    let accepted = app
        .submit(client, submission, until)
        .await
        .map_err(|refusal| match refusal {
            Refusal::Busy(seconds) => Problem::busy(lang, seconds),
            Refusal::KeyReused => Problem::new(Kind::KeyReused, lang),
            Refusal::NotStored => Problem::new(Kind::NotStored, lang),
            Refusal::Unknown if keyed => Problem::new(Kind::Unsure, lang),
            Refusal::Unknown => Problem::new(Kind::UnsureWithoutKey, lang),
        })?;
    Ok((StatusCode::CREATED, Json(accepted)).into_response())
}

/// The client's key, verbatim.
fn key(headers: &HeaderMap) -> Result<Option<String>, FieldError> {
    let mut given = headers.get_all(KEY).iter();
    let Some(first) = given.next() else { return Ok(None) };
    let bytes = first.as_bytes();
    let fits = (1..=255).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    match (first.to_str(), given.next()) {
        (Ok(key), None) if fits => Ok(Some(key.to_owned())),
        _ => Err(FieldError {
            pointer: String::new(),
            detail: "the Idempotency-Key header must be given once, with 1 to 255 visible ASCII characters".into(),
            code: "invalid-key",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_visible_ascii_and_taken_verbatim() {
        let with = |value: &[u8]| {
            HeaderMap::from_iter([(
                axum::http::HeaderName::from_static(KEY),
                axum::http::HeaderValue::from_bytes(value).unwrap(),
            )])
        };
        assert_eq!(key(&HeaderMap::new()), Ok(None));
        assert_eq!(key(&with(b"A~!\"b")), Ok(Some("A~!\"b".to_owned())));
        assert_eq!(key(&with(&[b'x'; 255])), Ok(Some("x".repeat(255))));
        for bad in [&b""[..], b"a b", &[b'x'; 256], "键".as_bytes(), b"a\tb"] {
            assert_eq!(key(&with(bad)).unwrap_err().code, "invalid-key", "{bad:?}");
        }
        let mut twice = with(b"a");
        twice.append(KEY, axum::http::HeaderValue::from_static("a"));
        assert!(key(&twice).is_err());
    }
}
