//! 再次发送: a unit's leader has a mail that did not reach his unit sent again, as the office can of every unit.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use platform::{
    clock,
    store::{NoticeId, StoreError},
};

use super::found::fetch;
use crate::internal::{By, auth::Desk, detached, error::PageError, page::problem};

/// `POST /tickets/{id}/notices/{notice}/resend`: back to the ticket.
pub(super) async fn submit(by: By<Desk>, Path((id, notice)): Path<(String, String)>) -> Result<Response, PageError> {
    let ticket = fetch(&by, &id).await?;
    let notice = notice.parse::<NoticeId>().ok();
    let notice = notice.filter(|_| by.actor.leads(&ticket.unit));
    let notice = notice.ok_or(PageError::NotFound)?;
    let (store, scope, person) = (
        by.internal.desk.clone(),
        by.right.scope.clone(),
        by.actor.person.clone(),
    );
    let again = detached(async move {
        let by = (person.account.id, person.account.name.as_str());
        let again = store
            .desk_notice_resend(&scope, (ticket.id, notice), by, clock::now())
            .await?;
        // A ring that is lost costs seconds: the notifier polls.
        let _ = store.notices_wake().await;
        Ok::<_, StoreError>(again)
    });
    if again.await? {
        Ok(Redirect::to(&format!("/tickets/{id}?done=resend")).into_response())
    } else {
        Err(problem::not_again().into())
    }
}
