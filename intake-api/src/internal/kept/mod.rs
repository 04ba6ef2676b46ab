//! What somebody typed is never lost: the layer between the session and the pages that every form passes.
//!
//! It checks a form's token, and whatever then refuses the form (no session, another session, an old version, a wrong
//! field, a database that is away), the text comes back: in the same form of a fresh page where that page can be shown, else
//! on a page of its own. Nothing is ever sent by itself; one press sends it again. Over a login the text travels sealed in a
//! hidden field of the login page, for the account whose page it was typed into, so that the next person at a shared PC does
//! not read it. A part of a page that refreshes itself gets a bare status instead of a page (`assets/live.js` says so there).

mod fill;
mod native;
mod page;
mod typed;

use std::net::IpAddr;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use platform::{seal, text::Lang};

use self::{
    native::Native,
    typed::{Typed, Waiting, When},
};
use crate::web::peer;

use super::{
    Internal,
    auth::{Actor, SessionUnread, given_token, invitation, session_of, sets_session},
    page::{Language, problem},
    wire,
};
use platform::store::AccountId;

/// Largest form of an officer. Each text has a limit of its own, which says so in words; this one only bounds the memory.
const FORM_LIMIT: usize = 1024 * 1024;

/// Largest form about rules: a whole decision model as XML, every sign escaped, or a workbook.
pub(crate) const RULES_LIMIT: usize = 8 * 1024 * 1024;

/// What a login page carries at most; the longest texts are shown on it instead.
const CARRIED: usize = 512 * 1024;

/// Largest form of a login: what it carries, in hexadecimal, beside name and password.
const LOGIN_LIMIT: usize = 2 * CARRIED + 64 * 1024;

/// Signing out keeps nothing.
const ENDS: [&str; 2] = ["/logout", "/logout-everywhere"];

/// Why a form was refused, for the top of the page that brings it back: an extension of the answer.
#[derive(Clone, Debug)]
pub(crate) struct Said(pub(crate) String);

/// The layer.
pub(crate) async fn layer(State(internal): State<Internal>, request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let part = request.headers().contains_key("hx-request");
    let away = request.extensions().get::<SessionUnread>().is_some();
    if api {
        return if away {
            problem::api(503, "try again later")
        } else {
            next.run(request).await
        };
    }
    let answer = match *request.method() {
        Method::GET | Method::HEAD | Method::OPTIONS if away && !needs_nobody(request.uri().path()) => {
            problem::unavailable().into_response()
        }
        Method::GET | Method::HEAD | Method::OPTIONS => next.run(request).await,
        _ => form(&internal, request, next).await,
    };
    if part { bare(answer) } else { answer }
}

/// What a page needs to look like itself, whoever asks.
fn needs_nobody(path: &str) -> bool {
    path.starts_with("/assets/") || ["/favicon.ico", "/robots.txt", "/leave"].contains(&path)
}

/// A page must not land inside a part of another page.
fn bare(answer: Response) -> Response {
    let to_login = answer.status().is_redirection()
        && answer
            .headers()
            .get(header::LOCATION)
            .and_then(|to| to.to_str().ok())
            .is_some_and(|to| to.starts_with("/login"));
    let status = match answer.status() {
        _ if to_login => StatusCode::UNAUTHORIZED,
        status if status.is_client_error() || status.is_server_error() => status,
        _ => return answer,
    };
    (status, [("hx-reswap", "none"), ("cache-control", "no-store")]).into_response()
}

/// A form that came, with everything that bringing it back needs.
struct Came {
    internal: Internal,
    native: Native,
    lang: Lang,
    path: String,
    typed: Typed,
    /// The account whose page it was, as far as the form's token says.
    owner: Option<AccountId>,
    token: String,
    /// Sent by a page of ours, as far as the browser says.
    ours: bool,
    /// From where, as far as a right may rest on it.
    from: Option<IpAddr>,
}

