//! `POST /tickets/{id}/requests`: asks once, or the ticket's page comes back with what was typed and why not.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use platform::{
    clock,
    store::{ActDone, EventKind},
};

use super::{
    asking::{Refused, read, who_may},
    of_ticket::FORM,
};
use crate::internal::{
    By,
    again::{Again, Fields},
    auth::Desk,
    desk::{
        Attempt, Case,
        act::{Doing, perform, version},
        again,
        post::Overtaken,
    },
    error::PageError,
};

/// Asks.
pub(super) async fn submit(
    by: By<Desk>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let now = clock::now();
    let case = Case::fetch(&by, &id).await?;
    let loaded = by.internal.pack.current();
    let (status, said) = match read(&fields, &case.ticket, &loaded, now) {
        Err(Refused::Wrong(wrong)) => return again(&by, &case, Attempt::wrong(FORM, wrong, fields)).await,
        Err(Refused::Unentitled(obligation, kinds)) => (
            StatusCode::FORBIDDEN,
            who_may(&loaded.pack, by.lang, &obligation, &kinds),
        ),
        Ok(ready) => {
            let doing = Doing {
                scope: &by.right.scope,
                ticket: &case.ticket,
                version: version(&fields),
                now,
                telephone: None,
            };
            match perform(&by, doing, ready).await {
                Ok(ActDone::Done) => {
                    let to = format!("/tickets/{}?done=asked", case.ticket.id);
                    return Ok(Redirect::to(&to).into_response());
                }
                Ok(other) => {
                    let overtaken = Overtaken {
                        ticket: case.ticket.id,
                        deed: EventKind::Requested,
                        fields: &fields,
                    };
                    return overtaken.answer(&by, other, now);
                }
                Err(why) => (StatusCode::SERVICE_UNAVAILABLE, by.t(why.key()).to_owned()),
            }
        }
    };
    let attempt = Attempt {
        form: FORM,
        again: Again::keeping(status, Some(said), fields),
    };
    again(&by, &case, attempt).await
}
