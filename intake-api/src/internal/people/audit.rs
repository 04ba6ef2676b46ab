//! `GET /trail`: who did what to accounts, units and rights, of everybody, one account or one unit. Administrators, the office and
//! the oversight read it; what a person did on reports and rules only those who may read reports.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use platform::{
    clock,
    store::{AccountAct, AccountActId, ActsFind, DeedLine, DeedWhat, Role, StoreError},
    text::Lang,
};
use serde::Deserialize;

use super::{answers::Trail, fields, trail};
use crate::internal::{
    Answer, By, Visit,
    auth::{Auditor, login_name},
    board::ticket::event_name,
    error::{ApiError, PageError},
    page::{Frame, render, words},
};

/// Lines of a page.
const SHOWN: i64 = 100;

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// A login.
    #[serde(default)]
    account: String,
    /// A unit's code.
    #[serde(default)]
    unit: String,
    /// Older than this act.
    before: Option<AccountActId>,
}

struct Line {
    at: String,
    text: String,
    /// Whom it was done to: name and login.
    whom: Option<String>,
}

struct Deed {
    at: String,
    text: String,
    link: Option<String>,
}

#[derive(Template)]
#[template(path = "internal/people/trail.html")]
struct TrailPage {
    frame: Frame,
    asked: Asked,
    /// Somebody asked for a login that nobody has.
    nobody: bool,
    heading: String,
    units: Vec<(String, String)>,
    lines: Vec<Line>,
    deeds: Vec<Deed>,
    older: Option<String>,
    access: bool,
}

/// What was found.
struct Found {
    nobody: bool,
    name: Option<String>,
    acts: Vec<AccountAct>,
    deeds: Vec<DeedLine>,
    older: Option<AccountActId>,
}

/// The page.
pub(super) async fn page(by: By<Auditor>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let (internal, lang) = (&by.internal, by.lang);
    let found = find(&by, &asked).await?;
    let (loaded, now) = (internal.pack.current(), clock::now());
    let pack = &loaded.pack;
    let whom = |act: &AccountAct| match (&act.account_name, &act.account_login) {
        (Some(name), Some(login)) => Some(format!("{name}（{login}）")),
        _ => None,
    };
    let page = TrailPage {
        heading: match (&found.name, asked.unit.is_empty()) {
            (Some(name), _) => lang.fill("trail.of", &[("who", name)]),
            (None, false) => lang.fill("trail.of", &[("who", &words::unit_name(pack, &asked.unit))]),
            (None, true) => lang.t("trail.title").to_owned(),
        },
        units: fields::units(pack),
        lines: found
            .acts
            .iter()
            .map(|act| Line {
                at: words::moment(lang, act.at, now),
                text: trail::text(act, pack, lang),
                whom: whom(act),
            })
            .collect(),
        deeds: found.deeds.iter().map(|deed| say(deed, lang, now)).collect(),
        older: found.older.map(|id| {
            let fields = [
                ("account", asked.account.as_str()),
                ("unit", asked.unit.as_str()),
                ("before", &id.to_string()),
            ];
            format!("/trail?{}", serde_urlencoded::to_string(fields).unwrap_or_default())
        }),
        nobody: found.nobody,
        access: by.actor.is(&[Role::Admin, Role::Oversight]),
        asked,
        frame: by.frame("/trail"),
    };
    Ok(render(StatusCode::OK, &page))
}

/// `GET /api/v1/trail`
pub(super) async fn api(by: By<Auditor>, Query(asked): Query<Asked>) -> Result<Answer<Trail>, ApiError> {
    let found = find(&by, &asked).await?;
    Ok(Answer(Trail {
        acts: found.acts.into_iter().map(Into::into).collect(),
        deeds: found.deeds.into_iter().map(Into::into).collect(),
        older: found.older,
    }))
}

async fn find(visit: &Visit, asked: &Asked) -> Result<Found, StoreError> {
    let (internal, actor) = (&visit.internal, &visit.actor);
    let login = login_name::normalised(&asked.account);
    let person = if login.is_empty() {
        None
    } else {
        internal.people.account_named(&internal.county, &login).await?
    };
    let nobody = !login.is_empty() && person.is_none();
    let account = person.as_ref().map(|(id, _)| *id);
    let find = ActsFind {
        account,
        or_by: true,
        unit: (!asked.unit.is_empty()).then_some(asked.unit.as_str()),
        act: None,
        before: asked.before,
        limit: SHOWN + 1,
    };
    let mut acts = if nobody {
        Vec::new()
    } else {
        internal.people.acts_find(&internal.county, &find).await?
    };
    let shown = usize::try_from(SHOWN).unwrap_or_default();
    let older = (acts.len() > shown).then(|| acts[shown - 1].id);
    acts.truncate(shown);
    // An administrator sees no report, nor what was done on one.
    let deeds = match account.filter(|_| actor.is(&[Role::Office, Role::Oversight]) && asked.before.is_none()) {
        Some(account) => internal.board.account_deeds(&internal.county, account, SHOWN).await?,
        None => Vec::new(),
    };
    Ok(Found {
        nobody,
        name: person.map(|(_, name)| format!("{name}（{login}）")),
        acts,
        deeds,
        older,
    })
}

fn say(deed: &DeedLine, lang: Lang, now: chrono::DateTime<chrono::Utc>) -> Deed {
    let at = words::moment(lang, deed.at, now);
    match &deed.what {
        DeedWhat::Rules { step, version } => {
            let what = step.known().map(|step| lang.t(&format!("rules.act.{step}")));
            let rules = lang.fill("rules.version", &[("n", &version.to_string())]);
            Deed {
                at,
                text: format!("{rules} · {}", what.unwrap_or_else(|| lang.t("board.event.other"))),
                link: Some(format!("/rules/{version}")),
            }
        }
        DeedWhat::Event { kind, report, ticket } => Deed {
            at,
            text: format!("{report} · {}", event_name(lang, kind)),
            link: ticket.map(|id| format!("/board/tickets/{id}")),
        },
    }
}