async fn form(internal: &Internal, request: Request, next: Next) -> Response {
    let away = request.extensions().get::<SessionUnread>().is_some();
    let actor = request.extensions().get::<Actor>().cloned();
    let lang = Language::of(request.uri(), request.headers()).0;
    let path = request.uri().path().to_owned();
    let (parts, body) = request.into_parts();
    let limit = if path.starts_with("/rules/") || path.starts_with("/people/import") {
        RULES_LIMIT
    } else if path == "/login" {
        LOGIN_LIMIT
    } else {
        FORM_LIMIT
    };
    let Ok(bytes) = to_bytes(body, limit).await else {
        return problem::too_large().into_response();
    };
    let bytes = wire::form_without_nul(&parts.headers, bytes);
    let token = given_token(&parts.headers, &bytes);
    let came = Came {
        internal: internal.clone(),
        native: Native::new(next.clone(), &parts.headers),
        lang,
        typed: Typed::read(&parts.headers, &bytes).await,
        owner: internal.keys.csrf_account(&token),
        token,
        ours: ours(internal, &parts.headers),
        from: peer::certain(&parts.extensions, &parts.headers, internal.rules.trust_forwarded),
        path,
    };
    if came.path == "/login" {
        // Another site must not log somebody in as somebody else: there is no session yet whose token the form could carry.
        if !came.ours {
            return problem::forged().into_response();
        }
        return logged_in(came, actor, (parts, bytes), next).await;
    }
    if came.path == invitation::PAGE {
        // Whoever has the code acts, signed in or not; a password that was typed is never carried to another page.
        return if came.ours {
            next.run(whole(parts, bytes)).await
        } else {
            problem::forged().into_response()
        };
    }
    if away {
        return came.shown(problem::unavailable().into_response(), None);
    }
    let Some(actor) = actor else {
        let worth = came.ours && (came.owner.is_some() || !came.typed.is_empty());
        if !worth || ENDS.contains(&came.path.as_str()) {
            return next.run(whole(parts, bytes)).await;
        }
        return came
            .to_login(page::expired(&came.typed), StatusCode::UNAUTHORIZED)
            .await;
    };
    if !seal::same(came.token.as_bytes(), actor.csrf.as_bytes()) {
        return came.of_another_session(&actor).await;
    }
    let answer = next.run(whole(parts, bytes)).await;
    if answer.status().is_client_error() || answer.status().is_server_error() {
        came.refused(answer, &actor).await
    } else {
        answer
    }
}

/// The login: what waited for it comes back; who logs in over somebody else ends that session.
async fn logged_in(came: Came, before: Option<Actor>, (parts, bytes): (Parts, Bytes), next: Next) -> Response {
    let carried = Typed::field(&bytes, "kept");
    let answer = next.run(whole(parts, bytes)).await;
    let (mut head, body) = answer.into_parts();
    // A login may set other cookies besides, for the browser that it came from.
    let mut cookies = head.headers.get_all(header::SET_COOKIE).iter();
    let token = cookies.find(|cookie| sets_session(cookie)).cloned();
    let entered = head.status.is_redirection() && token.is_some();
    if let (true, Some(before)) = (entered, before) {
        let people = came.internal.people.clone();
        let ended = super::detached(async move { people.session_end(before.session, platform::clock::now()).await });
        if let Err(e) = ended.await {
            return e.into_response();
        }
    }
    let waiting = Waiting::open(&carried, &came.internal.keys);
    let Some((owner, waiting)) = waiting else {
        return Response::from_parts(head, body);
    };
    if !entered {
        let html = native::text(body).await;
        let said = waiting
            .typed
            .said(page::expired(&waiting.typed), When::Later, came.lang);
        let banner = page::banner(&said, None);
        let html = fill::carry(&html, &carried, &banner).unwrap_or(html);
        return page::again(head, html);
    }
    let actor = match &token {
        Some(cookie) => session_of(&came.internal, cookie, came.from).await,
        None => None,
    };
    let Some(actor) = actor else {
        return Response::from_parts(head, Body::empty());
    };
    let came = Came {
        path: waiting.path,
        typed: waiting.typed,
        owner: (owner != AccountId(0)).then_some(owner),
        token: actor.csrf.clone(),
        ..came
    };
    let mut answer = if owner == AccountId(0) || owner == actor.person.account.id {
        let key = if page::has_texts(&came.typed) {
            "kept.back"
        } else {
            "kept.back_bare"
        };
        let said = came.typed.said(key, When::Now, came.lang);
        let back = came.native_page(&actor, &said, StatusCode::OK).await;
        back.unwrap_or_else(|| came.shown(StatusCode::OK.into_response(), Some(&actor)))
    } else {
        let key = "kept.another";
        came.to_login(key, StatusCode::FORBIDDEN).await
    };
    for cookie in head.headers.get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    head.headers.clear();
    answer
}

