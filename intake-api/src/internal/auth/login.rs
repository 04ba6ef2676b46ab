//! Signing in and out: page and API.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Utc};
use platform::{clock, store::DeviceId, text::Lang};
use serde::{Deserialize, Serialize};
use tracing::error;
use uuid::Uuid;

use super::{
    SignedIn,
    demo::DemoAccount,
    device::{self, Device},
    entry::{Arrival, Entry, Opened, Typed, attempt},
    next::OwnPath,
    session::{clear_cookie, set_cookie},
    step,
};
use crate::internal::{
    Answer, By, Internal,
    error::{ApiError, PageError},
    page::{Frame, Language, problem, render},
    wire::JsonBody,
};

#[derive(Template)]
#[template(path = "internal/login.html")]
struct LoginPage<'a> {
    frame: Frame,
    login: &'a str,
    next: &'a str,
    slip: Option<String>,
    error: Option<String>,
    demo: &'a [DemoAccount],
}

/// What a login page shows.
struct LoginSeen<'a> {
    login: &'a str,
    next: &'a OwnPath,
    slip: Option<String>,
    error: Option<String>,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    /// The second step: what the first one gave, and the code.
    #[serde(default)]
    slip: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

impl Credentials {
    /// Nothing that could be tried.
    fn is_empty(&self) -> bool {
        self.slip.is_empty() && (self.login.trim().is_empty() || self.password.is_empty())
    }

    fn typed(self) -> Typed {
        Typed {
            login: self.login,
            password: self.password,
            code: self.code,
        }
    }
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
    let seen = LoginSeen {
        login: "",
        next: &OwnPath::read(&next.next, &internal.pages),
        slip: None,
        error: None,
    };
    show(&internal, lang, seen, StatusCode::OK)
}

/// `POST /login`
pub(crate) async fn submit(
    State(internal): State<Internal>,
    Language(lang): Language,
    device: Device,
    Form(form): Form<Credentials>,
) -> Response {
    let now = clock::now();
    let shown = LoginForm {
        internal: &internal,
        lang,
        login: form.login.trim().to_owned(),
        next: OwnPath::read(&form.next, &internal.pages),
    };
    if form.is_empty() {
        return shown.refused("login.wrong", StatusCode::UNPROCESSABLE_ENTITY);
    }
    // A browser without a cookie of ours gets one together with the session.
    let browser = device.known.unwrap_or_else(|| DeviceId(Uuid::new_v4()));
    match step_in(internal.clone(), device, form, (browser, now)).await {
        Ok(Entry::Open(opened)) => shown.lead_on(&opened, browser, now),
        Ok(Entry::Code { slip, wrong: false }) => shown.again(None, Some(slip), StatusCode::OK),
        Ok(Entry::Code { slip, wrong: true }) => {
            let wrong = Some(lang.t("login.code_wrong").to_owned());
            shown.again(wrong, Some(slip), StatusCode::UNAUTHORIZED)
        }
        Ok(Entry::Wrong) => shown.refused("login.wrong", StatusCode::UNAUTHORIZED),
        Ok(Entry::Late | Entry::Bare) => shown.refused("login.late", StatusCode::UNAUTHORIZED),
        Ok(Entry::Wait { seconds, busy }) => shown.wait(seconds, busy),
        Err(e) => {
            log(&e);
            problem::unavailable().into_response()
        }
    }
}

/// The first step, or the second where the form carries what the first one gave. In a task of its own: a try that was reserved is
/// judged, also when the browser hangs up.
async fn step_in(
    internal: Internal,
    device: Device,
    form: Credentials,
    (browser, now): (DeviceId, DateTime<Utc>),
) -> anyhow::Result<Entry> {
    let tried = tokio::spawn(async move {
        let arrival = Arrival {
            internal: &internal,
            device: &device,
            now,
        };
        if form.slip.is_empty() {
            attempt(arrival, form.typed(), Some(browser)).await
        } else {
            step::step(arrival, &form.slip, &form.code, browser).await
        }
    });
    tried.await?
}

/// The form that somebody sent: it is shown again, or leads on.
struct LoginForm<'a> {
    internal: &'a Internal,
    lang: Lang,
    login: String,
    next: OwnPath,
}

