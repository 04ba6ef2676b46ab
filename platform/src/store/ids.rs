//! Ids, each of a type of its own: an account can't be passed where a ticket is meant.
//!
//! An id is what the row's key is: a number, or a uuid where the row is named before it is written. In JSON, in the database and in
//! the path of a page it stands as that, and nothing more. A report's id is [`ReportId`]; people read it as a receipt. The default
//! is 0, which no row has.

use std::{fmt, str::FromStr};

use sqlx::{
    Decode, Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef},
};
use uuid::Uuid;

pub use crate::receipt::ReportId;

/// Defines ids over the type of their column.
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident($inner:ty)),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(
            Clone,
            Copy,
            Debug,
            Default,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            Hash,
            sqlx::Type,
            serde::Serialize,
            serde::Deserialize,
        )]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = <$inner as FromStr>::Err;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A row of `accounts`: a person who logs in.
    AccountId(i64),
    /// A row of `calendar_changes`.
    CalendarChangeId(i64),
    /// A row of `tickets`.
    TicketId(i64),
    /// A row of `cases`: what belongs to one child, over several reports.
    CaseId(i64),
    /// A row of `stages`: one clock of a ticket.
    StageId(i64),
    /// A row of `floods`.
    FloodId(i64),
    /// A row of `flood_closings`: reports of a flood that the office wants to end at once.
    FloodClosingId(i64),
    /// A row of `openings`: somebody asks for parts that a ticket does not show.
    OpeningId(i64),
    /// A row of `motions`: what a unit asks of the office.
    MotionId(i64),
    /// A row of `grant_requests`: a right that waits for its second person.
    GrantRequestId(i64),
    /// A row of `factor_resets`: a second factor to be taken off, which waits for its second person.
    FactorResetId(i64),
    /// A row of `account_acts`; lists go on below one.
    AccountActId(i64),
    /// A row of `access_events`; lists go on below one.
    AccessId(i64),
    /// A row of `reads`: one look of one person; lists go on below one.
    ReadId(i64),
    /// A row of `notices`; also the Message-ID of its mail.
    NoticeId(Uuid),
    /// A row of `phones`: a telephone of a person.
    PhoneId(i64),
    /// A row of `roster_patterns`: weeks that take turns.
    RosterPatternId(i64),
    /// A row of `roster_changes`: an exception, a swap or an absence.
    RosterChangeId(i64),
    /// A row of `handovers`: 交班.
    HandoverId(i64),
    /// A row of `duty_pages`: a page that somebody on duty keeps open.
    DutyPageId(i64),
    /// A row of `drills`: one round of a 点验.
    DrillId(i64),
    /// A row of `drill_units`: the bell of one unit in a drill.
    DrillUnitId(i64),
    /// A row of `calls`; the gateway is given it with every try.
    CallId(Uuid),
    /// A row of `outlets`: a group's robot, a unit's own system, or its folder.
    OutletId(Uuid),
    /// A row of `posts`; also the `webhook-id` of what a unit's own system is told.
    PostId(Uuid),
    /// A row of `folder_files`; also the name of its files.
    FileId(Uuid),
    /// A row of `sessions`.
    SessionId(Uuid),
    /// A browser in which somebody logged in (`login_devices.device`).
    DeviceId(Uuid),
}

// A receipt is known where no database is: how it lies in one is said here.

impl Type<Postgres> for ReportId {
    fn type_info() -> PgTypeInfo {
        <i64 as Type<Postgres>>::type_info()
    }

    fn compatible(other: &PgTypeInfo) -> bool {
        <i64 as Type<Postgres>>::compatible(other)
    }
}

impl PgHasArrayType for ReportId {
    fn array_type_info() -> PgTypeInfo {
        i64::array_type_info()
    }
}

impl Encode<'_, Postgres> for ReportId {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <i64 as Encode<Postgres>>::encode_by_ref(&self.get(), buffer)
    }
}

impl<'r> Decode<'r, Postgres> for ReportId {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        <i64 as Decode<Postgres>>::decode(value).map(Self::from_db)
    }
}
