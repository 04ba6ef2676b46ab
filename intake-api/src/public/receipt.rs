//! The receipt page: the answer to the form's POST, so that neither number nor code is ever part of an address.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use platform::text::Lang;

use super::page::{Page, Switch, moment, render};
use crate::accept::Accepted;

#[derive(Template)]
#[template(path = "public/receipt.html")]
struct ReceiptPage<'a> {
    page: Page,
    receipt: &'a str,
    code: String,
    received: String,
    county: &'a str,
}

/// 201 with the receipt of `county`.
pub(super) fn page(lang: Lang, accepted: &Accepted, county: &str) -> Response {
    let page = ReceiptPage {
        page: Page::new(lang, Switch::Nowhere),
        receipt: &accepted.receipt,
        code: grouped(&accepted.follow_up_code),
        received: moment(lang, accepted.received_at),
        county,
    };
    render(StatusCode::CREATED, &page)
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
