//! All SQL, in a room per subject: one store, whose type is its login ([`Login`]), methods named entity first, verb second.
//!
//! Two rooms do more than ask: `packs` reads a pack's rules inside the transaction that loads it, because what was sound before may
//! not be any more, and `admin` writes the files that hold the logins which it makes.
//!
//! Times come in as parameters; the database's clock is never read. No method calls the network inside a transaction
//! (there is nothing here to call it with), and no caller may drop a method's future half way: services run writes in tasks
//! of their own, because a dropped `begin` can leave a pooled connection inside a stale transaction.

mod actor;
mod admin;
mod alone;
mod board;
mod by_key;
mod calendars;
mod callback;
mod clock;
mod desk;
mod drills;
mod due;
mod duty;
mod finding;
mod floods;
mod gateways;
mod ids;
mod lease;
mod legible;
mod listed;
mod login;
mod notices;
mod openings;
mod outlets;
mod packs;
mod people;
mod reports;
mod rings;
mod routing;
mod rules;
mod sheet;
mod tickets;
mod trail;
mod watch;
mod word;

pub use actor::By;
pub use admin::{Encryption, NewestKey, TASKS, encryption, installation_mark, logins_write, migrate, probe};
pub use board::{
    Arrivals, BoardAttempt, BoardCase, BoardEvent, BoardEventDetail, BoardList, BoardNotice, BoardNow, BoardOther,
    BoardRound, BoardStage, BoardStep, BoardTicket, CallAbout, CaseClock, CaseTicket, EventCall, HeldRing, LateNotice,
    LeadingLine, LeadingNow, NotArrived, OfficeCounts, TriageLine, UndeliveredNotice, VisitsInVain,
};
pub use calendars::{
    CalendarChange, CalendarError, CalendarFollowed, CalendarMove, CalendarSource, DayClock, InForce, NewCalendar,
    PinnedRules,
};
pub use callback::{
    CallbackCase, CallbackDecision, CallbackDue, CallbackNew, CallbackRecorded, CallbackSealed, CallbackTicket,
    CallbackTry, CallbackUndecided, Decided, FollowUpAsked,
};
pub use clock::Ticked;
pub use desk::{
    DeskEvent, DeskScope, DeskStage, DeskTicket, FirstTicket, Ground, Handed, NextTicket, OtherTicket, QueueLine,
    Reading, TicketChain,
};
pub use drills::{Drill, DrillCall, DrillPlan, DrillRate, DrillTurned, DrillUnit, DrillWrong};
pub use due::Onward;
pub use duty::{
    CODE_MINUTES, CODE_TRIES, CodeAsked, CodeTaken, DutyBook, DutyPage, DutyPageEnd, DutyUnreadable, Handover,
    HandoverTicket, LOST_AFTER, LostPage, MOST_PHONES, NewCode, NewHandover, NewPhone, NewRosterChange, OnDuty,
    OwnMail, OwnPhone, PagesTurned, PhoneAdded, RosterChange, RosterChangeKind, RosterPattern, RosterWrite,
    SwapDecision, Taking, UnitHours,
};
pub use finding::{
    Candidates, ChildToken, ClockAsked, ClockKept, LISTED_COUNTED, ListCursor, ListSort, ListTab, SearchKind,
    SearchLine, Searching, TicketLine, TicketsAsked, TicketsFound,
};
pub use floods::{
    Flood, FloodAct, FloodActing, FloodClosing, FloodDecision, FloodGround, FloodGroundKind, FloodKind, FloodReport,
    FloodState,
};
pub use gateways::{GatewaySpent, GatewayState, StateOfGateway};
pub use ids::{
    AccessId, AccountActId, AccountId, CalendarChangeId, CallId, CaseId, DeviceId, DrillId, DrillUnitId, DutyPageId,
    FactorResetId, FileId, FloodClosingId, FloodId, GrantRequestId, HandoverId, MotionId, NoticeId, OpeningId,
    OutletId, PhoneId, PostId, ReadId, ReportId, RosterChangeId, RosterPatternId, SessionId, StageId, TicketId,
};
pub use lease::LeaseOf;
pub use legible::Legible;
pub use listed::{Listed, Unread};
pub use login::{
    AnswersBells, Board, Desk, Intake, Login, Notifier, Office, OpensPhones, Owner, People, ReadsDuty, ReadsFacts,
    Relay, Router, SeesCalls, SeesCounty, Tells, Watches,
};
pub use notices::{
    Attempt, AttemptOutcome, Blocked, Bounced, FailedNotice, LeasedNotice, LostNotice, MailState, NOTICES_COUNTED,
    NoticeBell, NoticeContact, NoticeDepth, NoticeFlood, NoticeKind, NoticeStage, NoticeState, NoticeTicket, Phone,
    ResendError, Resent, Said, Settlement, Subject, SubjectKind, SubjectNotice, To, UnitCall, UnitContact, Verdict,
};
pub use openings::{
    Opening, OpeningActing, OpeningAsk, OpeningAsked, OpeningClock, OpeningClocks, OpeningDeed, OpeningDenied,
    OpeningDone, OpeningHanded, OpeningList, OpeningSealed,
};
pub use outlets::{
    FileAsked, FileStanding, FileState, FileVerdict, FolderAt, FolderFault, FolderLate, NewFolder, NewWebhook,
    OutletKind, OutletLine, OutletToTell, PostDetail, PostEvent, PostSaid, PostSettled, PostState, PostVerdict,
    RobotOf, TicketPost,
};
pub use packs::{
    ActivePack, CalendarKept, MailboxKept, PackDone, PackError, PackLoaded, PackVersions, Stranded, Successors,
    UnitMoved, rules_digest, rules_of,
};
pub use people::{
    Account, AccountSecret, Asked, Bucket, Created, Decide, EndSessions, FactorReset, Find, GRANT_DAYS, Grant,
    GrantDecided, GrantDecision, GrantRequest, HandOver, Held, INVITED_DAYS, Invitation, InvitationEnd, Invited,
    Leaving, Left, LiveSession, Membership, NewAccount, NewFactor, NewSession, Person, Role, SessionLine, StrangeRole,
    UnitContacts, WayIn,
};
pub use reports::{
    BatchWriter, BlindToken, DecisionShown, EventShown, KeyMacs, Moment, NewReport, NoticeShown, OutboxRow,
    REPORTS_COUNTED, ReplayFacts, ReplayKey, ReportShown, ReportState, ReportStatus, RingShown, RungStep, SealedParts,
    StageShown, StatusStage, StatusTicket, StepShown, Stored, TicketShown, Waits,
};
pub use rings::{
    AnsweredHow, BellAnswer, BellAnswered, CallAsked, CallAwaited, CallBegun, CallCode, CallDepth, CallFault,
    CallNumber, CallOutcome, CallPhone, CallSaid, CallSpent, CallState, CallStep, CallTaken, CallTried, LadderCall,
    LadderRing, LadderStep, PageCall, PageDrill, PageRing, PinHolder, Receipt, ReceiptOf, Receipted, Rung, TurnsMended,
};
pub use routing::{Pinned, Recorded, ReportToRoute, UnlistedArea};
pub use rules::{Clerk, RuleSet, RuleSetAct, RuleSetState, RuleSetStep, RulesError};
pub use sheet::{Judged, OverdueLine, Received, ReceivedBy, WhoseDelay};
pub use tickets::{
    Act, ActDone, Acting, Asking, Asks, ByTelephone, CallWay, Closing, ClosingCase, ClosingLine, Decider, Denied,
    Ended, Granting, Instruction, Motion, MotionCase, NewInstruction, Oversight, Reopening, RequestLine, Requested,
    Routed, Started, Successor, TicketDeed, TicketMotions, TriageError, TriageSettled, TriageState, Wait, Waiving,
};
pub use trail::{
    Access, AccessFind, AccessKind, AccessLine, AccountAct, AccountActKind, ActsFind, AuditChecked, AuditFault,
    AuditWrong, DeedLine, DeedWhat, Detail, EventKind, NewAct, ReadCursor, ReadLine, ReadsAsked, ReportOutline,
    act_detail, event_detail,
};
pub use watch::{Beat, Episode, Service, WatchAbout, Watched};
pub use word::{Loose, Word};

