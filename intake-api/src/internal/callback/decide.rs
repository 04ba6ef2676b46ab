//! `POST /callbacks/{report_id}/decide`: 不满意 is decided by a second person, or tickets are reopened after all.

use axum::{Form, extract::Path, http::StatusCode, response::Response};
use casework::callback::FollowUp;
use platform::{
    clock,
    store::{Decided, ReportId, TicketId},
};

use super::{
    call::{Typed, settle},
    page::{Said, show},
};
use crate::internal::{By, again::Again, auth::Office, error::PageError, page::words};

/// Decides, or says why not.
pub(crate) async fn decide(
    by: By<Office>,
    Path(id): Path<ReportId>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let refused = |status, key| (status, Said::bad(by.t(key)));
    let (status, said) = match asked(&typed) {
        Err(key) => refused(StatusCode::UNPROCESSABLE_ENTITY, key),
        Ok((attempt, tickets)) => match settle(&by, id, attempt, tickets).await? {
            Decided::Now => (StatusCode::OK, Said::good(by.t("callback.decided"))),
            Decided::Before(done) => {
                let who = done.decided_by.as_deref().unwrap_or_default();
                let at = done.decided_at.map(|at| words::moment(by.lang, at, clock::now()));
                let values = [("by", who), ("at", &at.unwrap_or_default())];
                let text = by.lang.fill("callback.decided_before", &values);
                (StatusCode::CONFLICT, Said::bad(text))
            }
            Decided::SamePerson => refused(StatusCode::FORBIDDEN, "callback.same_person"),
            Decided::NotFound => refused(StatusCode::CONFLICT, "callback.nothing_undecided"),
            Decided::NotReopenable => refused(StatusCode::UNPROCESSABLE_ENTITY, "callback.not_reopenable"),
        },
    };
    show(&by, id, Again::of_act(status, said, typed)).await
}

/// Which call is decided, and the tickets that are reopened; or the key of what is missing.
fn asked(typed: &Typed) -> Result<(i16, Vec<TicketId>), &'static str> {
    let sent = typed.sent();
    let follow_up = sent.follow_up()?;
    let attempt = sent.attempt.ok_or("callback.need_follow_up")?;
    Ok(match follow_up {
        FollowUp::Reopen => (attempt, typed.tickets()),
        FollowUp::Keep => (attempt, Vec::new()),
    })
}
