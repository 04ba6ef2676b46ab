//! `POST /people`: somebody new, with a first role and an invitation that is shown once.

use axum::{Form, http::StatusCode, response::Response};
use platform::{
    clock,
    store::{Created, Detail, NewAccount, Role, WayIn},
};
use tracing::info;

use super::{
    fields,
    list::{NewPerson, show},
    said::{Again, Fresh, Said},
    scope::Scope,
};
use crate::internal::{
    By, Internal, Visit,
    again::Wrong,
    auth::{Keeper, invitation::Code},
    detached,
    error::PageError,
};

/// Makes it, or gives back what was typed with what is wrong.
pub(super) async fn create(by: By<Keeper>, Form(typed): Form<NewPerson>) -> Result<Response, PageError> {
    let Read {
        login,
        name,
        phone,
        role,
    } = match read(&by.internal, &typed) {
        Ok(read) => read,
        Err(wrong) => return show(&by, "", Again::not_saved(wrong, typed, by.lang)).await,
    };
    if !Scope::of(&by.actor).gives(&typed.unit, role) {
        return Err(PageError::NotFound);
    }
    let (now, code) = (clock::now(), Code::new(&mut rand::rng()));
    let (visit, digest) = (Visit::clone(&by), code.digest());
    let (unit, new_login, new_name) = (typed.unit.clone(), login.clone(), name.clone());
    let made = detached(async move {
        let account = NewAccount {
            county: &visit.internal.county,
            login: &new_login,
            name: &new_name,
            phone: phone.as_deref(),
            way: WayIn::Invitation(&digest),
            unit: &unit,
            role,
            actor: Some(visit.me()),
            by: &visit.actor.person.account.name,
            detail: Detail::default(),
        };
        visit.internal.people.accounts_create(&[account], now).await
    });
    match made.await? {
        Created::All(ids) => {
            info!(
                account = ids.first().map(|id| id.0),
                by = by.me().0,
                "an account was made"
            );
            let text = by.t(if role.takes_two() {
                "accounts.created_asked"
            } else {
                "accounts.created"
            });
            let fresh = vec![Fresh::new(&by.internal, name, login.clone(), &code)];
            let said = Said::invited(text, fresh, by.lang, now);
            show(&by, &login, Again::saying(StatusCode::CREATED, said)).await
        }
        Created::Taken(_) => {
            let wrong = Wrong::from([("login", "accounts.taken")]);
            let mut again = Again::not_saved(wrong, typed, by.lang);
            again.status = StatusCode::CONFLICT;
            show(&by, "", again).await
        }
    }
}

/// A form that is sound.
struct Read {
    login: String,
    name: String,
    phone: Option<String>,
    role: Role,
}

fn read(internal: &Internal, typed: &NewPerson) -> Result<Read, Wrong> {
    let mut wrong = Wrong::new();
    let login = fields::login(&typed.login).map_err(|key| wrong.insert("login", key));
    let name = fields::name(&typed.name).map_err(|key| wrong.insert("name", key));
    let phone = fields::phone(&typed.phone).map_err(|key| wrong.insert("phone", key));
    let role = fields::role(&internal.pack.current().pack, &typed.unit, &typed.role)
        .map_err(|(field, key)| wrong.insert(field, key));
    match (login, name, phone, role) {
        (Ok(login), Ok(name), Ok(phone), Ok(role)) => Ok(Read {
            login,
            name,
            phone,
            role,
        }),
        _ => Err(wrong),
    }
}
