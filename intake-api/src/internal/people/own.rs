//! `/password`: one's own password; every other session ends with it.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use platform::{clock, text::Lang};
use serde::Deserialize;
use tracing::{error, info};

use super::{fields::unit_name, trail::new_act};
use crate::internal::{
    Internal,
    auth::{Actor, SignedIn, device::Device, entry, login::retry_after, password, weak::About},
    detached,
    page::{Frame, Language, problem, render},
};

#[derive(Template)]
#[template(path = "internal/people/password.html")]
struct PasswordPage {
    frame: Frame,
    error: Option<String>,
    done: bool,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Change {
    old: String,
    new: String,
    again: String,
}

/// `GET /password`
pub(crate) async fn page(actor: SignedIn, Language(lang): Language) -> Response {
    show(&actor, lang, StatusCode::OK, None, false)
}

/// `POST /password`. A wrong old password counts as a failed login, so that an open session does not help to guess it.
pub(crate) async fn change(
    State(internal): State<Internal>,
    actor: SignedIn,
    Language(lang): Language,
    device: Device,
    Form(form): Form<Change>,
) -> Response {
    let now = clock::now();
    let account = &actor.person.account;
    let tried = match entry::reserve(&internal, &account.login, &device, now).await {
        Ok(Ok(tried)) => tried,
        Ok(Err(free_at)) => {
            let seconds = entry::seconds_until(free_at, now);
            let said = lang.fill("login.wait", &[("seconds", &seconds.to_string())]);
            let page = show(&actor, lang, StatusCode::TOO_MANY_REQUESTS, Some(said), false);
            return retry_after(page, seconds);
        }
        Err(e) => return broken(&e),
    };
    let Some(secret) = tried.account else {
        return problem::not_found().into_response();
    };
    let refuse = |key: &str| {
        show(
            &actor,
            lang,
            StatusCode::UNPROCESSABLE_ENTITY,
            Some(lang.t(key).to_owned()),
            false,
        )
    };
    match password::matches(form.old.clone(), secret.password_hash.clone()).await {
        Ok(true) => {
            let people = internal.people.clone();
            if let Err(response) = detached(async move { people.tries_give_back(&tried.buckets).await }).await {
                return response;
            }
        }
        Ok(false) => return refuse("password.wrong_old"),
        Err(e) => return broken(&e),
    }
    if form.new != form.again {
        return refuse("password.differ");
    }
    if form.new == form.old {
        return refuse("password.same");
    }
    let loaded = internal.pack.current();
    let units = actor
        .person
        .memberships
        .iter()
        .map(|m| unit_name(&loaded.pack, &m.unit));
    let about = About {
        login: &account.login,
        name: &account.name,
        units: &units.collect::<Vec<_>>(),
    };
    if let Some(key) = password::weakness(&form.new, about) {
        return refuse(key);
    }
    let hash = match password::hash(form.new).await {
        Ok(hash) => hash,
        Err(e) => return broken(&e),
    };
    let (within, by, id) = (internal.clone(), actor.0.clone(), account.id);
    let done = detached(async move {
        let act = new_act(&within, &by, "password", Some(id), now);
        within
            .people
            .account_set_password(id, &hash, Some(by.session), &act)
            .await
    });
    match done.await {
        Ok(()) => {
            info!(account = id, "changed their password");
            show(&actor, lang, StatusCode::OK, None, true)
        }
        Err(response) => response,
    }
}

fn show(actor: &Actor, lang: Lang, status: StatusCode, error: Option<String>, done: bool) -> Response {
    let page = PasswordPage {
        frame: Frame::of(actor, lang, "/password"),
        error,
        done,
    };
    render(status, &page)
}

fn broken(e: &anyhow::Error) -> Response {
    error!(error = format!("{e:#}"), "a password can't be checked");
    problem::unavailable().into_response()
}
