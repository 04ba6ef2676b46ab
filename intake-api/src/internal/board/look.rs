//! A look at a report without a ticket: the office's and the oversight's, by the rows `*` of the rules, each one written down.

use platform::{
    clock,
    store::{Reading, ReportId, Role, TicketId},
};

use crate::{
    internal::{Visit, detached, error::PageError},
    parts::Opened,
};

/// What this person sees of a report. The ticket is the one on whose page it stands.
pub(crate) async fn look(visit: &Visit, report: ReportId, ticket: Option<TicketId>) -> Result<Opened, PageError> {
    let role = if visit.actor.is(&[Role::Office]) {
        Role::Office
    } else {
        Role::Oversight
    };
    let (store, reading) = (visit.internal.office.clone(), reading(visit));
    let handed = detached(async move { store.report_look(report, ticket, role, reading).await }).await?;
    let handed = handed.ok_or(PageError::NotFound)?;
    Ok(Opened::new(&visit.internal.keys, report, &handed))
}

/// The office reads its own ticket (triage) by that ticket's row; anybody else looks.
pub(crate) async fn look_as_holder(
    visit: &Visit,
    report: ReportId,
    ticket: Option<TicketId>,
) -> Result<Opened, PageError> {
    if let Some(ticket) = ticket.filter(|_| visit.actor.is(&[Role::Office])) {
        let (store, reading) = (visit.internal.office.clone(), reading(visit));
        let handed = detached(async move { store.office_ticket_read(ticket, reading).await }).await?;
        if let Some(handed) = handed {
            return Ok(Opened::new(&visit.internal.keys, report, &handed));
        }
    }
    look(visit, report, ticket).await
}

fn reading(visit: &Visit) -> Reading {
    Reading {
        account: visit.me(),
        how: "page",
        at: clock::now(),
    }
}
