//! What an administrator does to accounts. Nobody can end their own access, nor the last administrator's.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use platform::{
    clock,
    store::{NewAccount, StoreError},
    text::Lang,
};
use serde::Deserialize;
use tracing::{error, info};

use super::list::{Fresh, ROLES, Said, show};
use crate::internal::{
    Internal,
    auth::{Actor, Admin, password},
    detached,
    page::{Language, problem},
    unavailable,
};

/// The form of a new account.
#[derive(Deserialize)]
pub(crate) struct NewPerson {
    login: String,
    name: String,
    #[serde(default)]
    phone: String,
    unit: String,
    role: String,
}

/// A role in a unit.
#[derive(Deserialize)]
pub(crate) struct Role {
    unit: String,
    role: String,
}

/// `POST /people`
pub(crate) async fn create(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Form(new): Form<NewPerson>,
) -> Response {
    let (login, name, phone) = (
        new.login.trim().to_lowercase(),
        new.name.trim().to_owned(),
        new.phone.trim().to_owned(),
    );
    let wrong = if !login_is_sound(&login) {
        Some("accounts.bad_login")
    } else if name.is_empty() || name.chars().count() > 60 {
        Some("accounts.bad_name")
    } else if phone.chars().count() > 30 || !phone.chars().all(|c| c.is_ascii_digit() || "+- ".contains(c)) {
        Some("accounts.bad_phone")
    } else {
        bad_role(&internal, &new.unit, &new.role)
    };
    if let Some(key) = wrong {
        return refuse(&internal, &actor, lang, StatusCode::UNPROCESSABLE_ENTITY, key).await;
    }
    let (given, hash) = match fresh().await {
        Ok(fresh) => fresh,
        Err(response) => return response,
    };
    let (people, county, by, told) = (
        internal.people.clone(),
        internal.county.clone(),
        actor.person.account.name.clone(),
        login.clone(),
    );
    let made = detached(async move {
        let phone = (!phone.is_empty()).then_some(phone.as_str());
        let account = NewAccount {
            county: &county,
            login: &login,
            name: &name,
            phone,
            password_hash: &hash,
            must_change: true,
            by: &by,
        };
        let now = clock::now();
        let id = people.account_create(account, now).await?;
        if let Some(id) = id {
            people.membership_grant(&county, id, &new.unit, &new.role, now).await?;
        }
        Ok::<_, StoreError>(id)
    });
    match made.await {
        Ok(Some(id)) => {
            info!(account = id, by = actor.person.account.id, "an account was made");
            let done = Some(lang.t("accounts.created").to_owned());
            show(
                &internal,
                &actor,
                lang,
                StatusCode::CREATED,
                Said {
                    done,
                    fresh: Some(Fresh {
                        login: told,
                        password: given,
                    }),
                    ..Said::default()
                },
            )
            .await
        }
        Ok(None) => refuse(&internal, &actor, lang, StatusCode::CONFLICT, "accounts.taken").await,
        Err(response) => response,
    }
}

/// `POST /people/{id}/grant`
pub(crate) async fn grant(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Path(id): Path<i64>,
    Form(role): Form<Role>,
) -> Response {
    if let Some(key) = bad_role(&internal, &role.unit, &role.role) {
        return refuse(&internal, &actor, lang, StatusCode::UNPROCESSABLE_ENTITY, key).await;
    }
    if let Err(response) = known(&internal, id).await {
        return response;
    }
    let (people, county) = (internal.people.clone(), internal.county.clone());
    let done = detached(async move {
        people
            .membership_grant(&county, id, &role.unit, &role.role, clock::now())
            .await
    })
    .await;
    after(&internal, &actor, lang, done, "accounts.granted").await
}

/// `POST /people/{id}/end`
pub(crate) async fn end(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Path(id): Path<i64>,
    Form(role): Form<Role>,
) -> Response {
    if role.role == "admin"
        && let Some(refused) = locks_out(&internal, &actor, lang, id).await
    {
        return refused;
    }
    let (people, county) = (internal.people.clone(), internal.county.clone());
    match detached(async move {
        people
            .membership_end(&county, id, &role.unit, &role.role, clock::now())
            .await
    })
    .await
    {
        Ok(true) => after(&internal, &actor, lang, Ok(()), "accounts.ended").await,
        Ok(false) => refuse(&internal, &actor, lang, StatusCode::CONFLICT, "accounts.ended_before").await,
        Err(response) => response,
    }
}

