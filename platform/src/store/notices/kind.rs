//! What a mail is, and where it stands.

use casework::words::Action;
use serde::{Deserialize, Deserializer};

casework::words! {
    /// The kind of a notice.
    NoticeKind {
        /// 派单
        Dispatch = "dispatch",
        /// 重新办理
        Reopened = "reopened",
        /// Many reports at once
        Flood = "flood",
        /// 到期提醒
        Remind = "remind",
        /// 催办
        Urge = "urge",
        /// 办公室督办
        Supervise = "supervise",
        /// 领导小组督办
        SuperviseLetter = "supervise-letter",
        /// 提示函
        AdvisoryLetter = "advisory-letter",
        /// Another mail did not arrive
        Undeliverable = "undeliverable",
        /// 待确认办结
        CloseRequested = "close-requested",
        /// 移送待审批
        TransferRequested = "transfer-requested",
        /// Neither confirmed nor approved
        CloseRefused = "close-refused",
        /// The transfer was taken back
        TransferWithdrawn = "transfer-withdrawn",
        /// 不予立案
        NotFiled = "not-filed",
        /// 不予立案 was taken back
        NotFiledWithdrawn = "not-filed-withdrawn",
        /// A version of the rules waits for its second person
        RulesSubmitted = "rules-submitted",
        /// Rights, password or second factor changed
        RightsChanged = "rights-changed",
        /// 申请查看
        OpeningAsked = "opening-asked",
        /// Nobody decided on it in time
        OpeningOverdue = "opening-overdue",
        /// 批准
        OpeningApproved = "opening-approved",
        /// 不批准
        OpeningRefused = "opening-refused",
        /// A review found that it was not right
        OpeningFaulted = "opening-faulted",
        /// 待复核
        ReviewWaits = "review-waits",
        /// Nobody reviewed it in time
        ReviewOverdue = "review-overdue",
        /// 待回访
        CallbacksDue = "callbacks-due",
        /// The reset of a second factor waits for its second person
        FactorResetAsked = "factor-reset-asked",
        /// Many tickets of a flood were ended at once
        FloodClosed = "flood-closed",
        /// They were given back
        FloodGivenBack = "flood-given-back",
        /// A duty page is heard of no more
        DutyPageLost = "duty-page-lost",
        /// 批示
        Instruction = "instruction",
        /// Holes of a roster, to whoever leads the unit
        DutyHole = "duty-hole",
        /// A unit has no roster at all
        DutyNone = "duty-none",
        /// All holes of the county, to the office
        DutyHoles = "duty-holes",
        /// Somebody is asked to swap
        SwapAsked = "swap-asked",
        /// They agreed
        SwapAccepted = "swap-accepted",
        /// They did not
        SwapDeclined = "swap-declined",
        /// Whoever asked took it back
        SwapWithdrawn = "swap-withdrawn",
        /// Days off were proposed: a second person confirms them
        CalendarProposed = "calendar-proposed",
        /// Dues moved by newly published days off
        CalendarMoved = "calendar-moved",
        /// The published days off end soon
        CalendarEnds = "calendar-ends",
        /// A unit asks something of the office
        MotionAsked = "motion-asked",
        /// The office granted it
        MotionGranted = "motion-granted",
        /// The office did not
        MotionRefused = "motion-refused",
        /// What was bought of a provider ends
        GatewayQuota = "gateway-quota",
        /// A kind of a newer version than this one: its mail goes out in general words.
        Other = "other",
    }
}

casework::words! {
    /// Where a notice stands.
    NoticeState {
        /// It waits to be sent.
        Queued = "queued",
        /// A mail server took it.
        Sent = "sent",
        /// Given up.
        Failed = "failed",
        /// A drill where drills are not mailed.
        Suppressed = "suppressed",
        /// It was taken, and came back.
        Bounced = "bounced",
    }
}

impl From<Action> for NoticeKind {
    fn from(action: Action) -> Self {
        match action {
            Action::Remind => Self::Remind,
            Action::Urge => Self::Urge,
            Action::Supervise => Self::Supervise,
            Action::SuperviseLetter => Self::SuperviseLetter,
            Action::AdvisoryLetter => Self::AdvisoryLetter,
        }
    }
}

impl NoticeKind {
    /// The kind of a word; one of a newer version is [`NoticeKind::Other`].
    pub fn read(word: &str) -> Self {
        Self::from_word(word).unwrap_or(Self::Other)
    }
}

/// A kind as it is stored, which a newer version may have written.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
pub(in crate::store) struct StoredKind(String);

impl From<StoredKind> for NoticeKind {
    fn from(StoredKind(word): StoredKind) -> Self {
        Self::read(&word)
    }
}

/// As [`StoredKind`], in JSON.
pub(in crate::store) fn of_json<'de, D: Deserializer<'de>>(from: D) -> Result<NoticeKind, D::Error> {
    Ok(StoredKind(String::deserialize(from)?).into())
}
