//! Signing in and out: page and API.

use anyhow::Context;
use askama::Template;
use axum::{
    Form, Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use platform::{clock, store::Person, telemetry::chain, text::Lang};
use serde::Deserialize;
use serde_json::json;
use tracing::{error, info, warn};
use uuid::Uuid;

use super::{
    SignedIn,
    device::{self, Device},
    login_name,
    next::OwnPath,
    password,
    session::{clear_cookie, set_cookie},
};
use crate::internal::{
    Internal,
    page::{Frame, Language, problem, render},
};

/// An account of the demo, shown on its login page.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DemoAccount {
    /// What to type.
    pub(crate) login: String,
    /// Its password.
    pub(crate) password: String,
    /// Who that is: `office`, `leader`, `member`, `leading`, `admin`.
    pub(crate) who: String,
}

impl DemoAccount {
    fn words(&self, lang: &Lang) -> &'static str {
        match self.who.as_str() {
            "office" => lang.t("login.demo.office"),
            "leader" => lang.t("login.demo.leader"),
            "leading" => lang.t("login.demo.leading"),
            "member" => lang.t("login.demo.member"),
            _ => lang.t("login.demo.admin"),
        }
    }
}

#[derive(Template)]
#[template(path = "internal/login.html")]
struct LoginPage<'a> {
    frame: Frame,
    login: &'a str,
    next: &'a str,
    error: Option<String>,
    demo: &'a [DemoAccount],
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Where to go after.
#[derive(Default, Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

/// `GET /login`
pub(crate) async fn page(
    State(internal): State<Internal>,
    Language(lang): Language,
    Query(next): Query<Next>,
) -> Response {
    show(&internal, lang, "", &OwnPath::read(&next.next), None, StatusCode::OK)
}

/// `POST /login`
pub(crate) async fn submit(
    State(internal): State<Internal>,
    Language(lang): Language,
    device: Device,
    Form(form): Form<Credentials>,
) -> Response {
    let (now, next) = (clock::now(), OwnPath::read(&form.next));
    let failed = |text: String, status| show(&internal, lang, form.login.trim(), &next, Some(text), status);
    // A browser without a cookie of ours gets one together with the session.
    let browser = device.0.unwrap_or_else(Uuid::new_v4);
    match attempt(&internal, &form.login, &form.password, Some(browser), now).await {
        Ok(Entry::Open { token, person, .. }) => {
            let to = if Frame::may_begin_at(&person, next.path()) {
                next.as_str()
            } else {
                "/"
            };
            let mut response = Redirect::to(to).into_response();
            set_cookie(response.headers_mut(), &token, &internal);
            device::remember(response.headers_mut(), browser, now, &internal);
            response
        }
        Ok(Entry::Wrong) => failed(lang.t("login.wrong").to_owned(), StatusCode::UNAUTHORIZED),
        Ok(Entry::Wait { seconds }) => failed(
            lang.fill("login.wait", &[("seconds", &seconds.to_string())]),
            StatusCode::TOO_MANY_REQUESTS,
        ),
        Err(e) => {
            error!(error = format!("{e:#}"), "a login failed for a reason of ours");
            problem::unavailable().into_response()
        }
    }
}

/// `POST /api/v1/session`: `{"login", "password"}` -> `{"token", "expires_at"}`.
pub(crate) async fn api(State(internal): State<Internal>, Json(form): Json<Credentials>) -> Response {
    let now = clock::now();
    match attempt(&internal, &form.login, &form.password, None, now).await {
        Ok(Entry::Open { token, expires_at, .. }) => (
            StatusCode::CREATED,
            Json(json!({"token": token, "expires_at": casework::calendar::rfc3339(expires_at)})),
        )
            .into_response(),
        Ok(Entry::Wrong) => problem::api(401, "login or password is wrong"),
        Ok(Entry::Wait { seconds }) => problem::api(429, &format!("too many failures: try again in {seconds} s")),
        Err(e) => {
            error!(error = format!("{e:#}"), "a login failed for a reason of ours");
            problem::api(503, "try again later")
        }
    }
}

/// `POST /logout`: this session.
pub(crate) async fn out(State(internal): State<Internal>, actor: SignedIn) -> Response {
    leave(
        &internal,
        internal.people.session_end(actor.session, clock::now()).await,
    )
}

/// `POST /logout-everywhere`: every session of this person.
pub(crate) async fn out_everywhere(State(internal): State<Internal>, actor: SignedIn) -> Response {
    leave(
        &internal,
        internal
            .people
            .sessions_end(actor.person.account.id, clock::now())
            .await,
    )
}

/// `DELETE /api/v1/session`
pub(crate) async fn api_out(State(internal): State<Internal>, actor: SignedIn) -> Response {
    match internal.people.session_end(actor.session, clock::now()).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => problem::api(503, "try again later"),
    }
}

fn leave(internal: &Internal, ended: Result<(), platform::store::StoreError>) -> Response {
    if let Err(e) = ended {
        error!(error = chain(&e), "a session could not be ended");
        return problem::unavailable().into_response();
    }
    let mut response = Redirect::to("/login").into_response();
    clear_cookie(response.headers_mut(), internal);
    response
}

enum Entry {
    Open {
        token: String,
        expires_at: DateTime<Utc>,
        person: Box<Person>,
    },
    Wrong,
    Wait {
        seconds: i64,
    },
}

/// One try. From a browser that the account knows only that browser's own failures count, from elsewhere only strangers'.
async fn attempt(
    internal: &Internal,
    typed: &str,
    given: &str,
    browser: Option<Uuid>,
    now: DateTime<Utc>,
) -> anyhow::Result<Entry> {
    let login = login_name::normalised(typed);
    let account = internal
        .people
        .account_secret(&internal.county, &login, browser)
        .await?;
    if let Some(wait) = account.as_ref().and_then(|a| a.waits(now)) {
        return Ok(Entry::Wait {
            seconds: wait.num_seconds() + 1,
        });
    }
    let hash = account.as_ref().map(|a| a.password_hash.clone());
    let right = password::matches(given.to_owned(), hash).await?;
    match account {
        Some(account) if right && account.disabled_at.is_none() => {
            let session = Uuid::new_v4();
            let until = now + TimeDelta::hours(internal.session_hours.into());
            internal
                .people
                .session_open(session, &account, browser, now, until)
                .await?;
            info!(account = account.id, "signed in");
            let token = internal.tokens.sign(account.id, session, now)?;
            let person = internal.people.session_person(session, now).await?;
            Ok(Entry::Open {
                token,
                expires_at: now + internal.tokens.lifetime(),
                person: Box::new(person.context("a session that was opened a moment ago")?),
            })
        }
        Some(account) => {
            warn!(account = account.id, failures = account.failures + 1, "a login failed");
            internal
                .people
                .login_failed(&account, now + password::delay(account.failures + 1))
                .await?;
            Ok(Entry::Wrong)
        }
        None => Ok(Entry::Wrong),
    }
}

fn show(
    internal: &Internal,
    lang: Lang,
    login: &str,
    next: &OwnPath,
    error: Option<String>,
    status: StatusCode,
) -> Response {
    render(
        status,
        &LoginPage {
            frame: Frame::nobody(lang),
            login,
            next: next.as_str(),
            error,
            demo: &internal.demo,
        },
    )
}
