//! An act that changed nothing, said in one place: at the desk, where the office decides closings, and by telephone; to people and
//! to programs.

use casework::{
    calendar::rfc3339,
    ticket::{TicketState, motion::NoMotion},
};
use chrono::{DateTime, Utc};
use platform::{
    store::{AccountId, ActDone, Denied, EventKind, Loose},
    text::Lang,
};
use serde::Serialize;

use crate::{
    internal::{
        error::{ApiError, PageError},
        page::words,
    },
    web::problem,
};

/// What a page says of it.
pub(crate) fn said(done: &ActDone, lang: Lang, now: DateTime<Utc>) -> Result<String, PageError> {
    Ok(match done {
        ActDone::Stale {
            last_kind,
            last_by,
            last_at,
            ..
        } => {
            let at = words::moment(lang, *last_at, now);
            let what = what_happened(lang, last_kind);
            lang.fill("undone.stale", &[("by", last_by), ("at", &at), ("what", what)])
        }
        ActDone::NotAllowed { state } => lang.fill("undone.not_allowed", &[("state", words::state(lang, *state))]),
        ActDone::Denied(why) => lang.t(denied(*why)).to_owned(),
        // Done is no such case, and what is not there says so itself.
        ActDone::NotFound | ActDone::Done => return Err(PageError::NotFound),
    })
}

/// What is said besides to a program.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Besides {
    /// What somebody did since the version that was sent.
    LastAct {
        kind: Loose<EventKind>,
        by: String,
        account: Option<AccountId>,
        at: String,
    },
    State(TicketState),
    Denied(&'static str),
}

/// What a program is answered.
pub(crate) fn problem(done: ActDone) -> ApiError {
    match done {
        ActDone::Stale {
            last_kind,
            last_by,
            last_account,
            last_at,
        } => {
            let last = Besides::LastAct {
                kind: last_kind,
                by: last_by,
                account: last_account,
                at: rfc3339(last_at),
            };
            let said = "the ticket has changed since this version; nothing was done";
            problem::with(409, said, &last).into()
        }
        ActDone::NotAllowed { state } => {
            let said = "the ticket's state does not allow this; nothing was done";
            problem::with(409, said, &Besides::State(state)).into()
        }
        ActDone::Denied(why) => problem::with(409, Lang::En.t(denied(why)), &Besides::Denied(why.as_str())).into(),
        ActDone::NotFound | ActDone::Done => ApiError::said(404, "no such ticket"),
    }
}

fn denied(why: Denied) -> &'static str {
    match why {
        Denied::Own => "undone.own",
        Denied::Leader => "undone.leader",
        Denied::LeaderReopens => "undone.leader-reopens",
        Denied::Office => "undone.office",
        Denied::Unit => "undone.unit",
        Denied::NotYours => "undone.not-yours",
        Denied::TooLate => "undone.too-late",
        Denied::TakenOver => "undone.taken-over",
        Denied::GoesOn => "undone.goes-on",
        Denied::CalledBack => "undone.called-back",
        Denied::AskedBefore => "undone.asked-before",
        Denied::MotionWaits => "undone.motion-waits",
        Denied::MotionOver => "undone.motion-over",
        Denied::OwnMotion => "undone.own-motion",
        Denied::SecondPerson => "undone.second-person",
        Denied::Motion(NoMotion::PoliceUrgent) => "undone.police-urgent",
        Denied::Motion(NoMotion::Final) => "undone.final",
        Denied::Motion(NoMotion::Awaited) => "undone.awaited",
        Denied::Motion(NoMotion::Statutory) => "undone.statutory",
        Denied::Motion(NoMotion::Over) => "undone.stage-over",
        Denied::Motion(NoMotion::Once) => "undone.once",
        Denied::Motion(NoMotion::NotLater) => "undone.not-later",
        Denied::Motion(NoMotion::InCase) => "undone.in-case",
        Denied::Motion(NoMotion::ByLaw) => "undone.by-law",
    }
}

