//! `GET /people/{id}`: one person: name and phone, roles, password, what they hold, and what was done to the account.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{Account, AccountId, Find, Invitation, InvitationEnd, Person, Role, StoreError},
    text::Lang,
};

use super::{
    fields, list,
    said::{Again, Said},
    scope::Scope,
    trail::{self, ActLine},
};
use crate::internal::{
    By, Visit,
    again::Wrong,
    auth::Keeper,
    detached,
    error::PageError,
    page::{Frame, render, words},
};

/// A role that the person has.
struct HeldRole {
    unit: String,
    unit_name: String,
    role: Role,
    role_name: &'static str,
    /// The actor may take it.
    ours: bool,
}

/// What was typed into the forms of this page.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) unit: String,
    pub(super) role: String,
}

#[derive(Template)]
#[template(path = "internal/people/person.html")]
struct PersonPage {
    frame: Frame,
    id: AccountId,
    login: String,
    heading: String,
    name: String,
    phone: String,
    disabled: bool,
    demo: bool,
    /// How far an invitation is, as a mark and as a sentence; and whether one waits.
    invited: Option<&'static str>,
    invitation: String,
    invitation_waits: bool,
    factor: bool,
    myself: bool,
    last: String,
    held: Vec<HeldRole>,
    holds: String,
    units: Vec<(String, String)>,
    roles: Vec<(Role, &'static str)>,
    typed: Typed,
    wrong: Wrong,
    acts: Vec<ActLine>,
    /// The actor keeps all accounts, and this one.
    county: bool,
    kept: bool,
    said: Said,
}

impl PersonPage {
    fn wrong(&self, field: &str) -> Option<&'static str> {
        self.wrong.get(field).map(|key| self.frame.lang.t(key))
    }
}

/// The page.
pub(super) async fn page(by: By<Keeper>, Path(id): Path<AccountId>) -> Result<Response, PageError> {
    show(&by, id, Again::default()).await
}

/// One person of this county whom the actor sees.
pub(super) async fn fetch(visit: &Visit, id: AccountId) -> Result<Person, PageError> {
    let (people, county) = (&visit.internal.people, &visit.internal.county);
    let person = people.accounts_list(county, Find::One(id)).await?.into_iter().next();
    let person = person.filter(|person| Scope::of(&visit.actor).sees(person));
    person.ok_or(PageError::NotFound)
}

/// One whose account the actor keeps: whoever may not change it finds nothing to change.
pub(crate) async fn fetch_kept(visit: &Visit, id: AccountId) -> Result<Person, PageError> {
    let person = fetch(visit, id).await?;
    let kept = Scope::of(&visit.actor).keeps(&person).then_some(person);
    kept.ok_or(PageError::NotFound)
}

/// The last invitation in words; nothing where there never was one and none is missing.
fn invitation_said(last: Option<&Invitation>, account: &Account, lang: Lang, now: DateTime<Utc>) -> String {
    let Some(last) = last else {
        let key = "accounts.invitation.none";
        return if account.has_password {
            String::new()
        } else {
            lang.t(key).to_owned()
        };
    };
    let key = match (last.ended_how.map(|how| how.0), last.expires_at <= now) {
        (Some(InvitationEnd::Used), _) => "accounts.invitation.used",
        (Some(InvitationEnd::Voided), _) => "accounts.invitation.voided",
        (None, true) => "accounts.invitation.over",
        (None, false) => "accounts.invitation.waits",
    };
    let command = || lang.t("accounts.act.command_bare").to_owned();
    lang.fill(
        key,
        &[
            ("by", &last.made_by.clone().unwrap_or_else(command)),
            ("at", &words::moment(lang, last.made_at, now)),
            ("until", &words::moment(lang, last.expires_at, now)),
            (
                "ended",
                &words::moment(lang, last.ended_at.unwrap_or(last.expires_at), now),
            ),
        ],
    )
}

/// The page with a sentence about an act.
pub(super) async fn say(visit: &Visit, id: AccountId, status: StatusCode, said: Said) -> Result<Response, PageError> {
    show(visit, id, Again::saying(status, said)).await
}

