//! The frame around every internal page: neutral title, 快速离开, navigation by role, language switch, sign out.

use std::convert::Infallible;

use askama::Template;
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use platform::{
    foreign,
    store::{Person, Role},
    text::Lang,
};
use tracing::error;

use crate::{
    internal::{Internal, auth::Actor},
    web::language,
};

/// The language of a request: `?lang=`, else the cookie `lang`, else Chinese.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language(pub(crate) Lang);

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, &parts.headers))
    }
}

impl Language {
    /// As the extractor reads it.
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let switched = uri.query().and_then(language::switch);
        Self(switched.or_else(|| language::cookie(headers)).unwrap_or_default())
    }
}

tokio::task_local! {
    /// Whether the service shows accounts of a demo: a fact of the service that every page says, whoever makes it.
    static DEMO: bool;
    /// The language of the request, for what is said before a handler knows it.
    static LANG: Lang;
}

/// The language of this request; Chinese outside of one.
pub(super) fn lang() -> Lang {
    LANG.try_with(|lang| *lang).unwrap_or_default()
}

/// The layer that lets every page know that this is a demo.
pub(crate) async fn in_demo(State(internal): State<Internal>, request: Request, next: Next) -> Response {
    DEMO.scope(
        internal.demo.as_ref().is_some_and(|demo| !demo.is_empty()),
        next.run(request),
    )
    .await
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
    /// Tells tabs apart and gives nothing away over the shoulder.
    pub(crate) title: String,
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
    /// How many wait there, if any do.
    pub(crate) count: Option<String>,
}

/// The line over a part that refreshes itself; `assets/live.js` keeps it true.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    /// Id of the part.
    pub(crate) id: &'static str,
    /// Seconds between two questions.
    pub(crate) seconds: u32,
    /// What it says while all is well.
    pub(crate) every: String,
    /// Where a login leads back to.
    pub(crate) back: &'static str,
}

impl Live {
    /// A part that is asked again every so many seconds.
    pub(crate) fn new(lang: Lang, id: &'static str, back: &'static str, seconds: u32) -> Self {
        Self {
            id,
            seconds,
            every: lang.fill("frame.live.every", &[("n", &seconds.to_string())]),
            back,
        }
    }
}

/// The head of a printed page: where it comes from, who printed it, and that it is confidential.
#[derive(Clone, Debug)]
pub(crate) struct Paper {
    pub(crate) origin: String,
    pub(crate) printed: String,
}

impl Paper {
    /// `what` is a receipt or the name of the page.
    pub(crate) fn new(frame: &Frame, county: &str, unit: &str, what: &str, at: &str) -> Self {
        let values = [("county", county), ("unit", unit), ("what", what)];
        let name = frame.name.as_deref().unwrap_or_default();
        Self {
            origin: frame.lang.fill("frame.paper.origin", &values),
            printed: frame.lang.fill("frame.paper.printed", &[("name", name), ("at", at)]),
        }
    }
}

/// path, text key, roles that see it
const NAV: [(&str, &str, &[Role]); 19] = [
    ("/desk", "frame.desk", &[Role::Member, Role::Leader]),
    ("/tickets", "frame.tickets", &[Role::Member, Role::Leader]),
    ("/board", "frame.board", &[Role::Office, Role::Oversight]),
    ("/triage", "frame.triage", &[Role::Office, Role::Oversight]),
    ("/closings", "frame.closings", &[Role::Office, Role::Oversight]),
    ("/motions", "frame.motions", &[Role::Office, Role::Oversight]),
    ("/openings", "frame.openings", &[Role::Office, Role::Oversight]),
    ("/callbacks", "frame.callbacks", &[Role::Office, Role::Oversight]),
    ("/reads", "frame.reads", &[Role::Office, Role::Oversight]),
    ("/reports", "frame.reports", &[Role::Office, Role::Oversight]),
    ("/rules", "frame.rules", &[Role::Office, Role::Oversight]),
    ("/calendar", "frame.calendar", &[Role::Office, Role::Oversight]),
    ("/leading", "frame.leading", &[Role::LeadingGroup]),
    ("/people", "frame.people", &[Role::Admin, Role::Leader]),
    ("/units", "frame.units", &[Role::Admin]),
    (
        "/duty",
        "frame.duty",
        &[
            Role::Member,
            Role::Leader,
            Role::Office,
            Role::LeadingGroup,
            Role::Oversight,
            Role::Admin,
        ],
    ),
    ("/grants", "frame.grants", &[Role::Admin, Role::Office]),
    (
        "/factor-resets",
        "frame.factor_resets",
        &[Role::Admin, Role::Office, Role::Leader],
    ),
    ("/trail", "frame.trail", &[Role::Admin, Role::Office, Role::Oversight]),
];

