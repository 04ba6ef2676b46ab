//! `POST /people`: somebody new, with a first role and a password that is shown once.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use platform::{
    clock,
    store::{Created, NewAccount, takes_two},
};
use tracing::{error, info};

use super::{
    fields::{self, Wrong},
    list::{NewPerson, show},
    said::{Fresh, Said},
    scope::Scope,
};
use crate::internal::{
    Internal,
    auth::{Keeper, password},
    detached,
    page::{Language, problem},
};

/// Makes it, or gives back what was typed with what is wrong.
pub(super) async fn create(
    State(internal): State<Internal>,
    actor: Keeper,
    Language(lang): Language,
    Form(typed): Form<NewPerson>,
) -> Response {
    let refuse = async |status, typed, wrong| {
        let said = Said::error(lang.t("accounts.not_saved"));
        show(&internal, &actor, lang, status, "", typed, wrong, said).await
    };
    let (login, name, phone) = match read(&internal, &typed) {
        Ok(read) => read,
        Err(wrong) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, typed, wrong).await,
    };
    if !Scope::of(&actor).gives(&typed.unit, &typed.role) {
        return problem::not_found().into_response();
    }
    let (given, hash) = match fresh().await {
        Ok(fresh) => fresh,
        Err(response) => return response,
    };
    let (people, county, by) = (
        internal.people.clone(),
        internal.county.clone(),
        actor.person.account.clone(),
    );
    let (unit, role) = (typed.unit.clone(), typed.role.clone());
    let (new_login, new_name) = (login.clone(), name.clone());
    let made = detached(async move {
        let account = NewAccount {
            county: &county,
            login: &new_login,
            name: &new_name,
            phone: phone.as_deref(),
            password_hash: &hash,
            must_change: true,
            demo: false,
            unit: &unit,
            role: &role,
            actor: Some(by.id),
            by: &by.name,
            detail: serde_json::json!({}),
        };
        people.accounts_create(&[account], clock::now()).await
    });
    match made.await {
        Ok(Created::All(ids)) => {
            info!(
                account = ids.first(),
                by = actor.person.account.id,
                "an account was made"
            );
            let said = Said {
                fresh: vec![Fresh {
                    name,
                    login: login.clone(),
                    password: given,
                }],
                ..Said::done(lang.t(if takes_two(&typed.role) {
                    "accounts.created_asked"
                } else {
                    "accounts.created"
                }))
            };
            show(
                &internal,
                &actor,
                lang,
                StatusCode::CREATED,
                &login,
                NewPerson::default(),
                Wrong::new(),
                said,
            )
            .await
        }
        Ok(Created::Taken(_)) => refuse(StatusCode::CONFLICT, typed, Wrong::from([("login", "accounts.taken")])).await,
        Err(response) => response,
    }
}

fn read(internal: &Internal, typed: &NewPerson) -> Result<(String, String, Option<String>), Wrong> {
    let mut wrong = Wrong::new();
    let login = fields::login(&typed.login).map_err(|key| wrong.insert("login", key));
    let name = fields::name(&typed.name).map_err(|key| wrong.insert("name", key));
    let phone = fields::phone(&typed.phone).map_err(|key| wrong.insert("phone", key));
    if let Err((field, key)) = fields::role(&internal.pack.current().pack, &typed.unit, &typed.role) {
        wrong.insert(field, key);
    }
    match (login, name, phone) {
        (Ok(login), Ok(name), Ok(phone)) if wrong.is_empty() => Ok((login, name, phone)),
        _ => Err(wrong),
    }
}

/// A password of ours and its hash.
pub(super) async fn fresh() -> Result<(String, String), Response> {
    let given = password::fresh(&mut rand::rng());
    match password::hash(given.clone()).await {
        Ok(hash) => Ok((given, hash)),
        Err(e) => {
            error!(error = format!("{e:#}"), "a password can't be hashed");
            Err(problem::unavailable().into_response())
        }
    }
}
