//! What is known of the browser that asks: whether somebody logged in there before, from where it comes, what it is.
//!
//! A browser in which somebody logged in keeps a signed cookie that lives long and says nothing but "this browser". Wrong
//! passwords from such a browser delay that browser, strangers' delay strangers: so nobody can be locked out by somebody who
//! only knows their login. The cookie opens nothing by itself.

use std::{convert::Infallible, net::IpAddr};

use axum::{
    extract::FromRequestParts,
    http::{Extensions, HeaderMap, HeaderValue, header, request::Parts},
};
use chrono::{DateTime, Utc};

use super::{session, token::DEVICE_DAYS};
use crate::{internal::Internal, web::peer};
use platform::store::DeviceId;

/// The cookie's name; over TLS with the prefix that keeps it to this host.
const COOKIE: &str = "sw_device";

/// The browser that asks.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    /// If it holds a cookie of ours.
    pub(crate) known: Option<DeviceId>,
    /// The address that limits count by.
    pub(crate) address: Option<IpAddr>,
    /// The address that a right may rest on: unknown behind a proxy that nobody told us of.
    pub(crate) certain: Option<IpAddr>,
    /// What it calls itself, in words of ours.
    pub(crate) agent: Option<String>,
}

impl Device {
    /// As the extractor reads it.
    pub(crate) fn of(internal: &Internal, extensions: &Extensions, headers: &HeaderMap) -> Self {
        let token = session::cookie_named(headers, &session::name(COOKIE, internal.secure));
        let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Self {
            known: token.and_then(|token| internal.tokens.verify_device(token)),
            address: peer::counted(extensions, headers, internal.rules.trust_forwarded),
            certain: peer::certain(extensions, headers, internal.rules.trust_forwarded),
            agent: agent.and_then(said),
        }
    }
}

impl FromRequestParts<Internal> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, internal: &Internal) -> Result<Self, Infallible> {
        Ok(Self::of(internal, &parts.extensions, &parts.headers))
    }
}

/// Hands the cookie to a browser in which somebody has just logged in.
pub(crate) fn remember(headers: &mut HeaderMap, device: DeviceId, now: DateTime<Utc>, internal: &Internal) {
    let Ok(token) = internal.tokens.sign_device(device, now) else {
        return;
    };
    let secure = if internal.secure { "; Secure" } else { "" };
    let name = session::name(COOKIE, internal.secure);
    let seconds = DEVICE_DAYS * 86_400;
    let cookie = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// "Edge · Windows": enough for somebody to tell their browsers apart, and nothing that a browser can make up.
fn said(agent: &str) -> Option<String> {
    let first = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let browser = first(&[
        ("MicroMessenger", "WeChat"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("QQBrowser", "QQ"),
        ("360", "360"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("HarmonyOS", "HarmonyOS"),
        ("OpenHarmony", "HarmonyOS"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => Some(format!("{browser} · {system}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn a_browser_is_named_in_words_of_ours() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(said(edge).as_deref(), Some("Edge · Windows"));
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1";
        assert_eq!(said(phone).as_deref(), Some("Safari · iPhone"));
        assert_eq!(said("<script>curl/8"), None);
    }
}
