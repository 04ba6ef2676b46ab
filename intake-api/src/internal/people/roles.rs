//! `POST /people/{id}/grant` and `/enable`: what a person gains.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::clock;
use serde::Deserialize;
use tracing::info;

use super::{
    fields::{self, Wrong},
    person::{self, Typed, fetch},
    said::Said,
    trail::new_act,
};
use crate::internal::{Internal, auth::Admin, detached, page::Language};

/// A role in a unit.
#[derive(Deserialize)]
pub(super) struct Role {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    role: String,
}

/// One more role.
pub(super) async fn grant(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Path(id): Path<i64>,
    Form(form): Form<Role>,
) -> Response {
    if let Err(response) = fetch(&internal, id).await {
        return response;
    }
    if let Err((field, key)) = fields::role(&internal.pack.current().pack, &form.unit, &form.role) {
        let typed = Typed {
            unit: form.unit,
            role: form.role,
            ..Typed::default()
        };
        let (status, said) = (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::error(lang.t("accounts.not_saved")),
        );
        return person::show(
            &internal,
            &actor,
            lang,
            id,
            status,
            typed,
            Wrong::from([(field, key)]),
            said,
        )
        .await;
    }
    let (within, by) = (internal.clone(), actor.clone());
    let done = detached(async move {
        let mut act = new_act(&within, &by, "granted", Some(id), clock::now());
        (act.unit, act.role) = (Some(form.unit.as_str()), Some(form.role.as_str()));
        within
            .people
            .membership_grant(&within.county, id, &form.unit, &form.role, &act)
            .await
    });
    let (status, said) = match done.await {
        Ok(true) => (StatusCode::OK, Said::done(lang.t("accounts.granted"))),
        Ok(false) => (StatusCode::CONFLICT, Said::error(lang.t("accounts.granted_before"))),
        Err(response) => return response,
    };
    info!(account = id, by = actor.person.account.id, "a role was given");
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

/// A disabled account comes back, with the roles that it had.
pub(super) async fn enable(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    if let Err(response) = fetch(&internal, id).await {
        return response;
    }
    let (within, by) = (internal.clone(), actor.clone());
    let done = detached(async move {
        let act = new_act(&within, &by, "enabled", Some(id), clock::now());
        within.people.account_enable(&within.county, id, &act).await
    });
    let (status, said) = match done.await {
        Ok(Some(_)) => (StatusCode::OK, Said::done(lang.t("accounts.enabled_done"))),
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
