//! Browsers in which somebody logged in before: a signed cookie that lives long and says nothing but "this browser".
//!
//! Wrong passwords from such a browser delay that browser, strangers' delay strangers: so nobody can be locked out by
//! somebody who only knows their login. The cookie opens nothing by itself.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::token::DEVICE_DAYS;
use crate::internal::Internal;

/// The cookie's name.
const COOKIE: &str = "sw_device";

/// The browser that asks, if it holds a cookie of ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Device(pub(crate) Option<Uuid>);

impl FromRequestParts<Internal> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, internal: &Internal) -> Result<Self, Infallible> {
        let token = super::session::cookie_named(&parts.headers, COOKIE);
        Ok(Self(token.and_then(|token| internal.tokens.verify_device(token))))
    }
}

/// Hands the cookie to a browser in which somebody has just logged in.
pub(crate) fn remember(headers: &mut HeaderMap, device: Uuid, now: DateTime<Utc>, internal: &Internal) {
    let Ok(token) = internal.tokens.sign_device(device, now) else {
        return;
    };
    let secure = if internal.secure { "; Secure" } else { "" };
    let seconds = DEVICE_DAYS * 86_400;
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}