impl Frame {
    /// For somebody who is signed in; `here` is the path of the navigation link to mark.
    pub(crate) fn of(actor: &Actor, lang: Lang, here: &str) -> Self {
        let nav = NAV.iter().filter(|(_, _, roles)| actor.is(roles));
        Self {
            lang,
            title: tab(lang, here),
            name: Some(actor.person.account.name.clone()),
            csrf: actor.csrf.clone(),
            nav: nav
                .map(|(path, key, _)| NavLink {
                    path,
                    key,
                    current: *path == here,
                    count: actor.counts.of(path),
                })
                .collect(),
        }
    }

    /// Address of the style sheet.
    pub(crate) fn style(&self) -> &'static str {
        super::files::style()
    }

    /// Address of htmx.
    pub(crate) fn htmx(&self) -> &'static str {
        super::files::htmx()
    }

    /// Address of the script for what a page does while it stays open.
    pub(crate) fn live_script(&self) -> &'static str {
        super::files::live_script()
    }

    /// Address of the script behind 快速离开.
    pub(crate) fn leave_script(&self) -> &'static str {
        super::files::leave_script()
    }

    /// Address of the script of the duty page.
    pub(crate) fn duty_script(&self) -> &'static str {
        super::files::duty_script()
    }

    /// Address of the script for the keys of a list.
    pub(crate) fn list_script(&self) -> &'static str {
        super::files::list_script()
    }

    /// Whether the page says that this is a demo.
    pub(crate) fn demo(&self) -> bool {
        DEMO.try_with(|demo| *demo).unwrap_or(false)
    }

    /// For pages without a session.
    pub(crate) fn nobody(lang: Lang) -> Self {
        Self {
            lang,
            name: None,
            csrf: String::new(),
            nav: Vec::new(),
            title: lang.t("frame.title").to_owned(),
        }
    }

    /// The page of one thing: the end of a receipt, a number, a short name of a unit.
    pub(crate) fn titled(mut self, detail: &str) -> Self {
        let detail = detail.trim();
        if !detail.is_empty() && is_neutral(detail) {
            self.title = format!("{} {detail}", self.title);
        }
        self
    }

    /// Whether a login may lead to this page: a first page of other roles would be an empty door.
    pub(crate) fn may_begin_at(person: &Person, path: &str) -> bool {
        let known = NAV.iter().find(|(first, ..)| *first == path);
        known.is_none_or(|(_, _, roles)| person.memberships.iter().any(|m| roles.contains(&m.role)))
    }

    /// Where somebody with these roles begins.
    pub(crate) fn home(actor: &Actor) -> &'static str {
        NAV.iter()
            .find(|(_, _, roles)| actor.is(roles))
            .map_or("/password", |(path, _, _)| path)
    }
}

fn tab(lang: Lang, here: &str) -> String {
    const TABS: [&str; 25] = [
        "desk",
        "tickets",
        "ticket",
        "board",
        "triage",
        "closings",
        "motions",
        "openings",
        "reads",
        "reports",
        "callbacks",
        "rules",
        "people",
        "units",
        "leading",
        "password",
        "duty",
        "on-duty",
        "phones",
        "sessions",
        "factor",
        "factor-resets",
        "grants",
        "trail",
        "account",
    ];
    let known = TABS.iter().find(|tab| here.trim_start_matches('/') == **tab);
    let key = known.map_or_else(|| "frame.title".to_owned(), |tab| format!("frame.tab.{tab}"));
    lang.t(&key).to_owned()
}

/// Whether a title may hold this: whoever sees the tabs must not learn what the work is about.
pub(crate) fn is_neutral(detail: &str) -> bool {
    !casework::zh::TELLING.iter().any(|word| detail.contains(word))
}

/// The last part of a receipt: enough to tell two tabs apart.
pub(crate) fn tail(receipt: &str) -> &str {
    receipt.rsplit('-').next().unwrap_or(receipt)
}

/// The layer that answers in the language of the request, and keeps one chosen by `?lang=` for the next pages.
pub(crate) async fn keep_language(request: Request, next: Next) -> Response {
    let asked = request.uri().query().and_then(language::switch);
    let lang = Language::of(request.uri(), request.headers()).0;
    let mut response = LANG.scope(lang, next.run(request)).await;
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
        Ok(html) => (status, [(header::CACHE_CONTROL, "no-store")], Html(foreign::page(html))).into_response(),
        Err(e) => {
            error!(error = %e, "a page can't be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, casework::zh::NO_PAGE).into_response()
        }
    }
}
