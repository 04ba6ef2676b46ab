//! What is done on reports and tickets.

casework::words! {
    /// The kind of an event. The list grows with the versions: whoever reads events takes [`Loose`](crate::store::Loose) ones.
    EventKind {
        /// A unit took its ticket.
        Signed = "signed",
        /// A person of the unit has it now.
        Assigned = "assigned",
        /// Who had it left, and nobody has it now.
        Unassigned = "unassigned",
        /// Units changed, and another one holds it.
        UnitMoved = "unit-moved",
        /// Who was on duty handed it over to the next.
        DutyHandedOver = "duty-handed-over",
        /// A named person saw the child.
        Contacted = "contacted",
        /// The asked material was recorded.
        Evidence = "evidence",
        /// Number and date of a decision were recorded.
        DecisionRecorded = "decision-recorded",
        /// Closed.
        Resolved = "resolved",
        /// A closing or a transfer waits for another person.
        CloseRequested = "close-requested",
        /// Another person confirmed the closing.
        CloseConfirmed = "close-confirmed",
        /// Another person did not agree to the closing or transfer.
        CloseRefused = "close-refused",
        /// Who closed took it back.
        CloseTakenBack = "close-taken-back",
        /// The office agreed that another unit takes over.
        TransferApproved = "transfer-approved",
        /// The other unit signed; this ticket ended by it.
        TransferReceived = "transfer-received",
        /// On the new ticket: it comes from another unit.
        TransferredIn = "transferred-in",
        /// On the new ticket: who transferred it took that back.
        TransferWithdrawn = "transfer-withdrawn",
        /// 提请协办: another unit was asked for what it owes.
        Requested = "requested",
        /// On the new ticket: another unit asked for it.
        RequestReceived = "request-received",
        /// What was done or heard; it ended nothing.
        Progress = "progress",
        /// Somebody went and did not see the child.
        VisitFailed = "visit-failed",
        /// The event that a clock waits for has happened.
        ClockStarted = "clock-started",
        /// A decision not to file went to the procuratorate.
        OversightOpened = "oversight-opened",
        /// On the procuratorate's ticket: no case was filed.
        NotFiledTold = "not-filed-told",
        /// On the procuratorate's ticket: that was taken back.
        NotFiledWithdrawn = "not-filed-withdrawn",
        /// Days off were published, and a due moved by them.
        DueMoved = "due-moved",
        /// A unit asks to return its ticket, or for more time.
        MotionAsked = "motion-asked",
        /// 终止办理: a first person of the office agreed, and another one is to confirm.
        MotionAgreed = "motion-agreed",
        /// The office granted it.
        MotionGranted = "motion-granted",
        /// The office did not.
        MotionRefused = "motion-refused",
        /// The unit took it back.
        MotionWithdrawn = "motion-withdrawn",
        /// On the new ticket: another unit returned it.
        ReturnedIn = "returned-in",
        /// On the new ticket: a unit of the case asked that another one join it.
        JoinedIn = "joined-in",
        /// A closed ticket is owed again.
        Reopened = "reopened",
        /// The reporter was called.
        CalledBack = "called-back",
        /// What follows from a call was decided.
        CallbackDecided = "callback-decided",
        /// Somebody of the office took what waits for a human.
        TriageTaken = "triage-taken",
        /// They chose its units.
        TriageAssigned = "triage-assigned",
        /// They had the rules decide again.
        TriageRerouted = "triage-rerouted",
        /// Somebody asked to see parts of the report.
        OpeningAsked = "opening-asked",
        /// Somebody asked, and it was open at once.
        OpeningOpened = "opening-opened",
        /// Another person agreed.
        OpeningApproved = "opening-approved",
        /// Another person did not.
        OpeningRefused = "opening-refused",
        /// Who asked took it back, or its ticket ended first.
        OpeningWithdrawn = "opening-withdrawn",
        /// A look ended before its time.
        OpeningEnded = "opening-ended",
        /// Another person looked whether it was right.
        OpeningReviewed = "opening-reviewed",
        /// Ended with approval, as one of a flood.
        FloodClosed = "flood-closed",
        /// That was a mistake: it goes on.
        FloodGivenBack = "flood-given-back",
        /// Somebody had a notice sent again.
        NoticeResent = "notice-resent",
        /// A named person answered what rang.
        RingAnswered = "ring-answered",
        /// 批示: the leading group wrote about what is overdue at its level.
        Instructed = "instructed",
        /// The office had somebody called again.
        RungByHand = "rung-by-hand",
    }
}

impl EventKind {
    /// An act at the desk that sends nothing to anybody.
    pub fn is_told_to_nobody(self) -> bool {
        matches!(
            self,
            Self::Contacted | Self::Evidence | Self::Assigned | Self::Progress | Self::VisitFailed
        )
    }

    /// Whether it changes what its ticket says: a unit's own system is told of it, and a folder's paper follows it. Calls, looks and
    /// mails don't, and what is done on a report is on no ticket. The schema's `event_is_news` says the same.
    pub fn is_news(self) -> bool {
        match self {
            Self::Signed
            | Self::Assigned
            | Self::Unassigned
            | Self::UnitMoved
            | Self::Contacted
            | Self::Evidence
            | Self::DecisionRecorded
            | Self::Progress
            | Self::VisitFailed
            | Self::ClockStarted
            | Self::Resolved
            | Self::CloseRequested
            | Self::CloseConfirmed
            | Self::CloseRefused
            | Self::CloseTakenBack
            | Self::TransferApproved
            | Self::TransferReceived
            | Self::TransferredIn
            | Self::TransferWithdrawn
            | Self::Requested
            | Self::OversightOpened
            | Self::NotFiledTold
            | Self::NotFiledWithdrawn
            | Self::DueMoved
            | Self::MotionAsked
            | Self::MotionAgreed
            | Self::MotionGranted
            | Self::MotionRefused
            | Self::MotionWithdrawn
            | Self::ReturnedIn
            | Self::Reopened
            | Self::FloodClosed
            | Self::FloodGivenBack
            | Self::Instructed => true,
            Self::DutyHandedOver
            | Self::RequestReceived
            | Self::JoinedIn
            | Self::CalledBack
            | Self::CallbackDecided
            | Self::TriageTaken
            | Self::TriageAssigned
            | Self::TriageRerouted
            | Self::OpeningAsked
            | Self::OpeningOpened
            | Self::OpeningApproved
            | Self::OpeningRefused
            | Self::OpeningWithdrawn
            | Self::OpeningEnded
            | Self::OpeningReviewed
            | Self::NoticeResent
            | Self::RingAnswered
            | Self::RungByHand => false,
        }
    }

    /// Whether it is about a look at the report.
    pub fn is_opening(self) -> bool {
        matches!(
            self,
            Self::OpeningAsked
                | Self::OpeningOpened
                | Self::OpeningApproved
                | Self::OpeningRefused
                | Self::OpeningWithdrawn
                | Self::OpeningEnded
                | Self::OpeningReviewed
        )
    }
}
