//! The frame around every internal page: neutral title, 快速离开, navigation by role, language switch, sign out.

use std::convert::Infallible;

use askama::Template;
use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use platform::text::Lang;
use tracing::error;

use crate::internal::auth::Actor;

/// The language of a request: `?lang=`, else the cookie `lang`, else Chinese.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language(pub(crate) Lang);

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let asked = query.split('&').find_map(|pair| pair.strip_prefix("lang="));
        let cookies = parts
            .headers
            .get(header::COOKIE)
            .and_then(|c| c.to_str().ok())
            .unwrap_or_default();
        let kept = cookies.split(';').find_map(|pair| pair.trim().strip_prefix("lang="));
        Ok(Self(Lang::from_tag(asked.or(kept).unwrap_or_default())))
    }
}

/// What `internal/frame.html` needs; every page has one as `frame`.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Language of the page.
    pub(crate) lang: Lang,
    /// Name of the person, if somebody is signed in.
    pub(crate) name: Option<String>,
    /// CSRF token of the session, empty when nobody is signed in.
    pub(crate) csrf: String,
    /// Links to show: path and text key, the current one marked.
    pub(crate) nav: Vec<NavLink>,
}

/// A link of the navigation.
#[derive(Clone, Debug)]
pub(crate) struct NavLink {
    /// Where to.
    pub(crate) path: &'static str,
    /// Key of its text.
    pub(crate) key: &'static str,
    /// This page.
    pub(crate) current: bool,
}

/// path, text key, roles that see it
const NAV: [(&str, &str, &[&str]); 6] = [
    ("/desk", "frame.desk", &["member", "leader"]),
    ("/board", "frame.board", &["office", "oversight"]),
    ("/triage", "frame.triage", &["office", "oversight"]),
    ("/callbacks", "frame.callbacks", &["office", "oversight"]),
    ("/rules", "frame.rules", &["office", "oversight"]),
    ("/people", "frame.people", &["admin"]),
];

impl Frame {
    /// For somebody who is signed in; `here` is the path of the navigation link to mark.
    pub(crate) fn of(actor: &Actor, lang: Lang, here: &str) -> Self {
        let nav = NAV.iter().filter(|(_, _, roles)| actor.is(roles));
        Self {
            lang,
            name: Some(actor.person.account.name.clone()),
            csrf: actor.csrf.clone(),
            nav: nav
                .map(|(path, key, _)| NavLink {
                    path,
                    key,
                    current: *path == here,
                })
                .collect(),
        }
    }

    /// Address of the style sheet.
    pub(crate) fn style(&self) -> &'static str {
        super::assets::style()
    }

    /// Address of htmx.
    pub(crate) fn htmx(&self) -> &'static str {
        super::assets::htmx()
    }

    /// Address of the script behind 快速离开.
    pub(crate) fn leave_script(&self) -> &'static str {
        super::assets::leave_script()
    }

    /// For pages without a session.
    pub(crate) fn nobody(lang: Lang) -> Self {
        Self {
            lang,
            name: None,
            csrf: String::new(),
            nav: Vec::new(),
        }
    }

    /// Where somebody with these roles begins.
    pub(crate) fn home(actor: &Actor) -> &'static str {
        NAV.iter()
            .find(|(_, _, roles)| actor.is(roles))
            .map_or("/password", |(path, _, _)| path)
    }
}

/// The layer that keeps a language chosen by `?lang=` for the next pages.
pub(crate) async fn keep_language(request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let asked = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))
        .map(Lang::from_tag);
    let mut response = next.run(request).await;
    if let Some(lang) = asked {
        let cookie = format!("lang={}; Path=/; SameSite=Lax; Max-Age=31536000", lang.tag());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// Renders a page; personal data stays out of caches.
pub(crate) fn render(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, [(header::CACHE_CONTROL, "no-store")], Html(html)).into_response(),
        Err(e) => {
            error!(error = %e, "a page can't be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, "页面暂时无法显示,请稍后再试。").into_response()
        }
    }
}
