//! Answers that say no, in the form of RFC 9457: `type` and `title` for programs, `detail` for people.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use casework::report::{FieldError, limits};
use platform::text::Lang;
use serde::Serialize;

/// What can go wrong. Each has one status and one `type`, which never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    NotJson,
    NotText,
    TooLarge,
    InvalidReport,
    InvalidQuestion,
    InvalidKey,
    KeyReused,
    Busy,
    NotStored,
    Unsure,
    UnsureWithoutKey,
    TimedOut,
    DrillRefused,
    UnknownReceipt,
    NotFound,
    MethodNotAllowed,
    Unavailable,
    Internal,
    Elsewhere,
    NotJsonType,
}

impl Kind {
    /// All, for the OpenAPI document's test.
    #[cfg(test)]
    pub(super) const ALL: [Self; 20] = [
        Self::NotJson,
        Self::NotText,
        Self::TooLarge,
        Self::InvalidReport,
        Self::InvalidQuestion,
        Self::InvalidKey,
        Self::KeyReused,
        Self::Busy,
        Self::NotStored,
        Self::Unsure,
        Self::UnsureWithoutKey,
        Self::TimedOut,
        Self::DrillRefused,
        Self::UnknownReceipt,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Unavailable,
        Self::Internal,
        Self::Elsewhere,
        Self::NotJsonType,
    ];

    /// Status, last part of `type` and of the text's key, title.
    pub(super) const fn facts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotJson => (StatusCode::BAD_REQUEST, "not-json", "The body is not JSON"),
            Self::NotText => (
                StatusCode::BAD_REQUEST,
                "not-text",
                "The body is no text of its encoding",
            ),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large"),
            Self::InvalidReport => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-report",
                "The report has invalid fields",
            ),
            Self::InvalidQuestion => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-question",
                "The question has invalid fields",
            ),
            Self::InvalidKey => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-key",
                "The Idempotency-Key header is invalid",
            ),
            Self::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "key-reused",
                "The Idempotency-Key was used for another report",
            ),
            Self::Busy => (
                StatusCode::TOO_MANY_REQUESTS,
                "busy",
                "Too many requests from this address",
            ),
            Self::NotStored => (
                StatusCode::SERVICE_UNAVAILABLE,
                "not-stored",
                "The report is not stored",
            ),
            Self::Unsure => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unsure",
                "It is not known whether the report is stored",
            ),
            Self::UnsureWithoutKey => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unsure-without-key",
                "It is not known whether the report is stored, and it has no Idempotency-Key",
            ),
            Self::TimedOut => (
                StatusCode::SERVICE_UNAVAILABLE,
                "timed-out",
                "The request took too long",
            ),
            Self::DrillRefused => (
                StatusCode::FORBIDDEN,
                "drill-refused",
                "The drill secret is not accepted",
            ),
            Self::UnknownReceipt => (
                StatusCode::NOT_FOUND,
                "unknown-receipt",
                "No report with this receipt and follow-up code",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "No such address"),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Method not allowed",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The service is not available",
            ),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "The service failed"),
            Self::Elsewhere => (StatusCode::FORBIDDEN, "elsewhere", "Sent by a page of another site"),
            Self::NotJsonType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-json-type",
                "The content type is not JSON",
            ),
        }
    }

    /// Seconds after which a second try makes sense, where that is always the same.
    fn retry_after_s(self) -> Option<u64> {
        matches!(
            self,
            Self::NotStored | Self::Unsure | Self::UnsureWithoutKey | Self::TimedOut | Self::Unavailable
        )
        .then_some(5)
    }
}

/// One such answer.
#[derive(Debug)]
pub(super) struct Problem {
    kind: Kind,
    lang: Lang,
    errors: Vec<FieldError>,
    /// The details of the errors are words for people already.
    said: bool,
    /// The key of its detail, where that of its kind says something else.
    detail: Option<&'static str>,
    retry_after_s: Option<u64>,
}

impl Problem {
    /// Without fields.
    pub(super) fn new(kind: Kind, lang: Lang) -> Self {
        Self {
            kind,
            lang,
            errors: Vec::new(),
            said: false,
            detail: None,
            retry_after_s: kind.retry_after_s(),
        }
    }

    /// With the wrong fields.
    pub(super) fn fields(kind: Kind, lang: Lang, errors: Vec<FieldError>) -> Self {
        Self {
            errors,
            ..Self::new(kind, lang)
        }
    }

    /// With fields whose details are in the reader's words already.
    pub(super) fn said(kind: Kind, lang: Lang, errors: Vec<FieldError>) -> Self {
        Self {
            said: true,
            ..Self::fields(kind, lang, errors)
        }
    }

    /// The same with a detail of its own.
    pub(super) fn saying(self, key: &'static str) -> Self {
        Self {
            detail: Some(key),
            ..self
        }
    }

    /// 429 until so many seconds have passed.
    pub(super) fn busy(lang: Lang, retry_after_s: u64) -> Self {
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::new(Kind::Busy, lang)
        }
    }
}

#[derive(Serialize)]
struct Wire {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<WireError>,
}

#[derive(Serialize)]
struct WireError {
    pointer: String,
    detail: String,
    code: &'static str,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, slug, title) = self.kind.facts();
        let errors = self.errors.into_iter().map(|error| WireError {
            detail: if self.said {
                error.detail
            } else {
                field_detail(self.lang, &error)
            },
            pointer: error.pointer,
            code: error.code,
        });
        let wire = Wire {
            r#type: format!("urn:shouwang:problem:{slug}"),
            title,
            status: status.as_u16(),
            detail: self.lang.t(self.detail.unwrap_or(&format!("problem.{slug}"))),
            errors: errors.collect(),
        };
        let mut response = (status, Json(wire)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// What is wrong with a field. English is as precise as `casework` says it; Chinese follows the stable code.
pub(super) fn field_detail(lang: Lang, error: &FieldError) -> String {
    match lang {
        Lang::En => error.detail.clone(),
        Lang::Zh => {
            let max = max_chars(&error.pointer).to_string();
            lang.fill(&format!("problem.field.{}", error.code), &[("max", &max)])
        }
    }
}

/// The most characters that a text field takes, by the last part of its pointer.
pub(super) fn max_chars(pointer: &str) -> usize {
    match pointer.rsplit('/').next().unwrap_or_default() {
        "name" => limits::NAME,
        "phone" => limits::PHONE,
        "id_number" => limits::ID_NUMBER,
        "narrative" => limits::NARRATIVE,
        "area" => 12,
        "children" => limits::CHILDREN,
        "situations" => limits::SITUATIONS,
        _ => limits::LINE,
    }
}
