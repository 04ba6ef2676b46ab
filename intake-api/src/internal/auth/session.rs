//! The layer in front of every internal route: cookie or bearer token -> live session -> person with current memberships.
//!
//! It also notes that somebody works in the session and renews its token; what a page asks by itself does neither. The token that every form carries is checked by [`crate::internal::kept`], the
//! next layer, so that no handler can forget either. A bearer token needs no such check, because a browser never sends one by
//! itself.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use chrono::{DateTime, Utc};
use platform::{clock, run::telemetry::chain, store::StoreError};
use tracing::{error, warn};

use super::{actor::Actor, token::Claims};
use crate::{
    internal::{Internal, counts::Counts},
    web::peer,
};

/// The cookie's name.
pub(crate) const COOKIE: &str = "sw_session";

/// Keeps a cookie to this host and to TLS; without TLS, which a county's inner network may not have, browsers refuse it.
const HOST: &str = "__Host-";

/// A cookie's name as it is sent.
pub(super) fn name(cookie: &str, secure: bool) -> String {
    if secure {
        format!("{HOST}{cookie}")
    } else {
        cookie.to_owned()
    }
}

/// Seconds between two notes that somebody works in a session.
const TOUCH_S: i64 = 60;

/// The session of this request could not be looked up: the database is away. An extension of the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionUnread;

/// The layer.
pub(crate) async fn session(State(internal): State<Internal>, request: Request, next: Next) -> Response {
    let now = clock::now();
    let api = request.uri().path().starts_with("/api/");
    let token = if api {
        bearer(request.headers())
    } else {
        cookie_named(request.headers(), &name(COOKIE, internal.secure))
    };
    // What a page asks by itself keeps no session alive, or none would ever end at a desk that is left open.
    let by_hand = !asks_by_itself(&request);
    let from = peer::certain(request.extensions(), request.headers(), internal.rules.trust_forwarded);
    let claims = token.and_then(|token| internal.tokens.verify(token));
    let mut request = request;
    let actor = match &claims {
        Some(claims) => match actor(&internal, claims, from, now).await {
            Ok(actor) => actor,
            Err(e) => {
                error!(error = chain(&e), "a session can't be read");
                request.extensions_mut().insert(SessionUnread);
                None
            }
        },
        None => None,
    };
    if let Some(actor) = &actor {
        request.extensions_mut().insert(actor.clone());
        if by_hand && (now - actor.used_at).num_seconds() >= TOUCH_S {
            let (people, id) = (internal.people.clone(), actor.session);
            tokio::spawn(async move {
                if let Err(e) = people.session_touch(id, now).await {
                    warn!(error = chain(&e), "a session may end before its time");
                }
            });
        }
    }
    let renew = by_hand && !api && claims.is_some_and(|c| now.timestamp() - c.iat >= TOUCH_S);
    let mut response = next.run(request).await;
    if renew
        && let Some(actor) = actor
        && !response.headers().contains_key(header::SET_COOKIE)
        && let Ok(token) = internal.tokens.sign(actor.person.account.id, actor.session, now)
    {
        set_cookie(response.headers_mut(), &token, &internal);
    }
    response
}

/// Parts of pages that refresh themselves, and what a page needs to look like itself.
fn asks_by_itself(request: &Request) -> bool {
    let path = request.uri().path();
    let part = *request.method() == Method::GET && request.headers().contains_key("hx-request");
    // A duty page that says that it is there says nothing of its person.
    let duty = ["/on-duty/stream", "/on-duty/state", "/on-duty/beat"].contains(&path)
        || path.starts_with("/api/v1/on-duty/") && !path.ends_with("/end");
    part || duty || path.starts_with("/assets/") || ["/favicon.ico", "/robots.txt"].contains(&path)
}

async fn actor(
    internal: &Internal,
    claims: &Claims,
    from: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<Option<Actor>, StoreError> {
    let live = internal
        .people
        .session_person(claims.sid, internal.tokens.lifetime(), now)
        .await?;
    // A demo's sessions end with the demo.
    let live = live.filter(|live| !live.person.account.demo || internal.demo.is_some());
    let Some(live) = live else { return Ok(None) };
    let must_factor = !live.factor && internal.rules.factor.binds(&live.person, from);
    // Whoever has a factor shows it by logging in anew; whoever has none is led to set one up.
    if must_factor && live.person.account.factor_at.is_some() {
        return Ok(None);
    }
    Ok(Some(Actor {
        must_factor,
        session: claims.sid,
        csrf: internal.keys.csrf_token(claims.sid, live.person.account.id),
        counts: Counts::default(),
        used_at: live.used_at,
        person: Arc::new(live.person),
    }))
}

/// Whether this cookie of an answer opens a session.
pub(crate) fn sets_session(cookie: &HeaderValue) -> bool {
    cookie
        .to_str()
        .ok()
        .and_then(set_token)
        .is_some_and(|token| !token.is_empty())
}

/// The session's token in what sets it.
fn set_token(cookie: &str) -> Option<&str> {
    [false, true]
        .into_iter()
        .find_map(|secure| in_cookies(cookie, &name(COOKIE, secure)))
}

/// Who acts with the cookie that an answer sets.
pub(crate) async fn session_of(internal: &Internal, cookie: &HeaderValue, from: Option<IpAddr>) -> Option<Actor> {
    let token = set_token(cookie.to_str().ok()?)?;
    let claims = internal.tokens.verify(token)?;
    let found = actor(internal, &claims, from, clock::now()).await;
    found
        .inspect_err(|e| error!(error = chain(e), "a new session can't be read"))
        .ok()?
}

/// The field `csrf` of a form. In a form with files it is the first part, which is short: looked up here, so that the body
/// is read in parts only once and by the handler.
pub(crate) fn given_token(headers: &HeaderMap, bytes: &[u8]) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let fields: HashMap<String, String> = serde_urlencoded::from_bytes(bytes).unwrap_or_default();
        return fields.get("csrf").cloned().unwrap_or_default();
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
    let value = head.split_once("name=\"csrf\"\r\n\r\n").map_or("", |(_, rest)| rest);
    value.lines().next().unwrap_or_default().to_owned()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

/// The value of a cookie.
pub(super) fn cookie_named<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    all.into_iter().find_map(|text| in_cookies(text, name))
}

fn in_cookies<'h>(text: &'h str, name: &str) -> Option<&'h str> {
    text.split(';')
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Hands a token to the browser: not for scripts, not for other sites.
pub(crate) fn set_cookie(headers: &mut HeaderMap, token: &str, internal: &Internal) {
    put_cookie(headers, token, internal.session_hours * 3600, internal.secure);
}

/// Takes it back.
pub(crate) fn clear_cookie(headers: &mut HeaderMap, internal: &Internal) {
    put_cookie(headers, "", 0, internal.secure);
}

fn put_cookie(headers: &mut HeaderMap, token: &str, seconds: u32, secure: bool) {
    let name = name(COOKIE, secure);
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}
