//! `POST /people/{id}/invite`: an invitation instead of a forgotten password, or of an earlier invitation; `/invitation-void` takes
//! one back. Inviting ends every session of that person, and no browser is known any more.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::clock;
use tracing::info;

use super::{
    fields::Wrong,
    person::{self, Typed, fetch_kept},
    said::{Fresh, Said},
    trail::new_act,
};
use crate::internal::{
    Internal,
    auth::{Keeper, invitation::Code},
    detached,
    page::Language,
};

/// Invites anew.
pub(super) async fn invite(
    State(internal): State<Internal>,
    actor: Keeper,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    let account = match fetch_kept(&internal, &actor, id).await {
        Ok(person) => person.account,
        Err(response) => return response,
    };
    let answer = async |status, said| {
        let (typed, wrong) = (Typed::default(), Wrong::new());
        person::show(&internal, &actor, lang, id, status, typed, wrong, said).await
    };
    let refused = if id == actor.person.account.id {
        Some("accounts.own_password")
    } else if account.disabled_at.is_some() {
        Some("accounts.invite_disabled")
    } else {
        None
    };
    if let Some(key) = refused {
        return answer(StatusCode::CONFLICT, Said::error(lang.t(key))).await;
    }
    let (now, code) = (clock::now(), Code::new(&mut rand::rng()));
    let (within, by, digest) = (internal.clone(), actor.clone(), code.digest());
    let done = detached(async move {
        let act = new_act(&within, &by, "invited", Some(id), now);
        within.people.invitation_make(id, &digest, &act).await
    });
    match done.await {
        Ok(()) => {
            info!(account = id, by = actor.person.account.id, "an account was invited");
            let fresh = vec![Fresh::new(&internal, account.name, account.login, &code)];
            let said = Said::invited(lang.t("accounts.invited_done"), fresh, lang, now);
            answer(StatusCode::OK, said).await
        }
        Err(response) => response,
    }
}

/// Takes the one that waits back.
pub(super) async fn void(
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
        let act = new_act(&within, &by, "invitation-voided", Some(id), clock::now());
        within.people.invitation_void(id, &act).await
    });
    let (status, said) = match done.await {
        Ok(true) => (StatusCode::OK, Said::done(lang.t("accounts.voided_done"))),
        Ok(false) => (StatusCode::CONFLICT, Said::error(lang.t("accounts.voided_before"))),
        Err(response) => return response,
    };
    let (typed, wrong) = (Typed::default(), Wrong::new());
    person::show(&internal, &actor, lang, id, status, typed, wrong, said).await
}
