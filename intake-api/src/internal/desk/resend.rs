//! 再次发送: a unit's leader has a mail that did not reach his unit sent again, as the office can of every unit.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use platform::{clock, run::telemetry::chain, store::StoreError, text::Lang};
use uuid::Uuid;

use super::ticket::fetch;
use crate::internal::{
    Internal,
    auth::Desk,
    page::{problem, words},
    unavailable,
};

/// A mail about a ticket that did not arrive.
pub(super) struct Unsent {
    pub(super) id: String,
    /// What it was, and since when it is lost.
    pub(super) text: String,
}

/// Those of this ticket that did not reach the person's own unit; only its leader is shown them. A ticket is shown also while
/// they can't be read.
pub(super) async fn unsent(internal: &Internal, desk: &Desk, (ticket, unit): (i64, &str), lang: Lang) -> Vec<Unsent> {
    if !desk.leads(unit) {
        return Vec::new();
    }
    let found = internal.desk.desk_failed_notices(&desk.scope, ticket).await;
    let found = found.inspect_err(|e| tracing::error!(ticket, error = chain(e), "lost mails can't be read"));
    let now = clock::now();
    let line = |notice: platform::store::LostNotice| Unsent {
        id: notice.id.to_string(),
        text: lang.fill(
            if notice.state == "bounced" {
                "desk.unsent.bounced"
            } else {
                "desk.unsent.failed"
            },
            &[
                ("what", lang.t(&platform::text::notice_kind(&notice.kind))),
                ("at", &words::moment(lang, notice.finished_at, now)),
            ],
        ),
    };
    found.unwrap_or_default().into_iter().map(line).collect()
}

/// `POST /tickets/{id}/notices/{notice}/resend`: back to the ticket.
pub(super) async fn submit(
    State(internal): State<Internal>,
    desk: Desk,
    Path((id, notice)): Path<(String, String)>,
) -> Response {
    let ticket = match fetch(&internal, &desk, &id).await {
        Ok(ticket) => ticket,
        Err(response) => return response,
    };
    let Some(notice) = notice.parse::<Uuid>().ok().filter(|_| desk.leads(&ticket.unit)) else {
        return problem::not_found().into_response();
    };
    let (store, scope) = (internal.desk.clone(), desk.scope.clone());
    let (account, name) = (desk.person.account.id, desk.person.account.name.clone());
    let written = tokio::spawn(async move {
        let again = store
            .desk_notice_resend(&scope, (ticket.id, notice), (account, &name), clock::now())
            .await?;
        // A ring that is lost costs seconds: the notifier polls.
        let _ = store.notices_wake().await;
        Ok::<_, StoreError>(again)
    });
    let written = written.await;
    match written.unwrap_or_else(|e| Err(StoreError::Unreadable(e.to_string()))) {
        Ok(true) => Redirect::to(&format!("/tickets/{id}?done=resend")).into_response(),
        Ok(false) => problem::not_again().into_response(),
        Err(e) => unavailable(&e),
    }
}