/// An act of before, in words.
pub(crate) fn what_happened(lang: Lang, kind: &Loose<EventKind>) -> &'static str {
    use EventKind as E;
    lang.t(match kind.known() {
        Some(E::Signed) => "desk.what.signed",
        Some(E::Assigned) => "desk.what.assigned",
        Some(E::Contacted) => "desk.what.contacted",
        Some(E::Evidence) => "desk.what.evidence",
        Some(E::Requested) => "desk.what.requested",
        Some(E::Progress) => "desk.what.progress",
        Some(E::VisitFailed) => "desk.what.visit-failed",
        Some(E::ClockStarted) => "desk.what.clock-started",
        Some(E::Resolved) => "desk.what.resolved",
        Some(E::Reopened) => "desk.what.reopened",
        Some(E::Instructed) => "desk.what.instructed",
        Some(E::CloseRequested) => "desk.what.close-requested",
        Some(E::CloseConfirmed) => "desk.what.close-confirmed",
        Some(E::CloseRefused) => "desk.what.close-refused",
        Some(E::CloseTakenBack) => "desk.what.close-taken-back",
        Some(E::TransferApproved) => "desk.what.transfer-approved",
        Some(E::MotionAsked) => "desk.what.motion-asked",
        Some(E::MotionAgreed) => "desk.what.motion-agreed",
        Some(E::MotionGranted) => "desk.what.motion-granted",
        Some(E::MotionRefused) => "desk.what.motion-refused",
        Some(E::MotionWithdrawn) => "desk.what.motion-withdrawn",
        Some(kind) if kind.is_opening() => "desk.what.opening",
        _ => "desk.what.changed",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_one_sentence_in_both_languages() {
        let at: DateTime<Utc> = "2026-11-24T00:10:00Z".parse().unwrap();
        let stale = |kind: &str| ActDone::Stale {
            last_kind: kind.to_owned().into(),
            last_by: "李娜".into(),
            last_account: None,
            last_at: at,
        };
        let zh = |done: &ActDone| said(done, Lang::Zh, at).ok().unwrap();
        let en = |done: &ActDone| said(done, Lang::En, at).ok().unwrap();
        assert!(zh(&stale("signed")).contains("李娜") && zh(&stale("signed")).contains(Lang::Zh.t("desk.what.signed")));
        assert!(
            en(&stale("of-tomorrow")).contains(Lang::En.t("desk.what.changed")),
            "of a newer version"
        );
        let state = TicketState::Resolved;
        assert!(zh(&ActDone::NotAllowed { state }).contains(words::state(Lang::Zh, state)));
        let all = [
            Denied::Own,
            Denied::Leader,
            Denied::LeaderReopens,
            Denied::Office,
            Denied::Unit,
            Denied::NotYours,
            Denied::TooLate,
            Denied::TakenOver,
            Denied::GoesOn,
            Denied::CalledBack,
            Denied::AskedBefore,
            Denied::MotionWaits,
            Denied::MotionOver,
            Denied::OwnMotion,
            Denied::SecondPerson,
            Denied::Motion(NoMotion::PoliceUrgent),
            Denied::Motion(NoMotion::Final),
            Denied::Motion(NoMotion::Awaited),
            Denied::Motion(NoMotion::Statutory),
            Denied::Motion(NoMotion::Over),
            Denied::Motion(NoMotion::Once),
            Denied::Motion(NoMotion::NotLater),
            Denied::Motion(NoMotion::InCase),
            Denied::Motion(NoMotion::ByLaw),
        ];
        for why in all {
            assert_eq!(denied(why), format!("undone.{}", why.as_str()), "its key is its word");
            assert_ne!(zh(&ActDone::Denied(why)), en(&ActDone::Denied(why)));
        }
        assert!(said(&ActDone::NotFound, Lang::Zh, at).is_err());
    }
}
