//! `/answer/{call}/{code}`: the button that a mail opens. Who has the mail is whom it went to, so nobody logs in for it; looking
//! answers nothing, only the press does, and a second press changes nothing.
//!
//! It says as much as the mail did and opens no ticket. A wrong code and no such call are one answer.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use platform::{
    clock, seal,
    store::{AnsweredHow, BellAnswer, CallAsked, CallId},
};

use super::ladder::how;
use crate::internal::{
    Internal, detached,
    error::PageError,
    page::{Frame, Language, render, words},
};

#[derive(Template)]
#[template(path = "internal/rings/by_mail.html")]
struct AnswerPage {
    frame: Frame,
    /// None: the link is good for nothing.
    asked: Option<Asked>,
}

struct Asked {
    path: String,
    hello: String,
    what: String,
    drill: bool,
    open: bool,
    answered: Option<String>,
}

/// `GET /answer/{call}/{code}`
pub(super) async fn page(
    State(internal): State<Internal>,
    Language(lang): Language,
    Path((call, code)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let Some((id, asked)) = find(&internal, &call, &code).await? else {
        let page = AnswerPage {
            frame: Frame::nobody(lang),
            asked: None,
        };
        return Ok(render(StatusCode::NOT_FOUND, &page));
    };
    let now = clock::now();
    let office = internal.office.clone();
    detached(async move { office.call_opened(id, now).await }).await?;
    let answered = match (&asked.answered_by, asked.answered_at, asked.answered_how) {
        (Some(by), Some(at), Some(answer)) => {
            let at = words::moment(lang, at, now);
            let values = [("by", by.as_str()), ("at", &at), ("how", how(lang, *answer))];
            Some(lang.fill("rings.by_mail.answered", &values))
        }
        _ => None,
    };
    let count = asked.reports.to_string();
    let what = [
        ("count", count.as_str()),
        ("urgency", words::urgency(lang, asked.urgency)),
    ];
    let page = AnswerPage {
        asked: Some(Asked {
            path: format!("/answer/{id}/{code}"),
            hello: lang.fill(
                "rings.by_mail.hello",
                &[("name", &asked.person), ("unit", &asked.unit_name)],
            ),
            what: lang.fill("rings.by_mail.what", &what),
            drill: asked.drill,
            open: asked.open,
            answered,
        }),
        frame: Frame::nobody(lang),
    };
    Ok(render(StatusCode::OK, &page))
}

/// `POST /answer/{call}/{code}`
pub(super) async fn press(
    State(internal): State<Internal>,
    Path((call, code)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let Some((id, asked)) = find(&internal, &call, &code).await? else {
        return Err(PageError::NotFound);
    };
    let answer = BellAnswer {
        by: asked.account_id,
        how: AnsweredHow::Mail,
        recorded_by: None,
        at: clock::now(),
    };
    let office = internal.office.clone();
    detached(async move { office.bell_answer(&[id], answer).await }).await?;
    // The page says who answered first, this person or another.
    Ok(Redirect::to(&format!("/answer/{id}/{code}")).into_response())
}

/// The call of a link with the right code.
async fn find(internal: &Internal, call: &str, code: &str) -> Result<Option<(CallId, CallAsked)>, PageError> {
    let Ok(id) = call.parse::<CallId>() else {
        return Ok(None);
    };
    if !seal::same(internal.contacts.answer_code(id).as_bytes(), code.as_bytes()) {
        return Ok(None);
    }
    let asked = internal.office.call_asked(&internal.county, id).await?;
    Ok(asked.map(|asked| (id, asked)))
}