use std::{marker::PhantomData, str::FromStr, time::Duration};

use sqlx::{
    Executor, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// Longest statement of a service. Everything the services do is far below; what is above is stuck.
const STATEMENT_TIMEOUT: &str = "15000";

/// Longest wait for a lock: whoever waits longer tries again.
const LOCK_TIMEOUT: &str = "5000";
/// A transaction that does nothing for so long was left behind.
const IDLE_TIMEOUT: &str = "30000";
/// Longest wait for a connection of the pool.
const ACQUIRE: Duration = Duration::from_secs(5);

/// A pool of connections that log in as `L`.
#[derive(Clone, Debug)]
pub struct Store<L> {
    pool: PgPool,
    /// See [`Store::grouping`].
    group_above: u32,
    login: PhantomData<L>,
}

/// What went wrong in the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database answered with an error, or not at all.
    #[error("the database")]
    Db(#[from] sqlx::Error),
    /// A stored value that this version can't read.
    #[error("{0}")]
    Unreadable(String),
}

impl StoreError {
    /// Whether trying the same again later may work: the server was away, full, or in a conflict.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Db(sqlx::Error::Database(e)) => {
                let code = e.code().unwrap_or_default();
                // connection, rollback (deadlock, serialisation), resources, operator intervention, system
                ["08", "40", "53", "55", "57", "58"]
                    .iter()
                    .any(|class| code.starts_with(class))
            }
            Self::Db(e) => !matches!(
                e,
                sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_)
            ),
            Self::Unreadable(_) => false,
        }
    }

    /// Whether it is certain that nothing was changed: the server said no, or was never asked. Anything else may have been
    /// committed although no answer came.
    pub fn is_certain(&self) -> bool {
        match self {
            Self::Db(e) => certain(e),
            Self::Unreadable(_) => false,
        }
    }
}

