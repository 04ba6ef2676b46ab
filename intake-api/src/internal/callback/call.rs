//! What is typed about a call, by form and by API, and the act that it becomes.

use std::collections::HashMap;

use casework::callback::{CallResult, FollowUp};
use platform::{
    clock,
    seal::Column,
    store::{By, CallbackDecision, CallbackNew, CallbackRecorded, Decided, FollowUpAsked, ReportId, TicketId},
};
use serde::Deserialize;

use crate::internal::{Internal, Visit, detached, error::PageError};

/// Longest note or reason; it is a sentence about a call, not a file.
const LONGEST: usize = 2000;

/// What the form sends. Tickets come as `ticket-7=on`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(super) attempt: String,
    #[serde(default)]
    pub(super) result: String,
    #[serde(default)]
    pub(super) note: String,
    #[serde(default)]
    pub(super) follow_up: String,
    #[serde(default)]
    pub(super) reason: String,
    #[serde(flatten)]
    rest: HashMap<String, String>,
}

/// What the API sends.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Sent {
    pub(super) attempt: Option<i16>,
    #[serde(default)]
    pub(super) result: String,
    #[serde(default)]
    pub(super) note: String,
    pub(super) follow_up: Option<String>,
    #[serde(default)]
    pub(super) tickets: Vec<TicketId>,
    #[serde(default)]
    pub(super) reason: String,
}

impl Typed {
    /// The tickets that were ticked.
    pub(super) fn tickets(&self) -> Vec<TicketId> {
        let ids = self
            .rest
            .keys()
            .filter_map(|key| key.strip_prefix("ticket-")?.parse().ok());
        ids.collect()
    }

    pub(super) fn sent(&self) -> Sent {
        Sent {
            attempt: self.attempt.parse().ok(),
            result: self.result.clone(),
            note: self.note.clone(),
            follow_up: Some(self.follow_up.clone()),
            tickets: self.tickets(),
            reason: self.reason.clone(),
        }
    }
}

/// A call that can be recorded.
#[derive(Clone, Debug)]
pub(super) struct Call {
    attempt: Option<i16>,
    result: CallResult,
    follow_up: Option<FollowUp>,
    tickets: Vec<TicketId>,
    reason: String,
    note: String,
}

impl Sent {
    /// What follows 不满意, or the key of what is missing.
    pub(super) fn follow_up(&self) -> Result<FollowUp, &'static str> {
        let follow_up = self.follow_up.as_deref().and_then(FollowUp::from_word);
        match follow_up.ok_or("callback.need_follow_up")? {
            FollowUp::Reopen if self.tickets.is_empty() => Err("callback.need_ticket"),
            follow_up => Ok(follow_up),
        }
    }

    /// The call, or the key of what is missing.
    pub(super) fn call(self, anonymous: Option<bool>) -> Result<Call, &'static str> {
        let result = CallResult::from_word(&self.result).ok_or("callback.need_result")?;
        if (result == CallResult::Anonymous) != (anonymous == Some(true)) {
            return Err("callback.need_result");
        }
        if self.note.chars().count() > LONGEST || self.reason.chars().count() > LONGEST {
            return Err("callback.too_long");
        }
        let follow_up = (result == CallResult::Dissatisfied)
            .then(|| self.follow_up())
            .transpose()?;
        if follow_up == Some(FollowUp::Keep) && self.reason.trim().is_empty() {
            return Err("callback.need_keep_reason");
        }
        Ok(Call {
            attempt: self.attempt,
            result,
            follow_up,
            tickets: self.tickets,
            reason: self.reason.trim().to_owned(),
            note: self.note.trim().to_owned(),
        })
    }
}

/// Seals words with the report's own key.
async fn seal(internal: &Internal, id: ReportId, words: &str) -> Result<Vec<u8>, PageError> {
    let found = internal.office.callback_sealed(&internal.county, id).await?;
    let found = found.ok_or(PageError::NotFound)?;
    let key = internal.keys.open_data_key(id, &found.data_key)?;
    let mut rng = rand::rng();
    Ok(internal.keys.seal(&key, Column::Event, id, words.as_bytes(), &mut rng))
}

/// Records the call, in a task of its own.
pub(super) async fn keep(visit: &Visit, id: ReportId, call: Call) -> Result<CallbackRecorded, PageError> {
    let internal = &visit.internal;
    let note = match call.note.as_str() {
        "" => None,
        note => Some(seal(internal, id, note).await?),
    };
    let follow_up = match call.follow_up {
        None => None,
        Some(FollowUp::Reopen) => Some(FollowUpAsked::Reopen(call.tickets)),
        Some(FollowUp::Keep) => Some(FollowUpAsked::Keep(seal(internal, id, &call.reason).await?)),
    };
    let (office, pack, county, person) = (
        internal.office.clone(),
        internal.pack.current(),
        internal.county.clone(),
        visit.actor.person.clone(),
    );
    detached(async move {
        let new = CallbackNew {
            county: &county,
            report_id: id,
            attempt: call.attempt,
            result: call.result,
            follow_up,
            by: By {
                account: person.account.id,
                name: &person.account.name,
            },
            note,
            at: clock::now(),
        };
        office.callback_record(&new, &pack.pack).await
    })
    .await
}

/// Decides on 不满意, in a task of its own. No tickets: nothing is reopened.
pub(super) async fn settle(
    visit: &Visit,
    id: ReportId,
    attempt: i16,
    reopen: Vec<TicketId>,
) -> Result<Decided, PageError> {
    let (office, pack, county, person) = (
        visit.internal.office.clone(),
        visit.internal.pack.current(),
        visit.internal.county.clone(),
        visit.actor.person.clone(),
    );
    detached(async move {
        let new = CallbackDecision {
            county: &county,
            report_id: id,
            attempt,
            reopen,
            by: By {
                account: person.account.id,
                name: &person.account.name,
            },
            at: clock::now(),
        };
        office.callback_decide(&new, &pack.pack).await
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_needs_what_follows_from_it() {
        let sent = |result: &str, follow_up: &str, tickets: &[TicketId], reason: &str| Sent {
            result: result.into(),
            follow_up: Some(follow_up.into()),
            tickets: tickets.to_vec(),
            reason: reason.into(),
            ..Sent::default()
        };
        let fault = |sent: Sent, identity| sent.call(Some(identity == "anonymous")).err();
        assert_eq!(fault(sent("satisfied", "", &[], ""), "confidential"), None);
        assert_eq!(fault(sent("fine", "", &[], ""), "named"), Some("callback.need_result"));
        assert_eq!(
            fault(sent("anonymous", "", &[], ""), "named"),
            Some("callback.need_result")
        );
        assert_eq!(
            fault(sent("satisfied", "", &[], ""), "anonymous"),
            Some("callback.need_result")
        );
        assert_eq!(
            fault(sent("dissatisfied", "", &[], ""), "named"),
            Some("callback.need_follow_up")
        );
        assert_eq!(
            fault(sent("dissatisfied", "reopen", &[], ""), "named"),
            Some("callback.need_ticket")
        );
        assert_eq!(fault(sent("dissatisfied", "reopen", &[TicketId(3)], ""), "named"), None);
        assert_eq!(
            fault(sent("dissatisfied", "keep", &[], " "), "named"),
            Some("callback.need_keep_reason")
        );
        assert_eq!(fault(sent("dissatisfied", "keep", &[], "重复"), "named"), None);
        let long = "长".repeat(LONGEST + 1);
        assert_eq!(
            fault(sent("dissatisfied", "keep", &[], &long), "named"),
            Some("callback.too_long")
        );
    }
}
