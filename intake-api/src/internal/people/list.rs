//! `GET /people`: find somebody by name, login, phone or unit; a form for somebody new.

use askama::Template;
use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{Account, Find, Person, StoreError},
    text::Lang,
};
use serde::Deserialize;
use serde_json::json;
use unicode_normalization::UnicodeNormalization;

use super::{
    fields::{self, Wrong},
    said::Said,
    scope::Scope,
};
use crate::internal::{
    Internal, api_unavailable,
    auth::{Actor, Keeper},
    page::{Frame, Language, Phone, render},
    unavailable,
};

/// Accounts that a page lists; whoever has more looks for one.
const SHOWN: usize = 100;

/// Longest search, in characters.
const SEARCH: usize = 100;

/// What a list of people says of one.
pub(super) struct Line {
    pub(super) id: i64,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) phone: Option<Phone>,
    pub(super) disabled: bool,
    pub(super) demo: bool,
    /// How far an invitation is, where the person has no password.
    pub(super) invited: Option<&'static str>,
    /// `县公安局 · 经办人`
    pub(super) roles: Vec<String>,
}

/// The form of a new account as typed.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct NewPerson {
    #[serde(default)]
    pub(super) login: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) phone: String,
    #[serde(default)]
    pub(super) unit: String,
    #[serde(default)]
    pub(super) role: String,
}

/// What is looked for, and the unit of a new person.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    unit: String,
}

#[derive(Template)]
#[template(path = "internal/people/list.html")]
struct PeoplePage {
    frame: Frame,
    people: Vec<Line>,
    q: String,
    count: String,
    more: bool,
    units: Vec<(String, String)>,
    roles: Vec<(&'static str, &'static str)>,
    typed: NewPerson,
    wrong: Wrong,
    open: bool,
    /// An administrator's page: with what is no leader's.
    county: bool,
    said: Said,
}

impl PeoplePage {
    fn wrong(&self, field: &str) -> Option<&'static str> {
        self.wrong.get(field).map(|key| self.frame.lang.t(key))
    }
}

/// The page.
pub(super) async fn page(
    State(internal): State<Internal>,
    actor: Keeper,
    Language(lang): Language,
    Query(asked): Query<Asked>,
) -> Response {
    let typed = NewPerson {
        unit: asked.unit,
        ..NewPerson::default()
    };
    show(
        &internal,
        &actor,
        lang,
        StatusCode::OK,
        &asked.q,
        typed,
        Wrong::new(),
        Said::default(),
    )
    .await
}

/// `GET /api/v1/people`
pub(super) async fn api(State(internal): State<Internal>, actor: Keeper, Query(asked): Query<Asked>) -> Response {
    match search(&internal, &Scope::of(&actor), &asked.q).await {
        Ok(people) => Json(
            people
                .iter()
                .map(|p| json!({"account": p.account, "memberships": p.memberships}))
                .collect::<Vec<_>>(),
        )
        .into_response(),
        Err(e) => api_unavailable(&e),
    }
}

async fn search(internal: &Internal, scope: &Scope, q: &str) -> Result<Vec<Person>, StoreError> {
    let folded: String = q.chars().take(SEARCH).nfkc().collect::<String>().to_lowercase();
    let words: Vec<String> = folded.split_whitespace().map(str::to_owned).collect();
    let find = if words.is_empty() {
        Find::All
    } else {
        Find::Words(words)
    };
    let mut found = internal.people.accounts_list(&internal.county, find).await?;
    found.retain(|person| scope.sees(person));
    Ok(found)
}

/// The page after an act.
#[expect(clippy::too_many_arguments, reason = "the parts of one page")]
pub(super) async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    status: StatusCode,
    q: &str,
    typed: NewPerson,
    wrong: Wrong,
    said: Said,
) -> Response {
    let scope = Scope::of(actor);
    let people = match search(internal, &scope, q).await {
        Ok(people) => people,
        Err(e) => return unavailable(&e),
    };
    let loaded = internal.pack.current();
    let count = people.len();
    let page = PeoplePage {
        count: lang.fill("accounts.count", &[("n", &count.to_string())]),
        more: count > SHOWN,
        people: people
            .into_iter()
            .take(SHOWN)
            .map(|p| line(p, &loaded.pack, lang))
            .collect(),
        q: q.to_owned(),
        units: scope.units(&loaded.pack),
        roles: scope.roles(lang),
        county: scope.is_county(),
        open: !wrong.is_empty() || !typed.unit.is_empty(),
        typed,
        wrong,
        said,
        frame: Frame::of(actor, lang, "/people"),
    };
    render(status, &page)
}

/// The mark of somebody who has no password yet.
pub(super) fn invited(account: &Account, lang: Lang, now: DateTime<Utc>) -> Option<&'static str> {
    let waits = account.invited_until.is_some_and(|until| until > now);
    let key = if waits {
        "accounts.invited"
    } else {
        "accounts.not_invited"
    };
    (!account.has_password).then(|| lang.t(key))
}

/// One person of a list.
pub(super) fn line(person: Person, pack: &casework::pack::Pack, lang: Lang) -> Line {
    let Person { account, memberships } = person;
    let role = |m: &platform::store::Membership| {
        format!(
            "{} · {}",
            fields::unit_name(pack, &m.unit),
            fields::role_name(lang, &m.role)
        )
    };
    Line {
        id: account.id,
        disabled: account.disabled_at.is_some(),
        demo: account.demo,
        invited: invited(&account, lang, clock::now()),
        phone: account.phone.as_deref().map(Phone::of),
        roles: memberships.iter().map(role).collect(),
        login: account.login,
        name: account.name,
    }
}
