//! The receipt at an address of its own, `/receipt`, which holds neither number nor code.
//!
//! It survives reload, back and pull-to-refresh for ten minutes. With a script the tab keeps it and the server nothing.
//! Without one the browser keeps it for us in a sealed cookie of the session, and the answer to the POST leads to the address.
//! A client that keeps no cookies gets the receipt as the answer itself: it must not be lost for the sake of its address.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use casework::report::Report;
use casework::words::{Identity, ReporterKind};
use platform::{clock, text::Lang};
use serde::{Deserialize, Serialize};

use super::{
    page::{Page, Switch, moment, render},
    state::App,
};
use crate::intake::accept::Accepted;

/// How long a receipt can be shown again.
const KEPT_S: i64 = 600;
const COOKIE: &str = "receipt";
/// Set with the form: who sends it back keeps cookies.
const PROBE: &str = "kept";
/// Sent by the script of a tab that keeps the receipt itself.
const TAB: &str = "x-tab";

/// What a receipt says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Slip {
    accepted: Accepted,
    danger: bool,
    child: bool,
    anonymous: bool,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    until: i64,
    slip: Slip,
}

impl Slip {
    /// Of a report that was accepted.
    pub(super) fn of(report: &Report, accepted: Accepted) -> Self {
        Self {
            accepted,
            danger: report.present_danger,
            child: report.reporter.kind == ReporterKind::Child,
            anonymous: report.reporter.identity == Identity::Anonymous,
        }
    }
}

#[derive(Template)]
#[template(path = "public/receipt.html")]
struct ReceiptPage<'a> {
    page: Page,
    slip: &'a Slip,
    code: String,
    received: String,
    county: &'a str,
}

#[derive(Template)]
#[template(path = "public/no_receipt.html")]
struct NoReceipt {
    page: Page,
}

/// The answer to a filed form.
pub(super) fn answer(app: &App, lang: Lang, headers: &HeaderMap, slip: Slip) -> Response {
    if headers.contains_key(TAB) || cookie(headers, PROBE).is_none() {
        return page(app, lang, StatusCode::CREATED, Switch::Nowhere, &slip);
    }
    let until = clock::now().timestamp() + KEPT_S;
    let plain = serde_json::to_vec(&Kept { until, slip }).unwrap_or_default();
    let sealed = hex::encode(app.keys.seal_slip(&plain, &mut rand::rng()));
    with_cookie(app, to_receipt(lang), &format!("{COOKIE}={sealed}; Path=/receipt"))
}

/// Marks a browser that keeps cookies, so that the way of the receipt is known when the form is sent.
pub(super) fn probe(app: &App, response: Response) -> Response {
    with_cookie(app, response, &format!("{PROBE}=1; Path=/report"))
}

/// The receipt again, or the word that it is not here.
pub(super) async fn show(State(app): State<App>, Extension(lang): Extension<Lang>, headers: HeaderMap) -> Response {
    let kept = cookie(&headers, COOKIE)
        .and_then(|sealed| app.keys.open_slip(&hex::decode(sealed).ok()?).ok())
        .and_then(|plain| serde_json::from_slice::<Kept>(&plain).ok())
        .filter(|kept| kept.until > clock::now().timestamp());
    match kept {
        Some(kept) => page(&app, lang, StatusCode::OK, Switch::Link("/receipt"), &kept.slip),
        None => {
            let page = Page::new(&app, lang, Switch::Link("/receipt"));
            render(StatusCode::OK, &NoReceipt { page })
        }
    }
}

/// 隐藏: the browser forgets it at once.
pub(super) async fn hide(State(app): State<App>, Extension(lang): Extension<Lang>) -> Response {
    with_cookie(&app, to_receipt(lang), &format!("{COOKIE}=; Path=/receipt; Max-Age=0"))
}

fn to_receipt(lang: Lang) -> Response {
    match lang {
        Lang::Zh => Redirect::to("/receipt").into_response(),
        Lang::En => Redirect::to("/receipt?lang=en").into_response(),
    }
}

fn with_cookie(app: &App, mut response: Response, cookie: &str) -> Response {
    let secure = if app.public_url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    if let Ok(value) = HeaderValue::from_str(&format!("{cookie}; HttpOnly; SameSite=Strict{secure}")) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(given, _)| *given == name).map(|(_, value)| value)
}

fn page(app: &App, lang: Lang, status: StatusCode, switch: Switch, slip: &Slip) -> Response {
    let loaded = app.pack();
    let page = ReceiptPage {
        page: Page::new(app, lang, switch),
        code: grouped(&slip.accepted.follow_up_code),
        received: moment(lang, slip.accepted.received_at),
        county: loaded.pack.county_name(lang.pack()),
        slip,
    };
    render(status, &page)
}

/// 1234 5678 9012 3456: copied by hand with fewer slips.
fn grouped(code: &str) -> String {
    let digits: Vec<char> = code.chars().collect();
    digits
        .chunks(4)
        .map(|four| four.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_shown_in_fours() {
        assert_eq!(grouped("0123456789012345"), "0123 4567 8901 2345");
    }
}
