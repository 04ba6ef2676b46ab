//! `POST /callbacks/{report_id}/decide`: 不满意 is decided by a second person, or tickets are reopened after all.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use casework::callback::FollowUp;
use platform::{clock, store::Decided};

use super::{
    call::{Typed, settle},
    page::{Said, show},
};
use crate::internal::{
    Internal,
    auth::Office,
    page::{Language, words},
};

/// Decides, or says why not.
pub(crate) async fn decide(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    let sent = typed.sent();
    let asked = sent.follow_up().and_then(|follow_up| {
        let attempt = sent.attempt.ok_or("callback.need_follow_up")?;
        Ok((
            attempt,
            if follow_up == FollowUp::Reopen {
                typed.tickets()
            } else {
                Vec::new()
            },
        ))
    });
    let mut said = Said::default();
    let (status, text) = match asked {
        Err(key) => (StatusCode::UNPROCESSABLE_ENTITY, lang.t(key).to_owned()),
        Ok((attempt, tickets)) => match settle(&internal, &actor, id, attempt, tickets).await {
            Err(response) => return response,
            Ok(Decided::Now) => (StatusCode::OK, lang.t("callback.decided").to_owned()),
            Ok(Decided::Before(done)) => {
                let by = done.decided_by.as_deref().unwrap_or_default();
                let at = done
                    .decided_at
                    .map(|at| words::moment(lang, at, clock::now()))
                    .unwrap_or_default();
                (
                    StatusCode::CONFLICT,
                    lang.fill("callback.decided_before", &[("by", by), ("at", &at)]),
                )
            }
            Ok(Decided::SamePerson) => (StatusCode::FORBIDDEN, lang.t("callback.same_person").to_owned()),
            Ok(Decided::NotFound) => (StatusCode::CONFLICT, lang.t("callback.nothing_undecided").to_owned()),
            Ok(Decided::NotReopenable) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                lang.t("callback.not_reopenable").to_owned(),
            ),
        },
    };
    if status == StatusCode::OK {
        said.good = Some(text);
    } else {
        said.bad = Some(text);
        said.typed = Some(typed);
    }
    show(&internal, &actor, lang, id, status, said).await
}
