//! A look at a report without a ticket: the office's and the oversight's, by the rows `*` of the rules, each one written down.

use axum::response::{IntoResponse, Response};
use platform::{clock, store::Reading};

use crate::{
    internal::{Internal, auth::Actor, detached, page::problem},
    parts::Opened,
};

/// What this person sees of a report. The ticket is the one on whose page it stands.
pub(crate) async fn look(
    internal: &Internal,
    actor: &Actor,
    report: i64,
    ticket: Option<i64>,
) -> Result<Opened, Response> {
    let role = if actor.is(&["office"]) { "office" } else { "oversight" };
    let (store, reading) = (internal.office.clone(), reading(actor));
    let handed = detached(async move { store.report_look(report, ticket, role, reading).await }).await?;
    let handed = handed.ok_or_else(|| problem::not_found().into_response())?;
    Ok(Opened::new(&internal.keys, report, &handed))
}

/// The office reads its own ticket (triage) by that ticket's row; anybody else looks.
pub(crate) async fn look_as_holder(
    internal: &Internal,
    actor: &Actor,
    report: i64,
    ticket: Option<i64>,
) -> Result<Opened, Response> {
    if let Some(ticket) = ticket.filter(|_| actor.is(&["office"])) {
        let (store, reading) = (internal.office.clone(), reading(actor));
        let handed = detached(async move { store.office_ticket_read(ticket, reading).await }).await?;
        if let Some(handed) = handed {
            return Ok(Opened::new(&internal.keys, report, &handed));
        }
    }
    look(internal, actor, report, ticket).await
}

fn reading(actor: &Actor) -> Reading {
    Reading {
        account: actor.person.account.id,
        how: "page",
        at: clock::now(),
    }
}
