//! What every page shares: head, header, footer, times in words; and the pages that only say what went wrong.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use casework::calendar::shanghai;
use chrono::{DateTime, Timelike, Utc};
use platform::{foreign, text::Lang};

use super::{assets, state::App};
use crate::internal::page::Phone;

/// How the reader changes the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    /// A link to the same page.
    Link(&'static str),
    /// A button of the report's form, so that what was typed goes along.
    Form,
    /// Not here: the page can't be shown again.
    Nowhere,
}

/// What the frame of a page needs.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// Language.
    pub(super) lang: Lang,
    /// Switch to the other one.
    switch: Switch,
    /// The office's telephone, where one is known, and whether it is an example that nobody has confirmed.
    phone: Option<(Phone, bool)>,
}

impl Page {
    /// In `lang`.
    pub(super) fn new(app: &App, lang: Lang, switch: Switch) -> Self {
        let phone = app.office_phone().map(|(phone, example)| (Phone::of(&phone), example));
        Self { lang, switch, phone }
    }

    /// The office's telephone as it is written, each number a link. Where none is known nothing is said of it.
    pub(super) fn phone(&self) -> Option<&Phone> {
        self.phone.as_ref().map(|(phone, _)| phone)
    }

    /// Nobody has confirmed it yet.
    pub(super) fn phone_is_example(&self) -> bool {
        self.phone.as_ref().is_some_and(|(_, example)| *example)
    }

    pub(super) fn t(&self, key: &str) -> &'static str {
        self.lang.t(key)
    }

    /// Added to addresses, so that English holds without cookies too.
    pub(super) fn query(&self) -> &'static str {
        match self.lang {
            Lang::Zh => "",
            Lang::En => "?lang=en",
        }
    }

    pub(super) fn other_tag(&self) -> &'static str {
        match self.lang {
            Lang::Zh => "en",
            Lang::En => "zh-CN",
        }
    }

    pub(super) fn link(&self) -> Option<&'static str> {
        if let Switch::Link(path) = self.switch {
            Some(path)
        } else {
            None
        }
    }

    pub(super) fn by_form(&self) -> bool {
        self.switch == Switch::Form
    }

    pub(super) fn style(&self) -> &'static str {
        assets::STYLE.path()
    }

    pub(super) fn scripts(&self) -> impl Iterator<Item = &'static str> {
        assets::SCRIPTS.iter().map(assets::Asset::path)
    }
}

/// A page, or a bare 500 where its template fails, which only a full disk of memory could cause.
pub(super) fn render(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(foreign::page(html))).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page was not rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// 2026年11月24日 16:05, by Taihe's clock.
pub(super) fn moment(lang: Lang, at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&shanghai());
    let clock = format!("{:02}:{:02}", at.hour(), at.minute());
    match lang {
        Lang::Zh => format!("{} {clock}", casework::zh::times::day(at.date_naive())),
        Lang::En => format!("{}, {clock} (Beijing time)", at.format("%-d %B %Y")),
    }
}

/// Pages that say what went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    NotFound,
    MethodNotAllowed,
    TooLarge,
    BadForm,
    NotText,
    NotStored,
    Away,
}

#[derive(Template)]
#[template(path = "public/notice.html")]
struct NoticePage {
    page: Page,
    heading: &'static str,
    text: &'static str,
}

impl Notice {
    /// The page with its status.
    pub(super) fn page(self, app: &App, lang: Lang) -> Response {
        let (status, key) = match self {
            Self::NotText => (StatusCode::BAD_REQUEST, "not-text"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::BadForm => (StatusCode::BAD_REQUEST, "bad-form"),
            Self::NotStored => (StatusCode::SERVICE_UNAVAILABLE, "not-stored"),
            Self::Away => (StatusCode::SERVICE_UNAVAILABLE, "away"),
        };
        let text = lang.t(&format!("page.notice.{key}-text"));
        let heading = lang.t(&format!("page.notice.{key}"));
        let mut response = render(
            status,
            &NoticePage {
                page: Page::new(app, lang, Switch::Nowhere),
                heading,
                text,
            },
        );
        if matches!(self, Self::NotStored | Self::Away) {
            response.headers_mut().insert(header::RETRY_AFTER, 5.into());
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_taihes_in_words() {
        let at = "2026-11-24T08:05:59Z".parse().unwrap();
        assert_eq!(moment(Lang::Zh, at), "2026年11月24日 16:05");
        assert_eq!(moment(Lang::En, at), "24 November 2026, 16:05 (Beijing time)");
        let night = "2026-11-24T16:00:00Z".parse().unwrap();
        assert_eq!(moment(Lang::Zh, night), "2026年11月25日 00:00");
    }
}
