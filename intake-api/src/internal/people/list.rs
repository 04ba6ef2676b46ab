//! `GET /people`: find somebody by name, login, phone or unit; a form for somebody new.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{Account, AccountId, Find, Person, Role, StoreError},
    text::Lang,
};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::{
    answers, fields,
    said::{Again, Said},
    scope::Scope,
};
use crate::internal::{
    Answer, By, Visit,
    again::Wrong,
    auth::Keeper,
    error::{ApiError, PageError},
    page::{Frame, Phone, render, words},
};

/// Accounts that a page lists; whoever has more looks for one.
const SHOWN: usize = 100;

/// Longest search, in characters.
const SEARCH: usize = 100;

/// What a list of people says of one.
pub(super) struct Line {
    pub(super) id: AccountId,
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
    roles: Vec<(Role, &'static str)>,
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
pub(super) async fn page(by: By<Keeper>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let typed = NewPerson {
        unit: asked.unit,
        ..NewPerson::default()
    };
    show(&by, &asked.q, Again::keeping(StatusCode::OK, Said::default(), typed)).await
}

/// `GET /api/v1/people`
pub(super) async fn api(by: By<Keeper>, Query(asked): Query<Asked>) -> Result<Answer<Vec<answers::Person>>, ApiError> {
    let people = search(&by, &asked.q).await?;
    Ok(Answer(people.into_iter().map(Into::into).collect()))
}

async fn search(visit: &Visit, q: &str) -> Result<Vec<Person>, StoreError> {
    let folded: String = q.chars().take(SEARCH).nfkc().collect::<String>().to_lowercase();
    let words: Vec<String> = folded.split_whitespace().map(str::to_owned).collect();
    let find = if words.is_empty() {
        Find::All
    } else {
        Find::Words(words)
    };
    let (people, county) = (&visit.internal.people, &visit.internal.county);
    let mut found = people.accounts_list(county, find).await?;
    let scope = Scope::of(&visit.actor);
    found.retain(|person| scope.sees(person));
    Ok(found)
}

/// The page after an act, with what was looked for.
pub(super) async fn show(visit: &Visit, q: &str, again: Again<NewPerson>) -> Result<Response, PageError> {
    let lang = visit.lang;
    let scope = Scope::of(&visit.actor);
    let people = search(visit, q).await?;
    let (loaded, wrong, typed) = (visit.internal.pack.current(), again.wrong, again.fields);
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
        said: again.said,
        frame: visit.frame("/people"),
    };
    Ok(render(again.status, &page))
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
    let Person {
        account,
        memberships,
        strange,
    } = person;
    let role = |m: &platform::store::Membership| {
        format!(
            "{} · {}",
            words::unit_name(pack, &m.unit),
            fields::role_name(lang, m.role)
        )
    };
    let unread = |m: &platform::store::StrangeRole| {
        let unit = words::unit_name(pack, &m.unit);
        format!("{unit} · {}（{}）", lang.t("words.unread_mark"), m.word)
    };
    Line {
        id: account.id,
        disabled: account.disabled_at.is_some(),
        demo: account.demo,
        invited: invited(&account, lang, clock::now()),
        phone: account.phone.as_deref().map(Phone::of),
        roles: memberships.iter().map(role).chain(strange.iter().map(unread)).collect(),
        login: account.login,
        name: account.name,
    }
}
