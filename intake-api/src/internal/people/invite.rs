//! `POST /people/{id}/invite`: an invitation instead of a forgotten password, or of an earlier invitation; `/invitation-void` takes
//! one back. Inviting ends every session of that person, and no browser is known any more.

use axum::{extract::Path, http::StatusCode, response::Response};
use platform::clock;
use tracing::info;

use super::{
    person::{change, fetch_kept, say},
    said::{Fresh, Said},
    trail::new_act,
};
use crate::internal::{
    By, Visit,
    auth::{Keeper, invitation::Code},
    detached,
    error::PageError,
};
use platform::store::{AccountActKind, AccountId};

/// Invites anew.
pub(super) async fn invite(by: By<Keeper>, Path(id): Path<AccountId>) -> Result<Response, PageError> {
    let account = fetch_kept(&by, id).await?.account;
    let refused = if id == by.me() {
        Some("accounts.own_password")
    } else if account.disabled_at.is_some() {
        Some("accounts.invite_disabled")
    } else {
        None
    };
    if let Some(key) = refused {
        return say(&by, id, StatusCode::CONFLICT, Said::error(by.t(key))).await;
    }
    let (now, code) = (clock::now(), Code::new(&mut rand::rng()));
    let (visit, digest) = (Visit::clone(&by), code.digest());
    let done = detached(async move {
        let act = new_act(&visit, AccountActKind::Invited, Some(id), now);
        visit.internal.people.invitation_make(id, &digest, &act).await
    });
    done.await?;
    info!(account = id.0, by = by.me().0, "an account was invited");
    let fresh = vec![Fresh::new(&by.internal, account.name, account.login, &code)];
    let said = Said::invited(by.t("accounts.invited_done"), fresh, by.lang, now);
    say(&by, id, StatusCode::OK, said).await
}

/// Takes the one that waits back.
pub(super) async fn void(by: By<Keeper>, Path(id): Path<AccountId>) -> Result<Response, PageError> {
    let void = move |visit: Visit| async move {
        let act = new_act(&visit, AccountActKind::InvitationVoided, Some(id), clock::now());
        Ok(if visit.internal.people.invitation_void(id, &act).await? {
            (StatusCode::OK, "accounts.voided_done")
        } else {
            (StatusCode::CONFLICT, "accounts.voided_before")
        })
    };
    change(&by, id, void).await
}