impl Came {
    /// Without a session, or with somebody else's: a login page that carries what was typed.
    async fn to_login(&self, key: &'static str, status: StatusCode) -> Response {
        let Some((_, html)) = self.native.page("/login", None).await else {
            return self.shown(problem::unavailable().into_response(), None);
        };
        let mut typed = self.typed.clone();
        let sealed = loop {
            let waiting = Waiting {
                path: self.path.clone(),
                typed: typed.clone(),
            };
            let sealed = waiting.seal(self.owner.unwrap_or(AccountId(0)), &self.internal.keys);
            if sealed.len() <= 2 * CARRIED {
                break sealed;
            }
            match typed.without_longest() {
                Some(shorter) => typed = shorter,
                None => return problem::too_large().into_response(),
            }
        };
        let key = match key {
            "kept.expired" => page::expired(&typed),
            other => other,
        };
        // To another person nothing is said of what a colleague typed or chose.
        let said = match key {
            "kept.another" => self.lang.t(key).to_owned(),
            _ => typed.said(key, When::Copy, self.lang),
        };
        let html = fill::carry(&html, &sealed, &page::banner(&said, None)).unwrap_or(html);
        let html = match key {
            "kept.another" => html,
            _ => page::append(&html, &self.typed.beyond(&typed), self.lang),
        };
        page::html(status, html)
    }

    /// The form came from a page of an earlier session. One's own comes back at once; a colleague's is refused, what was
    /// typed stays before the eyes that saw it a moment ago, and waits for its owner's login.
    async fn of_another_session(&self, actor: &Actor) -> Response {
        let answer = problem::forged().into_response();
        if !self.ours || ENDS.contains(&self.path.as_str()) {
            return answer;
        }
        if self.owner.is_none_or(|owner| owner == actor.person.account.id) {
            let said = self.typed.said("kept.earlier", When::Now, self.lang);
            return match self.native_page(actor, &said, StatusCode::FORBIDDEN).await {
                Some(page) => page,
                None => self.shown(answer, Some(actor)),
            };
        }
        let login = self.to_login("kept.colleague", StatusCode::FORBIDDEN).await;
        let (head, body) = login.into_parts();
        let html = page::append(&native::text(body).await, &self.typed, self.lang);
        page::again(head, html)
    }

    /// A handler refused it: into the form of its answer; else into the form of a fresh page; else beside the answer.
    async fn refused(&self, answer: Response, actor: &Actor) -> Response {
        if self.typed.is_empty() {
            return answer;
        }
        let (head, body) = answer.into_parts();
        let is_html = head
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("text/html"));
        let html = native::text(body).await;
        if is_html && let Some(filled) = fill::fill(&html, &self.path, &self.path, &self.typed, "") {
            return page::again(head, filled);
        }
        let said = head.extensions.get::<Said>().map(|said| said.0.clone());
        let gone = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&head.status);
        if !gone && head.status.is_client_error() {
            let said = match said {
                Some(said) => format!("{said} {}", self.typed.said("kept.placed", When::Now, self.lang)),
                None => self.typed.said("kept.refused", When::Now, self.lang),
            };
            if let Some(page) = self.native_page(actor, &said, head.status).await {
                return page;
            }
        }
        if is_html && head.extensions.get::<problem::Shown>().is_none() {
            return page::again(head, page::append(&html, &self.typed, self.lang));
        }
        self.shown(Response::from_parts(head, Body::empty()), Some(actor))
    }

    /// The page on which the form stands, with the form filled in.
    async fn native_page(&self, actor: &Actor, said: &str, status: StatusCode) -> Option<Response> {
        let mut path = self.path.as_str();
        while !path.is_empty() {
            if let Some((at, html)) = self.native.page(path, Some(actor)).await {
                let banner = page::banner(said, Some(&at));
                if let Some(filled) = fill::fill(&html, &at, &self.path, &self.typed, &banner) {
                    return Some(page::html(status, filled));
                }
            }
            path = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        None
    }

    /// On a page of its own, which can send it again where that may help.
    fn shown(&self, answer: Response, actor: Option<&Actor>) -> Response {
        // The page's own token, if it is ours: a session that can't be looked up now may be alive again in a minute.
        let token = actor.map_or(self.token.as_str(), |actor| actor.csrf.as_str());
        page::shown(answer, &self.typed, &self.path, token, self.lang)
    }
}

fn whole(parts: Parts, bytes: Bytes) -> Request {
    Request::from_parts(parts, Body::from(bytes))
}

/// Browsers say where a form comes from; a text planted by another site is not brought back.
fn ours(internal: &Internal, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return ["same-origin", "none"].contains(&site);
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, from)| from == host || from == &*internal.host),
        _ => true,
    }
}
