//! One's own mail address for programs.

use axum::http::StatusCode;
use casework::calendar::rfc3339;
use platform::{
    clock,
    store::{CodeAsked, CodeTaken},
};
use serde::{Deserialize, Serialize};

use super::mail::{Set, send, set, take};
use crate::internal::{
    Answer, By,
    auth::{SignedIn, login::retry_after},
    error::ApiError,
    page::problem,
    wire::JsonBody,
};

/// One's own address.
#[derive(Serialize)]
pub(super) struct OwnMail {
    /// Null: there is none.
    mail: Option<String>,
    /// When a code that was sent there came back; null: it is unverified.
    verified_at: Option<String>,
    /// Until when the code that was sent last can be used; null: none is awaited.
    code_until: Option<String>,
}

/// An address to set; null takes it away.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMail {
    // Named, though it may be null: nobody takes an address away by leaving it out.
    #[serde(deserialize_with = "Option::deserialize")]
    mail: Option<String>,
}

/// A code that came.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    code: String,
}

/// `GET /api/v1/mail`
pub(super) async fn own(by: By<SignedIn>) -> Result<Answer<OwnMail>, ApiError> {
    let own = by.internal.people.own_mail(by.me(), clock::now()).await?;
    Ok(Answer(OwnMail {
        mail: own.mail,
        verified_at: own.verified_at.map(rfc3339),
        code_until: own.code_until.map(rfc3339),
    }))
}

/// `POST /api/v1/mail`: sets it. A code is asked for apart.
pub(super) async fn set_own(by: By<SignedIn>, JsonBody(new): JsonBody<NewMail>) -> Result<StatusCode, ApiError> {
    match set(&by, by.me(), new.mail.as_deref().unwrap_or_default()).await? {
        Set::Done { .. } | Set::Same => Ok(StatusCode::NO_CONTENT),
        Set::Wrong => Err(ApiError::key(422, "units.bad_mailbox")),
    }
}

/// `POST /api/v1/mail/code`: has a code sent there.
pub(super) async fn code(by: By<SignedIn>) -> Result<StatusCode, ApiError> {
    match send(&by).await? {
        CodeAsked::Queued => Ok(StatusCode::ACCEPTED),
        CodeAsked::Wait(until) => {
            let said = problem::api(429, "no code was sent: once a minute and five times a day");
            let seconds = (until - clock::now()).num_seconds().max(1);
            Err(retry_after(said, seconds).into())
        }
        CodeAsked::Shared => Err(ApiError::key(422, "phones.mail.shared")),
        CodeAsked::Nothing => Err(ApiError::key(409, "phones.mail.code_nothing")),
    }
}

/// `POST /api/v1/mail/verify`: the code that came.
pub(super) async fn verify(by: By<SignedIn>, JsonBody(typed): JsonBody<Code>) -> Result<StatusCode, ApiError> {
    match take(&by, &typed.code).await? {
        CodeTaken::Verified => Ok(StatusCode::NO_CONTENT),
        CodeTaken::Taken => Err(ApiError::key(409, "phones.mail.taken")),
        CodeTaken::Wrong(_) | CodeTaken::Over => Err(ApiError::key(422, "phones.mail.wrong_code")),
    }
}
