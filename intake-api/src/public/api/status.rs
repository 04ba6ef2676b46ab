//! `POST /api/v1/status`: by receipt **and** follow-up code, in the body, because an address ends up in logs.

use axum::{
    Extension, Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use casework::report::FieldError;
use platform::text::Lang;
use serde::{Deserialize, Serialize};

use crate::public::{
    body,
    limit::Client,
    origin,
    problem::{Kind, Problem},
    progress::Progress,
    state::App,
    status::{AskError, fetch, question::Wrong},
};
use crate::web::encoding;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    receipt: String,
    follow_up_code: String,
}

#[derive(Serialize)]
struct Answer {
    receipt: String,
    #[serde(flatten)]
    progress: Progress,
}

/// Says how far a report has come.
pub(super) async fn ask(
    State(app): State<App>,
    Extension(lang): Extension<Lang>,
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
            body::BodyError::TooLarge => Problem::new(Kind::TooLarge, lang),
            body::BodyError::Broken => Problem::new(Kind::NotJson, lang),
        })?;
    let body = encoding::declared(&parts.headers)
        .and_then(|declared| encoding::text(body, declared))
        .map_err(|_| Problem::new(Kind::NotText, lang))?;
    let value: serde_json::Value = serde_json::from_str(&body).map_err(|_| Problem::new(Kind::NotJson, lang))?;
    let question: Question = serde_json::from_value(value).map_err(|error| {
        let wrong = FieldError {
            pointer: String::new(),
            detail: error.to_string(),
            code: "invalid-question",
        };
        Problem::fields(Kind::InvalidQuestion, lang, vec![wrong])
    })?;
    let (receipt, progress) = fetch(&app, client, &question.receipt, &question.follow_up_code)
        .await
        .map_err(|error| match error {
            // Nothing was to be stored here.
            AskError::Busy(seconds) => Problem::busy(lang, seconds).saying("status.busy"),
            AskError::Misread(wrong) => Problem::said(Kind::InvalidQuestion, lang, misread(lang, wrong)),
            AskError::Slip | AskError::Unknown => Problem::new(Kind::UnknownReceipt, lang),
            AskError::Unavailable => Problem::new(Kind::Unavailable, lang),
        })?;
    Ok(Json(Answer {
        receipt: receipt.to_string(),
        progress,
    })
    .into_response())
}

/// The fields of which the length is wrong, in words. A slip of the finger in a receipt is an unknown receipt.
fn misread(lang: Lang, wrong: Wrong) -> Vec<FieldError> {
    let fields = [
        ("/receipt", wrong.receipt_words(lang)),
        ("/follow_up_code", wrong.code_words(lang)),
    ];
    let named = fields.into_iter().filter_map(|(pointer, words)| {
        Some(FieldError {
            pointer: pointer.into(),
            detail: words?,
            code: "wrong-length",
        })
    });
    named.collect()
}
