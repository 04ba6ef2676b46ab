//! Mails about a ticket that did not reach the unit, for its leader.

use platform::{
    clock,
    run::telemetry::chain,
    store::{DeskTicket, Listed, LostNotice, NoticeState, Unread},
    text::notice_kind,
};

use crate::internal::{By, auth::Desk, page::words};

/// A mail about a ticket that did not arrive.
pub(super) struct Unsent {
    pub(super) id: String,
    /// What it was, and since when it is lost.
    pub(super) text: String,
}

/// Those of this ticket that did not reach the person's own unit; only its leader is shown them. A ticket is shown also while
/// they can't be read.
pub(super) async fn unsent(by: &By<Desk>, ticket: &DeskTicket) -> Vec<Unsent> {
    if !by.actor.leads(&ticket.unit) {
        return Vec::new();
    }
    let found = by.internal.desk.desk_failed_notices(&by.right.scope, ticket.id).await;
    let found = found.inspect_err(|e| {
        tracing::error!(ticket = ticket.id.0, error = chain(e), "lost mails can't be read");
    });
    let (lang, now) = (by.lang, clock::now());
    let line = |notice: LostNotice| Unsent {
        id: notice.id.to_string(),
        text: lang.fill(
            if notice.state == NoticeState::Bounced {
                "desk.unsent.bounced"
            } else {
                "desk.unsent.failed"
            },
            &[
                ("what", lang.t(&notice_kind(notice.kind))),
                ("at", &words::moment(lang, notice.finished_at, now)),
            ],
        ),
    };
    let (readable, unread) = Listed::sorted(found.unwrap_or_default());
    // Its leader can have it sent again all the same: that asks for its number alone.
    let mut lines: Vec<Unsent> = unread
        .into_iter()
        .filter_map(|row| match row {
            Unread::Notice(id) => Some(Unsent {
                id: id.to_string(),
                text: words::unread(lang, row),
            }),
            _ => None,
        })
        .collect();
    lines.extend(readable.into_iter().map(line));
    lines
}
