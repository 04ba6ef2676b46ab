//! An act of the office on a ticket: what it wrote is sealed, and it is done in a task of its own, with the office's login.

use chrono::{DateTime, Utc};
use platform::store::{ActDone, Acting, Detail, ReportId, StoreError, TicketDeed, TicketId};

use super::{
    Visit,
    desk::sealed::{self, Note},
    detached,
    error::PageError,
};

/// On which ticket, as it was shown, and why.
pub(crate) struct OfficeAct<'a> {
    pub(crate) ticket: TicketId,
    pub(crate) report: ReportId,
    /// The report's, as stored.
    pub(crate) data_key: &'a [u8],
    /// The version of the page.
    pub(crate) version: i32,
    /// As typed; empty: none was asked for.
    pub(crate) reason: &'a str,
    /// Now.
    pub(crate) now: DateTime<Utc>,
}

impl OfficeAct<'_> {
    /// Does it.
    pub(crate) async fn perform(self, visit: &Visit, deed: TicketDeed) -> Result<ActDone, PageError> {
        let internal = &visit.internal;
        let reason = Some(self.reason.trim()).filter(|reason| !reason.is_empty());
        let note = Note {
            reason: reason.map(Into::into),
            ..Note::default()
        };
        let seal = || sealed::seal_with(&internal.keys, self.report, self.data_key, &note);
        let sealed = reason.map(|_| seal()).transpose()?;
        let (office, county, person) = (
            internal.office.clone(),
            internal.county.clone(),
            visit.actor.person.clone(),
        );
        let (ticket, version, at) = (self.ticket, self.version, self.now);
        let work = async move {
            let acting = Acting {
                by: &person.account.name,
                account: person.account.id,
                version,
                at,
                sealed,
                detail: Detail::default(),
                telephone: None,
            };
            let done = office.office_act(&county, ticket, &deed, &acting).await?;
            if done == ActDone::Done {
                let _ = office.notices_wake().await;
            }
            Ok::<_, StoreError>(done)
        };
        detached(work).await
    }
}
