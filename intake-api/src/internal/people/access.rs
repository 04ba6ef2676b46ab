//! `GET /access`: who came to which door: failed logins, refusals, logins. Administrators and the oversight read it; 90 days.

use std::net::IpAddr;

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{AccessFind, AccessId, AccessKind, AccessLine, act_detail::TurnedAway},
    text::Lang,
};
use serde::Deserialize;

use super::answers::Access;
use crate::internal::{
    Answer, By,
    auth::{Watcher, login_name},
    error::{ApiError, PageError},
    page::{Frame, render, words},
};

/// Lines of a page.
const SHOWN: i64 = 100;

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    account: String,
    #[serde(default)]
    address: String,
    before: Option<AccessId>,
}

struct Line {
    at: String,
    what: &'static str,
    times: Option<String>,
    who: String,
    address: String,
    door: String,
}

#[derive(Template)]
#[template(path = "internal/people/access.html")]
struct AccessPage {
    frame: Frame,
    asked: Asked,
    kinds: Vec<(&'static str, &'static str)>,
    bad_address: bool,
    lines: Vec<Line>,
    older: Option<String>,
}

/// An address was asked for that is none.
struct NoAddress;

/// What to look for; `None` where nothing can be found, because there is no such kind.
fn read(asked: &Asked) -> Result<Option<AccessFind>, NoAddress> {
    let some = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let address = match some(&asked.address) {
        Some(text) => Some(text.parse::<IpAddr>().map_err(|_| NoAddress)?),
        None => None,
    };
    let kind = match some(&asked.kind).map(|word| word.parse()) {
        Some(Err(_)) => return Ok(None),
        Some(Ok(kind)) => Some(kind),
        None => None,
    };
    Ok(Some(AccessFind {
        kind,
        address,
        login: some(&asked.account).map(|login| login_name::normalised(&login)),
        before: asked.before,
        limit: SHOWN + 1,
    }))
}

/// The page.
pub(super) async fn page(by: By<Watcher>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let (people, county, lang) = (&by.internal.people, &by.internal.county, by.lang);
    let (found, bad_address) = match read(&asked) {
        Ok(Some(find)) => (people.access_list(county, &find).await?, false),
        Ok(None) => (Vec::new(), false),
        Err(NoAddress) => (Vec::new(), true),
    };
    let (found, older) = cut(found);
    let now = clock::now();
    let page = AccessPage {
        kinds: AccessKind::ALL
            .iter()
            .map(|kind| (kind.as_str(), kind_name(lang, Some(*kind))))
            .collect(),
        lines: found.iter().map(|line| say(line, lang, now)).collect(),
        older: older.map(|id| {
            let fields = [
                ("kind", asked.kind.as_str()),
                ("account", asked.account.as_str()),
                ("address", asked.address.as_str()),
                ("before", &id.to_string()),
            ];
            format!("/access?{}", serde_urlencoded::to_string(fields).unwrap_or_default())
        }),
        bad_address,
        asked,
        frame: by.frame("/trail"),
    };
    let status = if bad_address {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(render(status, &page))
}

/// `GET /api/v1/access`
pub(super) async fn api(by: By<Watcher>, Query(asked): Query<Asked>) -> Result<Answer<Access>, ApiError> {
    let find = read(&asked).map_err(|_| ApiError::said(422, "address is no address"))?;
    let (people, county) = (&by.internal.people, &by.internal.county);
    let found = match &find {
        Some(find) => people.access_list(county, find).await?,
        None => Vec::new(),
    };
    let (found, older) = cut(found);
    Ok(Answer(Access {
        events: found.into_iter().map(Into::into).collect(),
        older,
    }))
}

fn cut(mut found: Vec<AccessLine>) -> (Vec<AccessLine>, Option<AccessId>) {
    let shown = usize::try_from(SHOWN).unwrap_or_default();
    let older = (found.len() > shown).then(|| found[shown - 1].id);
    found.truncate(shown);
    (found, older)
}

fn kind_name(lang: Lang, kind: Option<AccessKind>) -> &'static str {
    lang.t(&format!("access.kind.{}", kind.map_or("other", AccessKind::as_str)))
}

fn say(line: &AccessLine, lang: Lang, now: DateTime<Utc>) -> Line {
    let who = match (&line.name, &line.login) {
        (Some(name), Some(login)) => format!("{name}（{login}）"),
        (None, Some(login)) => lang.fill("access.unknown", &[("login", login)]),
        _ if line.door == "*" => lang.t("access.many").to_owned(),
        _ => lang.t("access.nobody").to_owned(),
    };
    Line {
        at: words::moment(lang, line.at, now),
        what: kind_name(lang, line.kind.known()),
        times: (line.times > 1).then(|| {
            let values = [
                ("n", line.times.to_string()),
                ("at", words::moment(lang, line.last_at, now)),
            ];
            let values = [("n", values[0].1.as_str()), ("at", values[1].1.as_str())];
            lang.fill("access.times", &values)
        }),
        who,
        address: line
            .address
            .clone()
            .unwrap_or_else(|| lang.t("access.addresses").to_owned()),
        door: match (line.door.as_str(), line.detail.read::<TurnedAway>()) {
            ("*", _) => lang.t("access.doors").to_owned(),
            (door, Some(away)) => format!("{} {}", door.split(' ').next().unwrap_or_default(), away.path),
            (door, None) => door.to_owned(),
        },
    }
}
