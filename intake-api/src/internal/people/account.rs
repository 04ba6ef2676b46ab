//! `GET /account`: one's own account: which roles, who gave them, and who changed rights, password or anything else of it.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{AccountAct, Grant, StoreError},
    text::Lang,
};

use super::{
    answers::Own,
    fields,
    trail::{self, ActLine},
};
use crate::internal::{
    Answer, By, Visit,
    auth::SignedIn,
    error::{ApiError, PageError},
    page::{Frame, render, words},
};

/// A role, held or gone.
pub(super) struct GrantLine {
    pub(super) what: String,
    pub(super) given: String,
    pub(super) ended: Option<String>,
}

#[derive(Template)]
#[template(path = "internal/people/account.html")]
struct AccountPage {
    frame: Frame,
    name: String,
    login: String,
    grants: Vec<GrantLine>,
    acts: Vec<ActLine>,
}

async fn read(visit: &Visit) -> Result<(Vec<Grant>, Vec<AccountAct>), StoreError> {
    let (people, county) = (&visit.internal.people, &visit.internal.county);
    let grants = people.grants_of(visit.me()).await?;
    Ok((grants, people.account_acts(county, visit.me()).await?))
}

/// The page.
pub(super) async fn page(by: By<SignedIn>) -> Result<Response, PageError> {
    let (grants, acts) = read(&by).await?;
    let (internal, actor, lang) = (&by.internal, &by.actor, by.lang);
    let (loaded, now) = (internal.pack.current(), clock::now());
    let account = &actor.person.account;
    let page = AccountPage {
        name: account.name.clone(),
        login: account.login.clone(),
        grants: grants.iter().map(|g| line(g, &loaded.pack, lang, now)).collect(),
        acts: trail::lines(&acts, &loaded.pack, lang, now),
        frame: by.frame("/account"),
    };
    Ok(render(StatusCode::OK, &page))
}

/// `GET /api/v1/account`
pub(super) async fn api(by: By<SignedIn>) -> Result<Answer<Own>, ApiError> {
    let (grants, acts) = read(&by).await?;
    Ok(Answer(Own::of(&by.actor.person.account, grants, acts)))
}

/// A role in words: from when, by whom, until when.
pub(super) fn line(grant: &Grant, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> GrantLine {
    let command = || lang.t("accounts.act.command_bare").to_owned();
    let at = words::moment(lang, grant.since, now);
    let by = grant.granter.clone().unwrap_or_else(command);
    let given = match &grant.confirmer {
        Some(with) => lang.fill("account.given_two", &[("at", &at), ("by", &by), ("with", with)]),
        None => lang.fill("account.given", &[("at", &at), ("by", &by)]),
    };
    GrantLine {
        what: format!(
            "{} · {}",
            words::unit_name(pack, &grant.unit),
            fields::role_name(lang, grant.role)
        ),
        given,
        ended: grant.ended_at.map(|ended| {
            let by = grant.ender.clone().unwrap_or_else(command);
            lang.fill(
                "account.ended",
                &[("at", &words::moment(lang, ended, now)), ("by", &by)],
            )
        }),
    }
}
