//! The reporter's form: one page, one POST, no account, no script needed.
//!
//! Whatever goes wrong, the page comes back with everything that was typed. The hidden idempotency key is made when the
//! page is made, so that an impatient second tap, a retry on a bad line or the back button gives the same receipt.

mod errors;
mod typed;
mod view;
pub(super) mod words;

use axum::{
    Extension, Form,
    body::Body,
    extract::{FromRequest, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use platform::text::Lang;

use self::{
    errors::Errors,
    typed::{Act, Typed},
    view::{FormPage, Trouble},
};
use super::{
    App, Refusal,
    body::{self, BodyError},
    limit::Client,
    page::{Notice, Switch, render},
    receipt,
};
use crate::accept::{Channel, Submission};

/// The empty form.
pub(super) async fn show(State(app): State<App>, Extension(lang): Extension<Lang>) -> Response {
    let pack = app.pack();
    render(
        StatusCode::OK,
        &FormPage::new(lang, &pack.pack, &Typed::new(), Switch::Link("/")),
    )
}

/// Somebody who opens the address of a receipt again starts anew.
pub(super) async fn back() -> Redirect {
    Redirect::to("/")
}

/// Files the form, or shows it again.
pub(super) async fn file(
    State(app): State<App>,
    Extension(lang): Extension<Lang>,
    client: Client,
    request: Request,
) -> Response {
    let pairs = match pairs(request, app.limits.body_limit_bytes).await {
        Ok(pairs) => pairs,
        Err(notice) => return notice.page(lang),
    };
    let (mut typed, act) = Typed::from_pairs(pairs);
    match act {
        Act::File => return submit(&app, lang, client, typed).await,
        Act::Keep => {}
        Act::AddChild => typed.add_child(),
        Act::RemoveChild(index) => typed.remove_child(index),
    }
    let pack = app.pack();
    render(StatusCode::OK, &FormPage::new(lang, &pack.pack, &typed, Switch::Form))
}

async fn submit(app: &App, lang: Lang, client: Client, mut typed: Typed) -> Response {
    let loaded = app.pack();
    let pack = &loaded.pack;
    let read = typed
        .report(pack.areas())
        .and_then(|report| match app.unknown_situations(&report) {
            unknown if unknown.is_empty() => Ok(report),
            unknown => Err(unknown),
        });
    let report = match read {
        Ok(report) => report,
        Err(errors) => {
            let page = FormPage::new(lang, pack, &typed, Switch::Form).with_errors(Errors::of(lang, &errors));
            return render(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let submission = Submission {
        report,
        idempotency_key: Some(format!("form:{}", typed.get("key"))),
        drill: false,
        channel: Channel::Form,
    };
    let (status, trouble, wait_s) = match app.submit(client, submission).await {
        Ok(accepted) => return receipt::page(lang, &accepted, pack.county_name(lang.pack())),
        Err(Refusal::Busy(wait_s)) => (StatusCode::TOO_MANY_REQUESTS, Trouble::Busy, Some(wait_s)),
        Err(Refusal::NotStored) => (StatusCode::SERVICE_UNAVAILABLE, Trouble::NotStored, Some(5)),
        Err(Refusal::KeyReused) => {
            // Sent once, then changed after "back": it may be meant as a second report, so the next sending is one.
            typed.renew_key();
            (StatusCode::UNPROCESSABLE_ENTITY, Trouble::Changed, None)
        }
    };
    let mut response = render(
        status,
        &FormPage::new(lang, pack, &typed, Switch::Form).with_trouble(trouble),
    );
    if let Some(wait_s) = wait_s {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    response
}

async fn pairs(request: Request, limit: usize) -> Result<Vec<(String, String)>, Notice> {
    let (parts, body) = request.into_parts();
    let body = body::read(body, limit).await.map_err(|error| match error {
        BodyError::TooLarge => Notice::TooLarge,
        BodyError::Broken => Notice::BadForm,
    })?;
    let request = Request::from_parts(parts, Body::from(body));
    let Form(pairs) = Form::from_request(request, &()).await.map_err(|rejection| {
        tracing::debug!(
            status = rejection.into_response().status().as_u16(),
            "a form was not readable"
        );
        Notice::BadForm
    })?;
    Ok(pairs)
}

#[cfg(test)]
mod tests;
