//! `/status`: how far a report has come, by receipt and follow-up code together. A wrong code, an unknown receipt and a
//! slip of the finger get one and the same answer.

use askama::Template;
use axum::{
    Extension, Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use casework::pack::Pack;
use platform::{receipt::ReportId, telemetry::chain, text::Lang};
use serde::Deserialize;

use super::{
    App,
    limit::Client,
    page::{Notice, Page, Switch, moment, render},
    progress::Progress,
};

/// What is asked.
#[derive(Default, Deserialize)]
pub(super) struct Question {
    #[serde(default)]
    receipt: String,
    #[serde(default)]
    code: String,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AskError {
    Busy(u64),
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
    app.status_tries.take(client).map_err(AskError::Busy)?;
    let id: ReportId = receipt.parse().map_err(|_| AskError::Unknown)?;
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if code.len() != 16 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(AskError::Unknown);
    }
    match app
        .store
        .status_fetch(id.get(), &app.keys.follow_up_mac(id.get(), &code))
        .await
    {
        Ok(Some(status)) => Ok((id, Progress::of(&status))),
        Ok(None) => Err(AskError::Unknown),
        Err(error) => {
            tracing::error!(error = chain(&error), "a status was not read");
            Err(AskError::Unavailable)
        }
    }
}

struct Step {
    name: &'static str,
    /// Empty: not yet.
    at: String,
}

#[derive(Template)]
#[template(path = "public/status.html")]
struct StatusPage {
    page: Page,
    question: Question,
    problem: Option<&'static str>,
    receipt: String,
    steps: Vec<Step>,
    hotline: String,
}

fn hotline(pack: &Pack, lang: Lang) -> String {
    pack.hotline(lang.pack()).to_owned()
}

/// The empty form.
pub(super) async fn show(State(app): State<App>, Extension(lang): Extension<Lang>) -> Response {
    let page = Page::new(lang, Switch::Link("/status"));
    let hotline = hotline(&app.pack().pack, lang);
    render(
        StatusCode::OK,
        &StatusPage {
            page,
            question: Question::default(),
            problem: None,
            receipt: String::new(),
            steps: Vec::new(),
            hotline,
        },
    )
}

/// The answer.
pub(super) async fn ask(
    State(app): State<App>,
    Extension(lang): Extension<Lang>,
    client: Client,
    question: Result<Form<Question>, FormRejection>,
) -> Response {
    let Ok(Form(question)) = question else {
        return Notice::BadForm.page(lang);
    };
    let page = Page::new(lang, Switch::Link("/status"));
    let hotline = hotline(&app.pack().pack, lang);
    let (status, problem, wait_s) = match fetch(&app, client, &question.receipt, &question.code).await {
        Ok((id, progress)) => {
            let steps = steps(lang, &progress);
            return render(
                StatusCode::OK,
                &StatusPage {
                    page,
                    question: Question::default(),
                    problem: None,
                    receipt: id.to_string(),
                    steps,
                    hotline,
                },
            );
        }
        Err(AskError::Unknown) => (StatusCode::NOT_FOUND, "status.unknown", None),
        Err(AskError::Busy(wait_s)) => (StatusCode::TOO_MANY_REQUESTS, "status.busy", Some(wait_s)),
        Err(AskError::Unavailable) => (StatusCode::SERVICE_UNAVAILABLE, "status.unavailable", Some(5)),
    };
    // The code is not given back: it is as good as a password, and somebody else may press "back".
    let question = Question {
        code: String::new(),
        ..question
    };
    let mut response = render(
        status,
        &StatusPage {
            page,
            question,
            problem: Some(lang.t(problem)),
            receipt: String::new(),
            steps: Vec::new(),
            hotline,
        },
    );
    if let Some(wait_s) = wait_s {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    response
}

fn steps(lang: Lang, progress: &Progress) -> Vec<Step> {
    let mut steps = vec![
        ("received", Some(progress.received_at)),
        ("dispatched", progress.dispatched_at),
    ];
    if progress.professional {
        steps.extend([
            ("police-signed", progress.police_signed_at),
            ("child-seen", progress.child_seen_at),
        ]);
    }
    steps.push(("resolved", progress.resolved_at));
    let named = steps.into_iter().map(|(name, at)| Step {
        name: lang.t(&format!("status.step.{name}")),
        at: at.map(|at| moment(lang, at)).unwrap_or_default(),
    });
    named.collect()
}