fn certain(e: &sqlx::Error) -> bool {
    match e {
        // A server that was told to end may have committed first: the answer to a commit is sent after it.
        sqlx::Error::Database(e) => {
            let code = e.code().unwrap_or_default();
            !code.starts_with("08") && code != "57P01" && code != "57P02"
        }
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Configuration(_) | sqlx::Error::Tls(_) => {
            true
        }
        sqlx::Error::Io(e) => e.kind() == std::io::ErrorKind::ConnectionRefused,
        _ => false,
    }
}

/// As [`StoreError::is_certain`], for an error that has one among its causes. What no database caused was not stored either
/// only if its writer says so: it counts as uncertain.
pub fn is_certain(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(this) = cause {
        if let Some(e) = this.downcast_ref::<StoreError>() {
            return e.is_certain();
        }
        if let Some(e) = this.downcast_ref::<sqlx::Error>() {
            return certain(e);
        }
        cause = this.source();
    }
    false
}

/// Connection options of a task; it shows in `pg_stat_activity`.
fn options(url: &str, task: &str) -> Result<PgConnectOptions, sqlx::Error> {
    Ok(PgConnectOptions::from_str(url)?
        .application_name(&format!("shouwang-{task}"))
        .options([
            ("statement_timeout", STATEMENT_TIMEOUT),
            // Every query of ours is short; a plan that only looks dear must not be compiled for longer than it runs.
            ("jit", "off"),
            ("lock_timeout", LOCK_TIMEOUT),
            ("idle_in_transaction_session_timeout", IDLE_TIMEOUT),
            ("client_min_messages", "error"),
        ]))
}

impl<L: Login> Store<L> {
    /// As [`Store::open`], for work that may be lost in a crash of the database because it is done again: its commits do not
    /// wait for the disk.
    pub fn open_relaxed(url: &str, task: &str, connections: u32) -> Result<Self, StoreError> {
        Ok(Self::with(
            options(url, task)?.options([("synchronous_commit", "off")]),
            connections,
        ))
    }

    /// Opens a pool lazily: a database that is away is an error of the first query, not of the start.
    pub fn open(url: &str, task: &str, connections: u32) -> Result<Self, StoreError> {
        Ok(Self::with(options(url, task)?, connections))
    }

    fn with(options: PgConnectOptions, connections: u32) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE)
            // The second guard against a stale transaction in a returned connection. One simple query that says nothing on a
            // clean connection (a bare ROLLBACK writes a warning into the server's log each time), ends an open transaction,
            // and is an error in a failed one, which drops the connection.
            .after_release(|connection, _| {
                Box::pin(async move {
                    connection.execute("BEGIN; ROLLBACK").await?;
                    Ok(true)
                })
            })
            .connect_lazy_with(options);
        Self {
            pool,
            group_above: 0,
            login: PhantomData,
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// For tests only: the pool under the store.
    #[doc(hidden)]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }
}

impl Store<Router> {
    /// Above so many reports from one source or in one township within ten minutes, what is told of them is grouped. 0, and
    /// without this: never.
    #[must_use]
    pub fn grouping(self, above: u32) -> Self {
        Self {
            group_above: above,
            ..self
        }
    }
}

impl Store<Owner> {
    /// The owner may do what any login may: this lends its connections to the work of one.
    pub fn lend<L: Login>(&self) -> Store<L> {
        Store {
            pool: self.pool.clone(),
            group_above: self.group_above,
            login: PhantomData,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{StoreError, TriageError, is_certain};

    #[test]
    fn only_what_the_server_said_is_certain() {
        let io = |kind: io::ErrorKind| StoreError::Db(sqlx::Error::Io(kind.into()));
        assert!(io(io::ErrorKind::ConnectionRefused).is_certain());
        assert!(StoreError::Db(sqlx::Error::PoolTimedOut).is_certain());
        for kind in [
            io::ErrorKind::UnexpectedEof,
            io::ErrorKind::ConnectionReset,
            io::ErrorKind::TimedOut,
        ] {
            assert!(!io(kind).is_certain(), "{kind}");
        }
        assert!(!StoreError::Db(sqlx::Error::Protocol("half an answer".into())).is_certain());
        // Wrapped in the error of one act it is the same.
        assert!(is_certain(&TriageError::from(StoreError::Db(
            sqlx::Error::PoolTimedOut
        ))));
        assert!(!is_certain(&TriageError::from(io(io::ErrorKind::UnexpectedEof))));
        assert!(!is_certain(&std::fmt::Error));
    }
}