impl LoginForm<'_> {
    /// The page again.
    fn again(&self, error: Option<String>, slip: Option<String>, status: StatusCode) -> Response {
        let seen = LoginSeen {
            login: &self.login,
            next: &self.next,
            slip,
            error,
        };
        show(self.internal, self.lang, seen, status)
    }

    /// The first step again, with the key of why.
    fn refused(&self, key: &str, status: StatusCode) -> Response {
        self.again(Some(self.lang.t(key).to_owned()), None, status)
    }

    /// The first step again, and when it may be tried.
    fn wait(&self, seconds: i64, busy: bool) -> Response {
        let key = if busy { "login.busy" } else { "login.wait" };
        let text = self.lang.fill(key, &[("seconds", &seconds.to_string())]);
        retry_after(self.again(Some(text), None, StatusCode::TOO_MANY_REQUESTS), seconds)
    }

    /// To the page that was asked for, with the session's cookie and the browser's.
    fn lead_on(&self, opened: &Opened, browser: DeviceId, now: DateTime<Utc>) -> Response {
        let to = match self.next.path() {
            // What others did to one's way in is told before anything else.
            _ if opened.told => "/sessions",
            path if Frame::may_begin_at(&opened.person, path) => self.next.as_str(),
            _ => "/",
        };
        let mut response = Redirect::to(to).into_response();
        set_cookie(response.headers_mut(), &opened.token, self.internal);
        device::remember(response.headers_mut(), browser, now, self.internal);
        response
    }
}

fn log(fault: &anyhow::Error) {
    error!(error = format!("{fault:#}"), "a login failed for a reason of ours");
}

/// A program's session.
#[derive(Serialize)]
struct Session {
    token: String,
    expires_at: String,
}

/// `POST /api/v1/session`: `{"login", "password"}`, with `"code"` where there is a second factor -> `{"token", "expires_at"}`.
pub(crate) async fn api(
    State(internal): State<Internal>,
    device: Device,
    JsonBody(form): JsonBody<Credentials>,
) -> Response {
    let now = clock::now();
    if form.is_empty() {
        return problem::api(422, "give login and password");
    }
    let tried = tokio::spawn(async move {
        let arrival = Arrival {
            internal: &internal,
            device: &device,
            now,
        };
        attempt(arrival, form.typed(), None).await
    });
    match tried.await.map_err(anyhow::Error::from).flatten() {
        Ok(Entry::Open(opened)) => (
            StatusCode::CREATED,
            Answer(Session {
                token: opened.token,
                expires_at: casework::calendar::rfc3339(opened.expires_at),
            }),
        )
            .into_response(),
        Ok(Entry::Wrong | Entry::Late) => problem::api(401, "login or password is wrong"),
        Ok(Entry::Code { wrong: false, .. }) => {
            problem::api(401, "send the code of the second factor too, as \"code\"")
        }
        Ok(Entry::Code { .. }) => problem::api(401, "the code of the second factor is wrong or used up"),
        Ok(Entry::Bare) => problem::api(403, "set up a second factor first, at /factor"),
        Ok(Entry::Wait { seconds, busy }) => {
            let why = if busy {
                "too many logins at this moment"
            } else {
                "too many failures"
            };
            retry_after(problem::api(429, &format!("{why}: try again in {seconds} s")), seconds)
        }
        Err(e) => {
            log(&e);
            problem::api(503, "try again later")
        }
    }
}

/// When to come back, for browsers and programs.
pub(crate) fn retry_after(mut response: Response, seconds: i64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

/// `POST /logout`: this session.
pub(crate) async fn out(by: By<SignedIn>) -> Result<Response, PageError> {
    let ended = by.internal.people.session_end(by.actor.session, clock::now());
    ended.await?;
    Ok(left(&by.internal))
}

/// `POST /logout-everywhere`: every session of this person.
pub(crate) async fn out_everywhere(by: By<SignedIn>) -> Result<Response, PageError> {
    by.internal.people.sessions_end(by.me(), clock::now()).await?;
    Ok(left(&by.internal))
}

/// `DELETE /api/v1/session`
pub(crate) async fn api_out(by: By<SignedIn>) -> Result<StatusCode, ApiError> {
    let ended = by.internal.people.session_end(by.actor.session, clock::now());
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn left(internal: &Internal) -> Response {
    let mut response = Redirect::to("/login").into_response();
    clear_cookie(response.headers_mut(), internal);
    // A shared PC: nothing of this person stays in the browser's store, where the browser knows how.
    let clear = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert("clear-site-data", clear);
    response
}

fn show(internal: &Internal, lang: Lang, seen: LoginSeen<'_>, status: StatusCode) -> Response {
    render(
        status,
        &LoginPage {
            frame: Frame::nobody(lang),
            login: seen.login,
            next: seen.next.as_str(),
            slip: seen.slip,
            error: seen.error,
            demo: internal.demo.as_deref().unwrap_or_default(),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::internal::testing;

    fn page(error: Option<&str>, slip: Option<&str>) -> LoginPage<'static> {
        let demo = Box::leak(Box::new([DemoAccount {
            login: "office".into(),
            password: "a password".into(),
            who: "office".into(),
        }]));
        LoginPage {
            frame: Frame::nobody(Lang::Zh),
            login: "wangfang",
            next: "/tickets/5",
            slip: slip.map(str::to_owned),
            error: error.map(str::to_owned),
            demo,
        }
    }

    #[test]
    fn pages_of_the_login() {
        testing::page("login", &page(None, None));
        testing::page("login-wrong", &page(Some(Lang::Zh.t("login.wrong")), None));
        testing::page("login-code", &page(None, Some("a-slip")));
    }
}
