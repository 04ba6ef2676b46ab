//! `/password`: one's own password; every other session ends with it.

use askama::Template;
use axum::{Form, http::StatusCode, response::Response};
use platform::clock;
use platform::store::AccountActKind;
use serde::Deserialize;
use tracing::info;

use super::trail::new_act;
use crate::internal::{
    By, Visit,
    again::Again,
    auth::{SignedIn, device::Device, known, login::retry_after, password, weak::About},
    detached,
    error::PageError,
    page::{Frame, render, words},
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
pub(crate) async fn page(by: By<SignedIn>) -> Response {
    show(&by, Again::default(), false)
}

/// `POST /password`
pub(crate) async fn change(by: By<SignedIn>, device: Device, Form(form): Form<Change>) -> Result<Response, PageError> {
    match known::password(&by, &device, form.old.clone()).await? {
        Ok(true) => {}
        Ok(false) => return Ok(refuse(&by, "password.wrong_old")),
        Err(seconds) => {
            let said = by.lang.fill("login.wait", &[("seconds", &seconds.to_string())]);
            let again = Again::saying(StatusCode::TOO_MANY_REQUESTS, Some(said));
            return Ok(retry_after(show(&by, again, false), seconds));
        }
    }
    if let Some(key) = unfit(&by, &form) {
        return Ok(refuse(&by, key));
    }
    let hash = password::hash(form.new).await?;
    let visit = Visit::clone(&by);
    let done = detached(async move {
        let act = new_act(&visit, AccountActKind::Password, Some(visit.me()), clock::now());
        let (people, session) = (&visit.internal.people, visit.actor.session);
        people
            .account_set_password(visit.me(), &hash, Some(session), &act)
            .await
    });
    done.await?;
    info!(account = by.me().0, "changed their password");
    Ok(show(&by, Again::default(), true))
}

/// Why the new password can't be one.
fn unfit(visit: &Visit, form: &Change) -> Option<&'static str> {
    if form.new != form.again {
        return Some("password.differ");
    }
    if form.new == form.old {
        return Some("password.same");
    }
    let (loaded, person) = (visit.internal.pack.current(), &visit.actor.person);
    let units = person
        .memberships
        .iter()
        .map(|m| words::unit_name(&loaded.pack, &m.unit));
    let about = About {
        login: &person.account.login,
        name: &person.account.name,
        units: &units.collect::<Vec<_>>(),
    };
    password::weakness(&form.new, about)
}

fn refuse(visit: &Visit, key: &str) -> Response {
    let again = Again::saying(StatusCode::UNPROCESSABLE_ENTITY, visit.said(key));
    show(visit, again, false)
}

fn show(visit: &Visit, again: Again, done: bool) -> Response {
    let page = PasswordPage {
        frame: visit.frame("/password"),
        error: again.said,
        done,
    };
    render(again.status, &page)
}
