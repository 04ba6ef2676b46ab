//! `POST /callbacks/{report_id}`: how a call went.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    clock,
    store::{CallbackRecorded, CallbackTry},
    text::Lang,
};

use super::{
    call::{Typed, keep},
    open::identity,
    page::{Said, show},
    result::result,
};
use crate::internal::{
    Internal,
    auth::Office,
    page::{Language, words},
};

/// Records it, or says who was faster and keeps what was typed.
pub(crate) async fn record(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    let identity = match identity(&internal, id).await {
        Ok(identity) => identity,
        Err(response) => return response,
    };
    let mut said = Said::default();
    let status = match typed.sent().call(identity.as_deref()) {
        Err(key) => {
            said.bad = Some(lang.t(key).to_owned());
            said.typed = Some(typed);
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Ok(call) => match keep(&internal, &actor, id, call).await {
            Err(response) => return response,
            Ok(CallbackRecorded::Now(done)) => {
                said.good = Some(lang.t(follows(&done)).to_owned());
                StatusCode::OK
            }
            Ok(CallbackRecorded::Before(done)) => {
                // A person is their account: another of the same name is told that nothing was stored, and loses no word.
                let double_click = done.by_account == Some(actor.person.account.id) && done.result == typed.result;
                let key = if double_click {
                    "callback.twice"
                } else {
                    "callback.before"
                };
                let text = Some(before(lang, key, &done));
                if double_click {
                    said.good = text;
                    StatusCode::OK
                } else {
                    said.bad = text;
                    said.typed = Some(typed);
                    StatusCode::CONFLICT
                }
            }
            Ok(CallbackRecorded::NotDue) => {
                said.bad = Some(lang.t("callback.not_due").to_owned());
                said.typed = Some(typed);
                StatusCode::CONFLICT
            }
            Ok(CallbackRecorded::NotReopenable) => {
                said.bad = Some(lang.t("callback.not_reopenable").to_owned());
                said.typed = Some(typed);
                StatusCode::UNPROCESSABLE_ENTITY
            }
        },
    };
    show(&internal, &actor, lang, id, status, said).await
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

pub(super) fn before(lang: Lang, key: &str, done: &CallbackTry) -> String {
    lang.fill(
        key,
        &[
            ("by", &done.by_name),
            ("at", &words::moment(lang, done.at, clock::now())),
            ("result", result(lang, &done.result)),
        ],
    )
}
