//! The reporter's form: one page, one POST, no account, no script needed.
//!
//! Whatever goes wrong, the page comes back with everything that was typed. The hidden idempotency key is made when the
//! page is made, so that an impatient second tap, a retry on a bad line or the back button gives the same receipt.

mod errors;
mod typed;
mod view;
pub(super) mod words;

use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Redirect, Response},
};
use platform::text::Lang;

use self::{
    errors::Errors,
    typed::{Act, Typed},
    view::{ChildPage, FormPage, Trouble},
};
use super::{
    body::{self, BodyError, GIVEN_BACK},
    deadline::Deadline,
    limit::Client,
    origin,
    page::{Notice, Page, Switch, render},
    receipt::{self, Slip},
    state::{App, Refusal},
};
use crate::intake::accept::{Channel, Submission};

/// The empty form.
pub(super) async fn show(State(app): State<App>, Extension(lang): Extension<Lang>) -> Response {
    let typed = Typed::new();
    let shown = Shown {
        switch: Switch::Link("/"),
        ..Shown::of(StatusCode::OK, &typed)
    };
    receipt::probe(&app, shown.page(&app, lang))
}

/// 我就是这个孩子: the short way, with what a child is asked and no more.
pub(super) async fn child(State(app): State<App>, Extension(lang): Extension<Lang>) -> Response {
    let typed = Typed::new_of_child();
    let shown = Shown {
        switch: Switch::Link("/child"),
        ..Shown::of(StatusCode::OK, &typed)
    };
    receipt::probe(&app, shown.page(&app, lang))
}

/// Somebody who opens the address of a sent form again starts anew.
pub(super) async fn back() -> Redirect {
    Redirect::to("/")
}

/// The form with what was typed, whichever of the two it is.
struct Shown<'t> {
    status: StatusCode,
    typed: &'t Typed,
    switch: Switch,
    errors: Errors,
    trouble: Option<Trouble>,
}

impl<'t> Shown<'t> {
    fn of(status: StatusCode, typed: &'t Typed) -> Self {
        Self {
            status,
            typed,
            switch: Switch::Form,
            errors: Errors::default(),
            trouble: None,
        }
    }

    fn page(self, app: &App, lang: Lang) -> Response {
        let loaded = app.pack();
        let page = Page::new(app, lang, self.switch);
        let form = FormPage::new(page, &loaded, self.typed, self.errors, self.trouble);
        if self.typed.is_of_child() {
            render(self.status, &ChildPage::new(form, &loaded.pack))
        } else {
            render(self.status, &form)
        }
    }
}

/// Files the form, or shows it again.
pub(super) async fn file(
    State(app): State<App>,
    Extension(lang): Extension<Lang>,
    Extension(until): Extension<Deadline>,
    client: Client,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let limit = app.limits.body_limit_bytes;
    let read = body::read(&parts, body, limit.saturating_mul(GIVEN_BACK))
        .await
        .map_err(|error| match error {
            BodyError::TooLarge => Notice::TooLarge,
            BodyError::Broken => Notice::BadForm,
        });
    let large = read.as_ref().is_ok_and(|body| body.len() > limit);
    let pairs = match read.and_then(|body| body::form(&parts.headers, body)) {
        Ok(pairs) => pairs,
        Err(notice) => return notice.page(&app, lang),
    };
    let (mut typed, act) = Typed::from_pairs(pairs);
    if origin::elsewhere(&parts.headers, &app.public_url) {
        // Whoever meant it presses once more, now on a page of ours. The key is another: that page may not know it.
        typed.renew_key();
        let shown = Shown {
            trouble: Some(Trouble::Elsewhere),
            ..Shown::of(StatusCode::FORBIDDEN, &typed)
        };
        return shown.page(&app, lang);
    }
    match act {
        Act::File => {
            let filing = Filing {
                lang,
                client,
                until,
                headers: &parts.headers,
                large,
            };
            return filing.submit(&app, typed).await;
        }
        Act::Keep => {}
        Act::AddChild => typed.add_child(),
        Act::RemoveChild(index) => typed.remove_child(index),
    }
    Shown::of(StatusCode::OK, &typed).page(&app, lang)
}

/// A form that is to be filed.
struct Filing<'a> {
    lang: Lang,
    client: Client,
    until: Deadline,
    headers: &'a HeaderMap,
    /// Larger than a report may be: it comes back with its mistakes named.
    large: bool,
}

impl Filing<'_> {
    /// Files it, or shows it again.
    async fn submit(self, app: &App, mut typed: Typed) -> Response {
        let read = typed
            .report(app.pack().pack.areas())
            .and_then(|report| match app.unknown_situations(&report) {
                unknown if unknown.is_empty() => Ok(report),
                unknown => Err(unknown),
            });
        let report = match read {
            Ok(report) if !self.large => report,
            read => {
                let status = if self.large {
                    StatusCode::PAYLOAD_TOO_LARGE
                } else {
                    StatusCode::UNPROCESSABLE_ENTITY
                };
                let errors = Errors::of(self.lang, &read.err().unwrap_or_default());
                typed.make_showable();
                let trouble = self.large.then_some(Trouble::TooLarge);
                let shown = Shown {
                    errors,
                    trouble,
                    ..Shown::of(status, &typed)
                };
                return shown.page(app, self.lang);
            }
        };
        let submission = Submission {
            report: report.clone(),
            idempotency_key: Some(format!("form:{}", typed.get("key"))),
            client: self.client.to_string(),
            drill: false,
            channel: Channel::Form,
        };
        let (status, trouble, wait_s) = match app.submit(self.client, submission, self.until).await {
            Ok(accepted) => return receipt::answer(app, self.lang, self.headers, Slip::of(&report, accepted)),
            Err(Refusal::Busy(wait_s)) => (StatusCode::TOO_MANY_REQUESTS, Trouble::Busy, Some(wait_s)),
            Err(Refusal::NotStored) => (StatusCode::SERVICE_UNAVAILABLE, Trouble::NotStored, Some(5)),
            // The writer may still be at it. The form keeps its key, so that sending it again files nothing twice.
            Err(Refusal::Unknown) => (StatusCode::SERVICE_UNAVAILABLE, Trouble::Unsure, Some(5)),
            Err(Refusal::KeyReused) => {
                // Sent once, then changed after "back": it may be meant as a second report, so the next sending is one.
                typed.renew_key();
                (StatusCode::UNPROCESSABLE_ENTITY, Trouble::Changed, None)
            }
        };
        let shown = Shown {
            trouble: Some(trouble),
            ..Shown::of(status, &typed)
        };
        let mut response = shown.page(app, self.lang);
        if let Some(wait_s) = wait_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
        }
        response
    }
}

#[cfg(test)]
mod tests;
