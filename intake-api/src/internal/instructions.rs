//! 批示 as it is read and written: sealed with the report's own key like all that people write about a ticket, since a line about a
//! ticket can name a child however the page asks for none.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use platform::{
    foreign::Foreign,
    seal::{Column, OpenError},
    store::{Instruction, ReportId, StoreError, TicketId},
    text::Lang,
};

use super::{
    Internal,
    desk::sealed::{self, Note},
};
use crate::parts;

/// What the leading group wrote, opened.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// When.
    pub(super) at: DateTime<Utc>,
    /// By whom, as shown.
    pub(super) by: String,
    /// As typed; none: it can't be opened, or was erased.
    pub(super) text: Option<Foreign>,
}

impl Written {
    /// The text, or that it can't be opened.
    pub(super) fn text(&self, lang: Lang) -> String {
        let text = self.text.as_ref().map(Foreign::to_string);
        text.unwrap_or_else(|| lang.t("desk.shut_here").to_owned())
    }
}

/// What stands on these tickets, the first first.
pub(super) async fn of(
    internal: &Internal,
    tickets: &[TicketId],
) -> Result<HashMap<TicketId, Vec<Written>>, StoreError> {
    let mut found: HashMap<TicketId, Vec<Written>> = HashMap::new();
    for line in internal.office.instructions(&internal.county, tickets).await? {
        found.entry(line.ticket_id).or_default().push(open(internal, line));
    }
    Ok(found)
}

fn open(internal: &Internal, line: Instruction) -> Written {
    let opened = line.sealed.as_ref().and_then(|sealed| {
        let key = internal.keys.open_data_key(line.report_id, &line.data_key).ok()?;
        parts::open::<Note>(&key, Column::Event, line.report_id, sealed)?.note
    });
    Written {
        at: line.at,
        by: line.by,
        // Those from before they were sealed stand as they are.
        text: opened.or_else(|| line.reason.map(Into::into)),
    }
}

/// Seals one.
pub(super) fn seal(
    internal: &Internal,
    (report, data_key): (ReportId, &[u8]),
    text: &str,
) -> Result<Vec<u8>, OpenError> {
    let note = Note {
        note: Some(text.into()),
        ..Note::default()
    };
    sealed::seal_with(&internal.keys, report, data_key, &note)
}
