//! `/status`: how far a report has come, by receipt and follow-up code together. A wrong code and an unknown receipt get one
//! and the same answer; what is too short or too long to be either is said before anybody looks.

pub(super) mod question;
mod show;

use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use platform::{
    asked::{self, Misread},
    clock,
    receipt::ReportId,
    run::telemetry::chain,
    text::Lang,
};

use self::{
    question::{Question, Wrong},
    show::{StatusPage, Told},
};
use super::{body, limit::Client, page::Notice, progress::Progress, state::App};

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AskError {
    Busy(u64),
    /// Not both could be read.
    Misread(Wrong),
    /// The receipt number has its length and can't be one: a slip of the finger, which its last character shows.
    Slip,
    Unknown,
    Unavailable,
}

/// The status, for form and API.
pub(super) async fn fetch(
    app: &App,
    client: Client,
    receipt: &str,
    code: &str,
) -> Result<(ReportId, Progress), AskError> {
    let read = asked::read(receipt, code);
    let (id, code) = match (read.receipt, read.code) {
        (Ok(id), Ok(code)) => (id, code),
        (Err(Misread::Slip), Ok(_)) => {
            app.status_tries.take(client).map_err(AskError::Busy)?;
            return Err(AskError::Slip);
        }
        (receipt, code) => {
            let (receipt, code) = (receipt.err(), code.err());
            return Err(AskError::Misread(Wrong { receipt, code }));
        }
    };
    app.status_tries.take(client).map_err(AskError::Busy)?;
    match app.store.status_fetch(id, &app.keys.follow_up_mac(id, &code)).await {
        Ok(Some(status)) => Ok((id, Progress::of(&status, clock::now()))),
        Ok(None) => Err(AskError::Unknown),
        Err(error) => {
            tracing::error!(error = chain(&error), "a status was not read");
            Err(AskError::Unavailable)
        }
    }
}

/// The empty form.
pub(super) async fn show(State(app): State<App>, Extension(lang): Extension<Lang>) -> Response {
    StatusPage::new(&app, lang, Question::default(), Told::Nothing).render(StatusCode::OK)
}

/// The answer.
pub(super) async fn ask(
    State(app): State<App>,
    Extension(lang): Extension<Lang>,
    client: Client,
    request: Request,
) -> Response {
    let question = match question(request, app.limits.body_limit_bytes).await {
        Ok(question) => question,
        Err(notice) => return notice.page(&app, lang),
    };
    let (status, told, wait_s) = match fetch(&app, client, &question.receipt, &question.code).await {
        Ok((id, progress)) => {
            let told = Told::Progress(id, progress);
            return StatusPage::new(&app, lang, Question::default(), told).render(StatusCode::OK);
        }
        Err(AskError::Misread(wrong)) => (StatusCode::UNPROCESSABLE_ENTITY, Told::Misread(wrong), None),
        Err(AskError::Slip) => (StatusCode::NOT_FOUND, Told::Problem("status.receipt_slip"), None),
        Err(AskError::Unknown) => (StatusCode::NOT_FOUND, Told::Problem("status.unknown"), None),
        Err(AskError::Busy(wait_s)) => (
            StatusCode::TOO_MANY_REQUESTS,
            Told::Problem("status.busy"),
            Some(wait_s),
        ),
        Err(AskError::Unavailable) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Told::Problem("status.unavailable"),
            Some(5),
        ),
    };
    // What can't be a code comes back to be completed. A whole code does not: it is as good as a password, and somebody else
    // may press "back".
    let keep = matches!(told, Told::Misread(Wrong { code: Some(_), .. }));
    let code = if keep { question.code } else { String::new() };
    let receipt = question.receipt;
    let mut response = StatusPage::new(&app, lang, Question { receipt, code }, told).render(status);
    if let Some(wait_s) = wait_s {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    response
}

async fn question(request: Request, limit: usize) -> Result<Question, Notice> {
    let (parts, body) = request.into_parts();
    let body = body::read(&parts, body, limit).await.map_err(|error| match error {
        body::BodyError::TooLarge => Notice::TooLarge,
        body::BodyError::Broken => Notice::BadForm,
    })?;
    let mut question = Question::default();
    for (name, value) in body::form(&parts.headers, body)? {
        match name.as_str() {
            "receipt" => question.receipt = value,
            "code" => question.code = value,
            _ => {}
        }
    }
    Ok(question)
}
