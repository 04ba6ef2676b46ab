//! `POST /people/{id}/grant` and `/enable`: what a person gains.

use axum::{Form, extract::Path, http::StatusCode, response::Response};
use platform::{
    clock,
    store::{AccountActKind, AccountId, Asked, Role, StoreError},
};
use serde::Deserialize;
use tracing::info;

use super::{
    fields,
    person::{Typed, answer, change, fetch, show},
    said::{Again, Said},
    scope::Scope,
    trail::new_act,
};
use crate::internal::{By, Visit, again::Wrong, auth::Keeper, detached, error::PageError};

/// A role in a unit, as typed.
#[derive(Deserialize)]
pub(super) struct Asking {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    role: String,
}

/// One more role: given, or asked where it takes two people. Nobody gives themselves one.
pub(super) async fn grant(
    by: By<Keeper>,
    Path(id): Path<AccountId>,
    Form(form): Form<Asking>,
) -> Result<Response, PageError> {
    fetch(&by, id).await?;
    let role = match fields::role(&by.internal.pack.current().pack, &form.unit, &form.role) {
        Ok(role) => role,
        Err(wrong) => return show(&by, id, Again::not_saved(Wrong::from([wrong]), typed(form), by.lang)).await,
    };
    if !Scope::of(&by.actor).gives(&form.unit, role) {
        return Err(PageError::NotFound);
    }
    if id == by.me() {
        let said = Said::error(by.t("accounts.not_oneself"));
        return show(&by, id, Again::keeping(StatusCode::CONFLICT, said, typed(form))).await;
    }
    let given = give(&by, id, form.unit, role).await?;
    info!(
        account = id.0,
        by = by.me().0,
        key = given.1,
        "a role was given or asked"
    );
    answer(&by, id, given).await
}

/// Gives a role, or asks for one that takes two people: the status, and the key of what is said.
async fn give(visit: &Visit, id: AccountId, unit: String, role: Role) -> Result<(StatusCode, &'static str), PageError> {
    let visit = visit.clone();
    detached(async move {
        let two = role.takes_two();
        let word = if two {
            AccountActKind::Asked
        } else {
            AccountActKind::Granted
        };
        let mut act = new_act(&visit, word, Some(id), clock::now());
        (act.unit, act.role) = (Some(unit.as_str()), Some(role));
        let people = &visit.internal.people;
        if two {
            let asked = people.grant_ask(id, &unit, role, &act).await?;
            return Ok::<_, StoreError>(match asked {
                Asked::Waits(_) => (StatusCode::OK, "accounts.asked"),
                Asked::Before => (StatusCode::CONFLICT, "accounts.asked_before"),
                Asked::Held => (StatusCode::CONFLICT, "accounts.granted_before"),
            });
        }
        let given = people.membership_grant(id, &unit, role, &act).await?;
        Ok(if given {
            (StatusCode::OK, "accounts.granted")
        } else {
            (StatusCode::CONFLICT, "accounts.granted_before")
        })
    })
    .await
}

fn typed(form: Asking) -> Typed {
    Typed {
        unit: form.unit,
        role: form.role,
        ..Typed::default()
    }
}

/// A disabled account comes back with the roles of its units; those that take two people are asked for again.
pub(super) async fn enable(by: By<Keeper>, Path(id): Path<AccountId>) -> Result<Response, PageError> {
    let enable = move |visit: Visit| async move {
        let act = new_act(&visit, AccountActKind::Enabled, Some(id), clock::now());
        let (people, county) = (&visit.internal.people, &visit.internal.county);
        Ok(match people.account_enable(county, id, &act).await? {
            Some(0) => (StatusCode::OK, "accounts.enabled_done"),
            Some(_) => (StatusCode::OK, "accounts.enabled_without"),
            None => (StatusCode::CONFLICT, "accounts.enabled_before"),
        })
    };
    change(&by, id, enable).await
}
