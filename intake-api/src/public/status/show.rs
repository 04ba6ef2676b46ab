//! The page of a status.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use platform::{receipt::ReportId, text::Lang};

use super::question::{Question, Wrong};
use crate::public::{
    page::{Page, Switch, moment, render},
    progress::{Progress, State, Step, StepName},
    state::App,
};

/// What the page has to say.
pub(super) enum Told {
    Nothing,
    Progress(ReportId, Progress),
    /// The text's key.
    Problem(&'static str),
    Misread(Wrong),
}

struct Line {
    name: &'static str,
    done: bool,
    /// What is said of it: when it was done, or by when it is due.
    text: String,
    late: bool,
    /// Who was told of the delay, and what else is to be said.
    more: Vec<String>,
}

#[derive(Template)]
#[template(path = "public/status.html")]
pub(super) struct StatusPage {
    page: Page,
    question: Question,
    problem: Option<&'static str>,
    receipt_problem: String,
    code_problem: String,
    receipt: String,
    lines: Vec<Line>,
    late: Option<String>,
    /// That some of it, or all, was ended with approval.
    waived: Option<&'static str>,
    provisional: bool,
    hotline: String,
}

impl StatusPage {
    pub(super) fn new(app: &App, lang: Lang, question: Question, told: Told) -> Self {
        let mut page = Self {
            page: Page::new(app, lang, Switch::Link("/status")),
            question,
            problem: None,
            receipt_problem: String::new(),
            code_problem: String::new(),
            receipt: String::new(),
            lines: Vec::new(),
            late: None,
            waived: None,
            provisional: false,
            hotline: app.pack().pack.hotline(lang.pack()).to_owned(),
        };
        match told {
            Told::Nothing => {}
            Told::Problem(key) => page.problem = Some(lang.t(key)),
            Told::Misread(wrong) => {
                page.receipt_problem = wrong.receipt_words(lang).unwrap_or_default();
                page.code_problem = wrong.code_words(lang).unwrap_or_default();
            }
            Told::Progress(id, progress) => {
                page.receipt = id.to_string();
                page.late = progress.late.then(|| told_words(lang, "status.late", &progress));
                page.waived = progress.waived.then(|| {
                    let all = progress.state == State::Waived;
                    lang.t(if all { "status.all_waived" } else { "status.waived" })
                });
                page.provisional = progress.steps.iter().any(|step| step.provisional);
                page.lines = progress.steps.iter().map(|step| line(lang, step)).collect();
            }
        }
        page
    }

    pub(super) fn render(&self, status: StatusCode) -> Response {
        render(status, self)
    }
}

fn told_words(lang: Lang, key: &str, progress: &Progress) -> String {
    let names: Vec<_> = progress
        .told
        .iter()
        .map(|told| lang.t(&format!("status.told.{}", told.as_str())))
        .collect();
    if names.is_empty() {
        return lang.t(&format!("{key}_untold")).to_owned();
    }
    lang.fill(key, &[("who", &names.join(lang.t("status.and")))])
}

fn line(lang: Lang, step: &Step) -> Line {
    let mut more = Vec::new();
    let text = match (step.at, step.due_at) {
        (Some(at), _) => moment(lang, at),
        (None, Some(due)) => {
            let key = if step.late { "status.overdue" } else { "status.due" };
            let mut text = lang.fill(key, &[("at", &moment(lang, due))]);
            if step.provisional {
                text += lang.t("status.provisional_mark");
            }
            text
        }
        (None, None) if step.missed => lang.t("status.missed").to_owned(),
        (None, None) => lang.t("status.not_yet").to_owned(),
    };
    if step.close_requested {
        more.push(lang.t("status.close_requested").to_owned());
    }
    if step.step == StepName::Triage {
        more.push(lang.t("status.triage_text").to_owned());
    }
    Line {
        // What has not happened is not named as if it had: "见到孩子", not "已见到孩子".
        name: lang.t(&format!(
            "status.{}.{}",
            if step.at.is_some() { "step" } else { "wait" },
            step.step.as_str()
        )),
        done: step.at.is_some(),
        text,
        late: step.late,
        more,
    }
}
