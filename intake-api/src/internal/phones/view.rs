//! The page of a person's telephones: their own, or those of somebody whose account is kept.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{AccountId, MOST_PHONES, OwnMail, OwnPhone, PhoneId},
    text::Lang,
};
use serde::Deserialize;

use super::number;
use crate::internal::{
    Internal, Visit,
    again::{self, Wrong},
    error::PageError,
    page::{Frame, render, words},
};

/// What a page says at its top.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) done: Option<String>,
    pub(super) error: Option<String>,
}

impl Said {
    /// It was done.
    pub(super) fn done(text: impl Into<String>) -> Self {
        Self {
            done: Some(text.into()),
            error: None,
        }
    }

    /// It was not.
    pub(super) fn error(text: impl Into<String>) -> Self {
        Self {
            done: None,
            error: Some(text.into()),
        }
    }
}

/// A telephone to add, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    pub(super) number: String,
    #[serde(default)]
    pub(super) night: String,
    /// The own mail address, where its form came.
    #[serde(default)]
    pub(super) mail: Option<String>,
}

impl Typed {
    /// Whether the telephone rings at night.
    pub(super) fn at_night(&self) -> bool {
        !self.night.is_empty()
    }
}

/// The page after an act.
pub(super) type Again = again::Again<Typed, Said>;

/// One telephone.
struct Line {
    id: PhoneId,
    number: String,
    state: String,
    verified: bool,
    /// A code is awaited: until when.
    code_until: Option<String>,
    /// The code that was asked for last did not go out.
    code_failed: bool,
    night: bool,
    first: bool,
}

/// The person's own mail address.
struct MailLine {
    /// As stored, or as typed and refused.
    shown: String,
    /// Whether it was verified, and when; none: there is no address.
    state: Option<String>,
    verified: bool,
    /// A code is awaited: until when.
    code_until: Option<String>,
    code_failed: bool,
}

#[derive(Template)]
#[template(path = "internal/phones/page.html")]
struct PhonesPage {
    frame: Frame,
    /// The person, where it is somebody else's page.
    whose: Option<(AccountId, String)>,
    phones: Vec<Line>,
    full: bool,
    mail: MailLine,
    pin: Option<String>,
    typed: Typed,
    wrong: Wrong,
    said: Said,
}

impl PhonesPage {
    fn wrong(&self, field: &str) -> Option<&'static str> {
        self.wrong.get(field).map(|key| self.frame.lang.t(key))
    }

    fn heading(&self, name: &str) -> String {
        self.frame.lang.fill("phones.of", &[("name", name)])
    }

    /// Where this page is.
    fn base(&self) -> String {
        match &self.whose {
            Some((id, _)) => format!("/people/{id}/phones"),
            None => "/phones".to_owned(),
        }
    }
}

/// The page of one's own telephones, or those of `whose`.
pub(super) async fn show(
    visit: &Visit,
    whose: Option<(AccountId, String)>,
    again: Again,
) -> Result<Response, PageError> {
    let (people, lang, now) = (&visit.internal.people, visit.lang, clock::now());
    let account = whose.as_ref().map_or(visit.me(), |(id, _)| *id);
    let phones = people.phones_of(&[account], now).await?;
    let pin = match &whose {
        Some(_) => None,
        None => Some(pin(people.duty_pin_since(account).await?, lang, now)),
    };
    let mail = mail_line(
        people.own_mail(account, now).await?,
        again.fields.mail.clone(),
        (lang, now),
    );
    let lines = phones.iter().enumerate();
    let lines = lines.map(|(index, phone)| line(&visit.internal, phone, index == 0, (lang, now)));
    let page = PhonesPage {
        phones: lines.collect(),
        full: phones.len() >= usize::try_from(MOST_PHONES).unwrap_or_default(),
        mail,
        pin,
        typed: again.fields,
        wrong: again.wrong,
        said: again.said,
        frame: visit.frame(if whose.is_some() { "/people" } else { "/phones" }),
        whose,
    };
    Ok(render(again.status, &page))
}

/// The page with a sentence about an act on one's own telephones.
pub(super) async fn say(visit: &Visit, status: StatusCode, said: Said) -> Result<Response, PageError> {
    show(visit, None, Again::saying(status, said)).await
}

fn line(internal: &Internal, phone: &OwnPhone, first: bool, (lang, now): (Lang, DateTime<Utc>)) -> Line {
    let moment = |at| words::moment(lang, at, now);
    Line {
        id: phone.id,
        number: number::shown(internal, phone, lang),
        state: phone.verified_at.map_or_else(
            || lang.t("phones.unverified").to_owned(),
            |at| lang.fill("phones.verified", &[("at", &moment(at))]),
        ),
        verified: phone.verified_at.is_some(),
        code_until: phone
            .code_until
            .map(|until| lang.fill("phones.code_until", &[("until", &moment(until))])),
        code_failed: phone.code_failed,
        night: phone.night,
        first,
    }
}

fn mail_line(own: OwnMail, typed: Option<String>, (lang, now): (Lang, DateTime<Utc>)) -> MailLine {
    let moment = |at| words::moment(lang, at, now);
    MailLine {
        state: own.mail.is_some().then(|| match own.verified_at {
            Some(at) => lang.fill("phones.verified", &[("at", &moment(at))]),
            None => lang.t("phones.unverified").to_owned(),
        }),
        shown: typed.or(own.mail).unwrap_or_default(),
        verified: own.verified_at.is_some(),
        code_until: own
            .code_until
            .map(|until| lang.fill("phones.code_until", &[("until", &moment(until))])),
        code_failed: own.code_failed,
    }
}

fn pin(since: Option<DateTime<Utc>>, lang: Lang, now: DateTime<Utc>) -> String {
    match since {
        Some(at) => lang.fill("phones.pin.since", &[("at", &words::moment(lang, at, now))]),
        None => lang.t("phones.pin.none").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::internal::testing;
    use platform::store::Role;

    #[test]
    fn pages_of_telephones() {
        let line = |id, number: &str, verified: bool| Line {
            id: PhoneId(id),
            number: number.into(),
            state: if verified {
                Lang::Zh.fill("phones.verified", &[("at", "11月24日 16:05")])
            } else {
                Lang::Zh.t("phones.unverified").into()
            },
            verified,
            code_until: (!verified).then(|| Lang::Zh.fill("phones.code_until", &[("until", "11月24日 16:15")])),
            code_failed: false,
            night: verified,
            first: id == 1,
        };
        let mut page = PhonesPage {
            frame: testing::frame(&[("public-security", Role::Member)], Lang::Zh, "/phones"),
            whose: None,
            phones: vec![line(1, "138****5678", true), line(2, "0558****345转8012", false)],
            full: false,
            mail: MailLine {
                shown: "wangfang@taihe.example".into(),
                state: Some(Lang::Zh.t("phones.unverified").into()),
                verified: false,
                code_until: Some(Lang::Zh.fill("phones.code_until", &[("until", "11月24日 16:15")])),
                code_failed: false,
            },
            pin: Some(Lang::Zh.t("phones.pin.none").into()),
            typed: Typed::default(),
            wrong: Wrong::new(),
            said: Said::done(Lang::Zh.t("phones.ended")),
        };
        testing::page("phones", &page);
        page.whose = Some((AccountId(9), "李娜".into()));
        page.pin = None;
        page.typed.number = "8612345".into();
        page.wrong = Wrong::from([("number", "phones.wrong.no_area")]);
        page.said = Said::error(Lang::Zh.t("phones.not_added"));
        testing::page("phones-of-another", &page);
    }
}
