//! `POST /callbacks/{report_id}`: how a call went.

use axum::{Form, extract::Path, http::StatusCode, response::Response};
use platform::{
    clock,
    store::{CallbackRecorded, CallbackTry, ReportId},
    text::Lang,
};

use super::{
    call::{Typed, keep},
    open::anonymous,
    page::{Said, show},
    result::result,
};
use crate::internal::{By, again::Again, auth::Office, error::PageError, page::words};

/// Records it, or says who was faster and keeps what was typed.
pub(crate) async fn record(
    by: By<Office>,
    Path(id): Path<ReportId>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let anonymous = anonymous(&by.internal, id).await?;
    let refused = |status, key| (status, Said::bad(by.t(key)));
    let (status, said) = match typed.sent().call(anonymous) {
        Err(key) => refused(StatusCode::UNPROCESSABLE_ENTITY, key),
        Ok(call) => match keep(&by, id, call).await? {
            CallbackRecorded::Now(done) => (StatusCode::OK, Said::good(by.t(follows(&done)))),
            CallbackRecorded::Before(done) => {
                // A person is their account: another of the same name is told that nothing was stored, and loses no word.
                if done.by_account == Some(by.me()) && done.result.as_str() == typed.result {
                    (StatusCode::OK, Said::good(before(by.lang, "callback.twice", &done)))
                } else {
                    let text = before(by.lang, "callback.before", &done);
                    (StatusCode::CONFLICT, Said::bad(text))
                }
            }
            CallbackRecorded::NotDue => refused(StatusCode::CONFLICT, "callback.not_due"),
            CallbackRecorded::NotReopenable => refused(StatusCode::UNPROCESSABLE_ENTITY, "callback.not_reopenable"),
        },
    };
    show(&by, id, Again::of_act(status, said, typed)).await
}

/// What follows from a call, as a sentence.
fn follows(done: &CallbackTry) -> &'static str {
    match (done.result.as_str(), done.retry_at, done.decision.as_deref()) {
        ("unreachable", Some(_), _) => "callback.recorded_again",
        ("unreachable", None, _) => "callback.recorded_unreachable",
        ("dissatisfied", _, Some(_)) => "callback.recorded_reopened",
        ("dissatisfied", _, None) => "callback.recorded_undecided",
        _ => "callback.recorded",
    }
}

/// Who was faster, when and how.
fn before(lang: Lang, key: &str, done: &CallbackTry) -> String {
    lang.fill(
        key,
        &[
            ("by", &done.by_name),
            ("at", &words::moment(lang, done.at, clock::now())),
            ("result", result(lang, done.result)),
        ],
    )
}
