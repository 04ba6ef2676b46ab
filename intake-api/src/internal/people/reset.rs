//! `POST /people/{id}/reset`: a fresh password, shown once; every session of that person ends and no browser is known any more.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::clock;
use tracing::info;

use super::{
    create::fresh,
    fields::Wrong,
    person::{self, Typed, fetch_kept},
    said::{Fresh, Said},
    trail::new_act,
};
use crate::internal::{Internal, auth::Keeper, detached, page::Language};

/// Resets it.
pub(super) async fn reset(
    State(internal): State<Internal>,
    actor: Keeper,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    let account = match fetch_kept(&internal, &actor, id).await {
        Ok(person) => person.account,
        Err(response) => return response,
    };
    if id == actor.person.account.id {
        let said = Said::error(lang.t("accounts.own_password"));
        return person::show(
            &internal,
            &actor,
            lang,
            id,
            StatusCode::CONFLICT,
            Typed::default(),
            Wrong::new(),
            said,
        )
        .await;
    }
    let (given, hash) = match fresh().await {
        Ok(fresh) => fresh,
        Err(response) => return response,
    };
    let (within, by) = (internal.clone(), actor.clone());
    let done = detached(async move {
        let act = new_act(&within, &by, "reset", Some(id), clock::now());
        within.people.account_set_password(id, &hash, true, None, &act).await
    });
    match done.await {
        Ok(()) => {
            info!(account = id, by = actor.person.account.id, "a password was reset");
            let said = Said {
                fresh: vec![Fresh {
                    name: account.name,
                    login: account.login,
                    password: given,
                }],
                ..Said::done(lang.t("accounts.reset_done"))
            };
            person::show(
                &internal,
                &actor,
                lang,
                id,
                StatusCode::OK,
                Typed::default(),
                Wrong::new(),
                said,
            )
            .await
        }
        Err(response) => response,
    }
}
