//! `POST /people`: somebody new, with a first role and an invitation that is shown once.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use platform::{
    clock,
    store::{Created, NewAccount, WayIn, takes_two},
};
use tracing::info;

use super::{
    fields::{self, Wrong},
    list::{NewPerson, show},
    said::{Fresh, Said},
    scope::Scope,
};
use crate::internal::{
    Internal,
    auth::{Keeper, invitation::Code},
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
    let (now, code) = (clock::now(), Code::new(&mut rand::rng()));
    let digest = code.digest();
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
            way: WayIn::Invitation(&digest),
            unit: &unit,
            role: &role,
            actor: Some(by.id),
            by: &by.name,
            detail: serde_json::json!({}),
        };
        people.accounts_create(&[account], now).await
    });
    match made.await {
        Ok(Created::All(ids)) => {
            info!(
                account = ids.first(),
                by = actor.person.account.id,
                "an account was made"
            );
            let text = lang.t(if takes_two(&typed.role) {
                "accounts.created_asked"
            } else {
                "accounts.created"
            });
            let fresh = vec![Fresh::new(&internal, name, login.clone(), &code)];
            let said = Said::invited(text, fresh, lang, now);
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