/// `POST /people/{id}/reset`: a fresh password, shown once; every session of that person ends.
pub(crate) async fn reset(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    let login = match known(&internal, id).await {
        Ok(login) => login,
        Err(response) => return response,
    };
    if id == actor.person.account.id {
        return refuse(&internal, &actor, lang, StatusCode::CONFLICT, "accounts.own_password").await;
    }
    let (given, hash) = match fresh().await {
        Ok(fresh) => fresh,
        Err(response) => return response,
    };
    let people = internal.people.clone();
    match detached(async move { people.account_set_password(id, &hash, true, None, clock::now()).await }).await {
        Ok(()) => {
            info!(account = id, by = actor.person.account.id, "a password was reset");
            let done = Some(lang.t("accounts.reset_done").to_owned());
            show(
                &internal,
                &actor,
                lang,
                StatusCode::OK,
                Said {
                    done,
                    fresh: Some(Fresh { login, password: given }),
                    ..Said::default()
                },
            )
            .await
        }
        Err(response) => response,
    }
}

/// `POST /people/{id}/disable`
pub(crate) async fn disable(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    if let Some(refused) = locks_out(&internal, &actor, lang, id).await {
        return refused;
    }
    set_disabled(&internal, &actor, lang, id, true).await
}

/// `POST /people/{id}/enable`
pub(crate) async fn enable(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    set_disabled(&internal, &actor, lang, id, false).await
}

async fn set_disabled(internal: &Internal, actor: &Actor, lang: Lang, id: i64, disabled: bool) -> Response {
    let (people, county) = (internal.people.clone(), internal.county.clone());
    match detached(async move { people.account_disable(&county, id, disabled, clock::now()).await }).await {
        Ok(true) => {
            info!(
                account = id,
                by = actor.person.account.id,
                disabled,
                "an account was disabled or enabled"
            );
            after(
                internal,
                actor,
                lang,
                Ok(()),
                if disabled {
                    "accounts.disabled_done"
                } else {
                    "accounts.enabled_done"
                },
            )
            .await
        }
        Ok(false) => problem::not_found().into_response(),
        Err(response) => response,
    }
}

/// The refusal, when this would lock out the acting person or leave the county without an administrator.
async fn locks_out(internal: &Internal, actor: &Actor, lang: Lang, id: i64) -> Option<Response> {
    if id == actor.person.account.id {
        return Some(refuse(internal, actor, lang, StatusCode::CONFLICT, "accounts.yourself").await);
    }
    match internal.people.admins_besides(&internal.county, id).await {
        Ok(0) => Some(refuse(internal, actor, lang, StatusCode::CONFLICT, "accounts.last_admin").await),
        Ok(_) => None,
        Err(e) => Some(unavailable(&e)),
    }
}

/// The login of an account of this county.
async fn known(internal: &Internal, id: i64) -> Result<String, Response> {
    let login = internal
        .people
        .account_login(&internal.county, id)
        .await
        .map_err(|e| unavailable(&e))?;
    login.ok_or_else(|| problem::not_found().into_response())
}

async fn fresh() -> Result<(String, String), Response> {
    let given = password::fresh(&mut rand::rng());
    match password::hash(given.clone()).await {
        Ok(hash) => Ok((given, hash)),
        Err(e) => {
            error!(error = format!("{e:#}"), "a password can't be hashed");
            Err(problem::unavailable().into_response())
        }
    }
}

fn bad_role(internal: &Internal, unit: &str, role: &str) -> Option<&'static str> {
    let known = internal.pack.current().pack.units().get(unit).is_some();
    (!known || !ROLES.contains(&role)).then_some("accounts.bad_role")
}

/// As the database's CHECK says it.
fn login_is_sound(login: &str) -> bool {
    let mut letters = login.chars();
    let first = letters
        .next()
        .is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    first
        && (2..=40).contains(&login.len())
        && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
}

async fn after(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    done: Result<(), Response>,
    key: &'static str,
) -> Response {
    match done {
        Ok(()) => {
            show(
                internal,
                actor,
                lang,
                StatusCode::OK,
                Said {
                    done: Some(lang.t(key).to_owned()),
                    ..Said::default()
                },
            )
            .await
        }
        Err(response) => response,
    }
}

async fn refuse(internal: &Internal, actor: &Actor, lang: Lang, status: StatusCode, key: &'static str) -> Response {
    show(
        internal,
        actor,
        lang,
        status,
        Said {
            error: Some(lang.t(key).to_owned()),
            ..Said::default()
        },
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::login_is_sound;

    #[test]
    fn logins_are_what_the_database_takes() {
        for good in ["zhang.san", "a1", "0558-duty"] {
            assert!(login_is_sound(good), "{good}");
        }
        for bad in ["", "a", ".a", "Zhang", "张三", "a b", &"a".repeat(41)] {
            assert!(!login_is_sound(bad), "{bad}");
        }
    }
}
