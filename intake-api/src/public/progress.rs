//! How far a report has come, in the words that its reporter may read.
//!
//! Everybody learns three things: received, passed on, finished. Those who must report by profession (and the police) also
//! learn that the police signed and that somebody saw the child, because they answer for having reported. Relatives and the
//! public don't: a suspect may be among them.

use casework::report::ReporterKind;
use chrono::{DateTime, Utc};
use platform::store::ReportStatus;
use serde::Serialize;

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// 已收到
    Received,
    /// 已交办
    Dispatched,
    /// 已办结
    Resolved,
}

/// What may be shown; a time is absent when it hasn't come or isn't for this reporter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Progress {
    pub(super) state: State,
    pub(super) received_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dispatched_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) police_signed_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) child_seen_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resolved_at: Option<DateTime<Utc>>,
    /// Whether the two middle steps are for this reporter.
    #[serde(skip)]
    pub(super) professional: bool,
}

impl Progress {
    /// From what the database says.
    pub(super) fn of(status: &ReportStatus) -> Self {
        use ReporterKind::{ChildDirector, Doctor, Police, SocialWorker, Teacher};
        let kind = status.reporter_kind.as_deref().and_then(ReporterKind::from_word);
        let professional = matches!(kind, Some(Teacher | Doctor | ChildDirector | SocialWorker | Police));
        let state = match (status.dispatched_at, status.resolved_at) {
            (_, Some(_)) => State::Resolved,
            (Some(_), None) => State::Dispatched,
            (None, None) => State::Received,
        };
        Self {
            state,
            received_at: status.received_at,
            dispatched_at: status.dispatched_at,
            police_signed_at: status.police_signed_at.filter(|_| professional),
            child_seen_at: status.child_seen_at.filter(|_| professional),
            resolved_at: status.resolved_at,
            professional,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(kind: &str) -> ReportStatus {
        let at = |text: &str| text.parse().ok();
        ReportStatus {
            received_at: "2026-11-24T08:05:00Z".parse().unwrap(),
            reporter_kind: Some(kind.to_owned()),
            dispatched_at: at("2026-11-24T08:05:01Z"),
            police_signed_at: at("2026-11-24T08:20:00Z"),
            child_seen_at: at("2026-11-24T09:00:00Z"),
            resolved_at: None,
        }
    }

    #[test]
    fn only_professionals_learn_of_police_and_contact() {
        for kind in ReporterKind::ALL {
            let progress = Progress::of(&status(kind.as_str()));
            let professional =
                ["teacher", "doctor", "child-director", "social-worker", "police"].contains(&kind.as_str());
            assert_eq!(progress.police_signed_at.is_some(), professional, "{kind}");
            assert_eq!(progress.child_seen_at.is_some(), professional, "{kind}");
            assert_eq!(progress.state, State::Dispatched);
        }
    }

    #[test]
    fn states_follow_the_times() {
        let mut one = status("public");
        one.resolved_at = one.dispatched_at;
        assert_eq!(Progress::of(&one).state, State::Resolved);
        let none = ReportStatus {
            dispatched_at: None,
            resolved_at: None,
            ..one
        };
        assert_eq!(Progress::of(&none).state, State::Received);
    }
}
