//! `GET /people/{id}`: one person: name and phone, roles, password, what they hold, and what was done to the account.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{Account, Find, Invitation, Person, StoreError},
    text::Lang,
};

use super::{
    fields::{self, Wrong},
    list,
    said::Said,
    scope::Scope,
    trail::{self, ActLine},
};
use crate::internal::{
    Internal,
    auth::{Actor, Keeper},
    page::{Frame, Language, problem, render, words},
    unavailable,
};

/// A role that the person has.
struct HeldRole {
    unit: String,
    unit_name: String,
    role: String,
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
    id: i64,
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
    roles: Vec<(&'static str, &'static str)>,
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
pub(super) async fn page(
    State(internal): State<Internal>,
    actor: Keeper,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    show(
        &internal,
        &actor,
        lang,
        id,
        StatusCode::OK,
        Typed::default(),
        Wrong::new(),
        Said::default(),
    )
    .await
}

/// One person of this county whom the actor sees.
pub(super) async fn fetch(internal: &Internal, actor: &Actor, id: i64) -> Result<Person, Response> {
    let found = internal.people.accounts_list(&internal.county, Find::One(id)).await;
    let person = found.map_err(|e| unavailable(&e))?.into_iter().next();
    let person = person.filter(|person| Scope::of(actor).sees(person));
    person.ok_or_else(|| problem::not_found().into_response())
}

/// One whose account the actor keeps: whoever may not change it finds nothing to change.
pub(super) async fn fetch_kept(internal: &Internal, actor: &Actor, id: i64) -> Result<Person, Response> {
    let person = fetch(internal, actor, id).await?;
    if Scope::of(actor).keeps(&person) {
        Ok(person)
    } else {
        Err(problem::not_found().into_response())
    }
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
    let key = match (last.ended_how.as_deref(), last.expires_at <= now) {
        (Some("used"), _) => "accounts.invitation.used",
        (Some(_), _) => "accounts.invitation.voided",
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

/// The page after an act.
#[expect(clippy::too_many_arguments, reason = "the parts of one page")]
pub(super) async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    id: i64,
    status: StatusCode,
    typed: Typed,
    wrong: Wrong,
    said: Said,
) -> Response {
    let person = match fetch(internal, actor, id).await {
        Ok(person) => person,
        Err(response) => return response,
    };
    let scope = Scope::of(actor);
    let kept = scope.keeps(&person);
    let read = async {
        let holds = internal.people.account_holds(&internal.county, id).await?;
        let acts = internal.people.account_acts(&internal.county, id).await?;
        Ok::<_, StoreError>((holds, acts, internal.people.invitation_last(id).await?))
    };
    let (holds, acts, last) = match read.await {
        Ok(found) => found,
        Err(e) => return unavailable(&e),
    };
    let (loaded, now) = (internal.pack.current(), clock::now());
    let open: i64 = holds.iter().map(|held| held.tickets).sum();
    let Person { account, memberships } = person;
    let held = memberships.into_iter().map(|m| HeldRole {
        unit_name: fields::unit_name(&loaded.pack, &m.unit),
        role_name: fields::role_name(lang, &m.role),
        ours: scope.gives(&m.unit, &m.role),
        unit: m.unit,
        role: m.role,
    });
    let login = account.login.clone();
    let page = PersonPage {
        id,
        myself: id == actor.person.account.id,
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
        name: typed.name.clone().unwrap_or_else(|| account.name.clone()),
        phone: typed.phone.clone().or(account.phone).unwrap_or_default(),
        heading: account.name,
        login: login.clone(),
        held: held.collect(),
        holds: lang.fill("accounts.holds", &[("n", &open.to_string())]),
        units: scope.units(&loaded.pack),
        roles: scope.roles(lang),
        county: scope.is_county(),
        kept,
        typed,
        wrong,
        acts: trail::lines(&acts, &loaded.pack, lang, now),
        said,
        frame: Frame::of(actor, lang, "/people").titled(&login),
    };
    render(status, &page)
}