/// The page with the sentence of this key: done where the status is 200, else refused.
pub(super) async fn answer(
    visit: &Visit,
    id: AccountId,
    (status, key): (StatusCode, &'static str),
) -> Result<Response, PageError> {
    let text = visit.t(key);
    let said = if status == StatusCode::OK {
        Said::done(text)
    } else {
        Said::error(text)
    };
    say(visit, id, status, said).await
}

/// Changes an account that the actor keeps, in a task of its own, and answers with the page; `change` says the status and the key
/// of the sentence.
pub(super) async fn change<W>(
    visit: &Visit,
    id: AccountId,
    change: impl FnOnce(Visit) -> W,
) -> Result<Response, PageError>
where
    W: Future<Output = Result<(StatusCode, &'static str), StoreError>> + Send + 'static,
{
    fetch_kept(visit, id).await?;
    let done = detached(change(visit.clone())).await?;
    answer(visit, id, done).await
}

/// The page after an act.
pub(super) async fn show(visit: &Visit, id: AccountId, again: Again<Typed>) -> Result<Response, PageError> {
    let (internal, lang) = (&visit.internal, visit.lang);
    let person = fetch(visit, id).await?;
    let scope = Scope::of(&visit.actor);
    let kept = scope.keeps(&person);
    let holds = internal.people.account_holds(&internal.county, id).await?;
    let acts = internal.people.account_acts(&internal.county, id).await?;
    let last = internal.people.invitation_last(id).await?;
    let (loaded, now) = (internal.pack.current(), clock::now());
    let open: i64 = holds.iter().map(|held| held.tickets).sum();
    let Person {
        account, memberships, ..
    } = person;
    let held = memberships.into_iter().map(|m| HeldRole {
        unit_name: words::unit_name(&loaded.pack, &m.unit),
        role_name: fields::role_name(lang, m.role),
        ours: scope.gives(&m.unit, m.role),
        unit: m.unit,
        role: m.role,
    });
    let login = account.login.clone();
    let page = PersonPage {
        id,
        myself: id == visit.me(),
        disabled: account.disabled_at.is_some(),
        demo: account.demo,
        invited: list::invited(&account, lang, now),
        invitation: invitation_said(last.as_ref(), &account, lang, now),
        invitation_waits: account.invited_until.is_some_and(|until| until > now),
        factor: account.factor_at.is_some(),
        last: account.last_login_at.map_or_else(
            || lang.t("accounts.never").to_owned(),
            |at| words::moment(lang, at, now),
        ),
        name: again.fields.name.clone().unwrap_or_else(|| account.name.clone()),
        phone: again.fields.phone.clone().or(account.phone).unwrap_or_default(),
        heading: account.name,
        login: login.clone(),
        held: held.collect(),
        holds: lang.fill("accounts.holds", &[("n", &open.to_string())]),
        units: scope.units(&loaded.pack),
        roles: scope.roles(lang),
        county: scope.is_county(),
        kept,
        typed: again.fields,
        wrong: again.wrong,
        acts: trail::lines(&acts, &loaded.pack, lang, now),
        said: again.said,
        frame: visit.frame("/people").titled(&login),
    };
    Ok(render(again.status, &page))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::internal::testing;

    #[test]
    fn pages_of_a_person() {
        let mut page = PersonPage {
            frame: testing::frame(&[("office", Role::Admin)], Lang::Zh, "/people"),
            id: AccountId(9),
            login: "lina".into(),
            heading: "李娜".into(),
            name: "李娜".into(),
            phone: "0558-8612345".into(),
            disabled: false,
            demo: false,
            invited: None,
            invitation: String::new(),
            invitation_waits: false,
            factor: true,
            myself: false,
            last: "11月24日 16:05".into(),
            held: vec![HeldRole {
                unit: "public-security".into(),
                unit_name: "县公安局".into(),
                role: Role::Member,
                role_name: fields::role_name(Lang::Zh, Role::Member),
                ours: true,
            }],
            holds: Lang::Zh.fill("accounts.holds", &[("n", "2")]),
            units: vec![("public-security".into(), "县公安局".into())],
            roles: fields::roles(Lang::Zh),
            typed: Typed::default(),
            wrong: Wrong::new(),
            acts: vec![ActLine {
                at: "11月24日 16:05".into(),
                text: "王芳（wangfang）建立账号".into(),
            }],
            county: true,
            kept: true,
            said: Said::default(),
        };
        testing::page("person", &page);
        page.wrong = Wrong::from([("name", "accounts.bad_name")]);
        page.name = "<b>".into();
        page.said = Said::error(Lang::Zh.t("accounts.not_saved"));
        testing::page("person-refused", &page);
    }
}
