//! `/invitation`: by a code, as a link or from paper, a person sets the password that nobody else knows. Whoever has the code is
//! whom it invites, so the page asks for nothing else; looking at it uses nothing up.
//!
//! Unknown, used, taken back and over: one answer for all, or a stranger would learn which codes there were.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use platform::{clock, store::Invited, text::Lang};
use serde::Deserialize;
use tracing::{error, info};

use crate::internal::{
    Internal,
    auth::{argon, gate, invitation::Code, login::retry_after, password, weak::About},
    detached,
    page::{Frame, Language, problem, render, words},
    unavailable,
};

/// Whom the page greets.
struct Greeted {
    name: String,
    login: String,
    until: String,
    code: String,
}

#[derive(Template)]
#[template(path = "internal/own/invitation.html")]
struct InvitationPage {
    frame: Frame,
    /// None: the page asks for a code.
    greeted: Option<Greeted>,
    /// The code is good for nothing.
    over: bool,
    error: Option<String>,
    done: bool,
}

/// What the form sends.
#[derive(Default, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    code: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

/// `GET /invitation`: for a code from paper.
pub(super) async fn ask(Language(lang): Language) -> Response {
    show(lang, StatusCode::OK, None, false, None)
}

/// `GET /invitation/{code}`
pub(super) async fn page(
    State(internal): State<Internal>,
    Language(lang): Language,
    Path(typed): Path<String>,
) -> Response {
    match find(&internal, &typed).await {
        Ok(Some((code, invited))) => greet(lang, StatusCode::OK, &code, invited, None),
        Ok(None) => over(lang),
        Err(response) => response,
    }
}

/// `POST /invitation`: a code from paper, or a code with the new password, twice.
pub(super) async fn set(
    State(internal): State<Internal>,
    Language(lang): Language,
    Form(form): Form<Chosen>,
) -> Response {
    let (code, invited) = match find(&internal, &form.code).await {
        Ok(Some(found)) => found,
        Ok(None) => return over(lang),
        Err(response) => return response,
    };
    if form.new.is_empty() && form.again.is_empty() {
        return greet(lang, StatusCode::OK, &code, invited, None);
    }
    let about = About {
        login: &invited.login,
        name: &invited.name,
        units: &invited.units,
    };
    let wrong = if form.new == form.again {
        password::weakness(&form.new, about)
    } else {
        Some("password.differ")
    };
    if let Some(key) = wrong {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return greet(lang, status, &code, invited, Some(lang.t(key).to_owned()));
    }
    let hash = match password::hash(form.new).await {
        Ok(hash) => hash,
        Err(e) if e.is::<argon::Busy>() => {
            let said = lang.fill("login.busy", &[("seconds", &gate::RETRY_S.to_string())]);
            let page = greet(lang, StatusCode::TOO_MANY_REQUESTS, &code, invited, Some(said));
            return retry_after(page, gate::RETRY_S);
        }
        Err(e) => {
            error!(error = format!("{e:#}"), "a password can't be hashed");
            return problem::unavailable().into_response();
        }
    };
    let (within, digest) = (internal.clone(), code.digest());
    let used = detached(async move {
        let (people, county) = (&within.people, &within.county);
        people.invitation_use(county, &digest, &hash, clock::now()).await
    });
    match used.await {
        Ok(true) => {
            info!(account = invited.account_id, "an invitation was used");
            show(lang, StatusCode::OK, None, true, None)
        }
        Ok(false) => over(lang),
        Err(response) => response,
    }
}

async fn find(internal: &Internal, typed: &str) -> Result<Option<(Code, Invited)>, Response> {
    let Some(code) = Code::read(typed) else {
        return Ok(None);
    };
    let found = internal
        .people
        .invitation_find(&internal.county, &code.digest(), clock::now())
        .await;
    match found {
        Ok(found) => Ok(found.map(|invited| (code, invited))),
        Err(e) => Err(unavailable(&e)),
    }
}

/// The one answer to a code that is good for nothing.
fn over(lang: Lang) -> Response {
    let page = InvitationPage {
        frame: frame(lang),
        greeted: None,
        over: true,
        error: None,
        done: false,
    };
    render(StatusCode::NOT_FOUND, &page)
}

fn greet(lang: Lang, status: StatusCode, code: &Code, invited: Invited, error: Option<String>) -> Response {
    let greeted = Greeted {
        until: lang.fill(
            "invitation.until",
            &[("at", &words::moment(lang, invited.expires_at, clock::now()))],
        ),
        name: invited.name,
        login: invited.login,
        code: code.shown(),
    };
    show(lang, status, Some(greeted), false, error)
}

fn show(lang: Lang, status: StatusCode, greeted: Option<Greeted>, done: bool, error: Option<String>) -> Response {
    let page = InvitationPage {
        frame: frame(lang),
        greeted,
        over: false,
        error,
        done,
    };
    render(status, &page)
}

fn frame(lang: Lang) -> Frame {
    Frame::nobody(lang)
}
