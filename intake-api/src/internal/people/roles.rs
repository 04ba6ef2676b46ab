//! `POST /people/{id}/grant` and `/enable`: what a person gains.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use platform::{
    clock,
    store::{Asked, StoreError, takes_two},
};
use serde::Deserialize;
use tracing::info;

use super::{
    fields::{self, Wrong},
    person::{self, Typed, fetch, fetch_kept},
    said::Said,
    scope::Scope,
    trail::new_act,
};
use crate::internal::{
    Internal,
    auth::{Actor, Keeper},
    detached,
    page::{Language, problem},
};

/// A role in a unit.
#[derive(Deserialize)]
pub(super) struct Role {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    role: String,
}

/// One more role: given, or asked where it takes two people. Nobody gives themselves one.
pub(super) async fn grant(
    State(internal): State<Internal>,
    actor: Keeper,
    Language(lang): Language,
    Path(id): Path<i64>,
    Form(form): Form<Role>,
) -> Response {
    if let Err(response) = fetch(&internal, &actor, id).await {
        return response;
    }
    if let Err((field, key)) = fields::role(&internal.pack.current().pack, &form.unit, &form.role) {
        let (wrong, typed) = (Wrong::from([(field, key)]), typed(form));
        let (status, said) = (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::error(lang.t("accounts.not_saved")),
        );
        return person::show(&internal, &actor, lang, id, status, typed, wrong, said).await;
    }
    if !Scope::of(&actor).gives(&form.unit, &form.role) {
        return problem::not_found().into_response();
    }
    if id == actor.person.account.id {
        let (status, said) = (StatusCode::CONFLICT, Said::error(lang.t("accounts.not_oneself")));
        return person::show(&internal, &actor, lang, id, status, typed(form), Wrong::new(), said).await;
    }
    let (status, key) = match give(&internal, &actor, id, form).await {
        Ok(given) => given,
        Err(response) => return response,
    };
    info!(
        account = id,
        by = actor.person.account.id,
        key,
        "a role was given or asked"
    );
    let said = if status == StatusCode::OK {
        Said::done(lang.t(key))
    } else {
        Said::error(lang.t(key))
    };
    person::show(
        &internal,
        &actor,
        lang,
        id,
        status,
        Typed::default(),
        Wrong::new(),
        said,
    )
    .await
}

/// Gives a role, or asks for one that takes two people: the status, and the key of what is said.
async fn give(internal: &Internal, actor: &Actor, id: i64, form: Role) -> Result<(StatusCode, &'static str), Response> {
    let (within, by) = (internal.clone(), actor.clone());
    detached(async move {
        let two = takes_two(&form.role);
        let word = if two { "asked" } else { "granted" };
        let mut act = new_act(&within, &by, word, Some(id), clock::now());
        (act.unit, act.role) = (Some(form.unit.as_str()), Some(form.role.as_str()));
        if two {
            let asked = within.people.grant_ask(id, &form.unit, &form.role, &act).await?;
            return Ok::<_, StoreError>(match asked {
                Asked::Waits(_) => (StatusCode::OK, "accounts.asked"),
                Asked::Before => (StatusCode::CONFLICT, "accounts.asked_before"),
                Asked::Held => (StatusCode::CONFLICT, "accounts.granted_before"),
            });
        }
        let people = &within.people;
        let given = people.membership_grant(id, &form.unit, &form.role, &act).await?;
        Ok(if given {
            (StatusCode::OK, "accounts.granted")
        } else {
            (StatusCode::CONFLICT, "accounts.granted_before")
        })
    })
    .await
}

fn typed(form: Role) -> Typed {
    Typed {
        unit: form.unit,
        role: form.role,
        ..Typed::default()
    }
}

/// A disabled account comes back with the roles of its units; those that take two people are asked for again.
pub(super) async fn enable(
    State(internal): State<Internal>,
    actor: Keeper,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    if let Err(response) = fetch_kept(&internal, &actor, id).await {
        return response;
    }
    let (within, by) = (internal.clone(), actor.clone());
    let done = detached(async move {
        let act = new_act(&within, &by, "enabled", Some(id), clock::now());
        within.people.account_enable(&within.county, id, &act).await
    });
    let (status, said) = match done.await {
        Ok(Some(0)) => (StatusCode::OK, Said::done(lang.t("accounts.enabled_done"))),
        Ok(Some(_)) => (StatusCode::OK, Said::done(lang.t("accounts.enabled_without"))),
        Ok(None) => (StatusCode::CONFLICT, Said::error(lang.t("accounts.enabled_before"))),
        Err(response) => return response,
    };
    person::show(
        &internal,
        &actor,
        lang,
        id,
        status,
        Typed::default(),
        Wrong::new(),
        said,
    )
    .await
}
