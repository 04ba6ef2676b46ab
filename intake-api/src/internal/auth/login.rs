//! Signing in and out: page and API.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use platform::{clock, text::Lang};
use serde::{Deserialize, Serialize};
use tracing::error;
use uuid::Uuid;

use super::{
    SignedIn,
    demo::DemoAccount,
    device::{self, Device},
    entry::{Arrival, Entry, Typed, attempt},
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
    let (now, next) = (clock::now(), OwnPath::read(&form.next, &internal.pages));
    let login = form.login.trim().to_owned();
    let page = |error: Option<String>, slip: Option<String>, status| {
        show(
            &internal,
            lang,
            LoginSeen {
                login: &login,
                next: &next,
                slip,
                error,
            },
            status,
        )
    };
    if form.is_empty() {
        return page(
            Some(lang.t("login.wrong").to_owned()),
            None,
            StatusCode::UNPROCESSABLE_ENTITY,
        );
    }
    // A browser without a cookie of ours gets one together with the session.
    let browser = device.known.unwrap_or_else(Uuid::new_v4);
    let within = internal.clone();
    let second = (!form.slip.is_empty()).then(|| (form.slip.clone(), form.code.clone()));
    // In a task of its own: a try that was reserved is judged, also when the browser hangs up.
    let tried = tokio::spawn(async move {
        let arrival = Arrival {
            internal: &within,
            device: &device,
            now,
        };
        match second {
            Some((slip, code)) => step::step(arrival, &slip, &code, browser).await,
            None => attempt(arrival, form.typed(), Some(browser)).await,
        }
    });
    let refused = |key: &str, status| page(Some(lang.t(key).to_owned()), None, status);
    match tried.await.map_err(anyhow::Error::from).flatten() {
        Ok(Entry::Open(opened)) => {
            let to = match next.path() {
                // What others did to one's way in is told before anything else.
                _ if opened.told => "/sessions",
                path if Frame::may_begin_at(&opened.person, path) => next.as_str(),
                _ => "/",
            };
            let mut response = Redirect::to(to).into_response();
            set_cookie(response.headers_mut(), &opened.token, &internal);
            device::remember(response.headers_mut(), browser, now, &internal);
            response
        }
        Ok(Entry::Code { slip, wrong }) => {
            let error = wrong.then(|| lang.t("login.code_wrong").to_owned());
            let status = if wrong {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::OK
            };
            page(error, Some(slip), status)
        }
        Ok(Entry::Wrong) => refused("login.wrong", StatusCode::UNAUTHORIZED),
        Ok(Entry::Late | Entry::Bare) => refused("login.late", StatusCode::UNAUTHORIZED),
        Ok(Entry::Wait { seconds, busy }) => {
            let key = if busy { "login.busy" } else { "login.wait" };
            let text = lang.fill(key, &[("seconds", &seconds.to_string())]);
            retry_after(page(Some(text), None, StatusCode::TOO_MANY_REQUESTS), seconds)
        }
        Err(e) => {
            error!(error = format!("{e:#}"), "a login failed for a reason of ours");
            problem::unavailable().into_response()
        }
    }
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
            error!(error = format!("{e:#}"), "a login failed for a reason of ours");
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
