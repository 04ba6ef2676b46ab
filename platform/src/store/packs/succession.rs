//! A unit left the pack: who takes over its open tickets, and what of its contacts stays.
//!
//! A ticket keeps its number, its clocks and its acts, and changes the unit that holds it: so no due time moves, links go on
//! opening, and row-level security shows it to the successor from the same moment on. The event says where it came from.

use std::collections::BTreeMap;

use casework::pack::Pack;
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use crate::store::{ReportId, StoreError, TicketId, Word};
use casework::words::Urgency;

/// Unit that left the pack -> unit that takes over.
pub type Successors = BTreeMap<String, String>;

/// Why a pack was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It does not fit rules that are in force or will be: they use a word that it drops.
    #[error("{0}")]
    Unfit(String),
    /// Units that left the pack hold open tickets and nobody takes them over.
    #[error("units that are not in the pack any more hold open tickets: {}", codes(.0))]
    Stranded(Vec<Stranded>),
    /// A successor that can't be one.
    #[error("{0}")]
    Successor(String),
}

impl From<sqlx::Error> for PackError {
    fn from(e: sqlx::Error) -> Self {
        Self::Store(e.into())
    }
}

/// A unit that left the pack with open tickets.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Stranded {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Who took over before.
    pub successor: Option<String>,
    /// Open tickets.
    pub tickets: i64,
}

/// Tickets that went to a successor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitMoved {
    /// The unit that left.
    pub from: String,
    /// The one that took over.
    pub to: String,
    /// Open tickets.
    pub tickets: i64,
    /// People with a role in the old unit and none in the new one.
    pub people: i64,
}

/// A confirmed mailbox that a pack names otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxKept {
    /// Unit.
    pub code: String,
    /// The mailbox that stays.
    pub confirmed: String,
    /// What the pack says.
    pub pack: String,
}

fn codes(stranded: &[Stranded]) -> String {
    let one = |unit: &Stranded| format!("{} ({})", unit.code, unit.tickets);
    stranded.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Moves the open tickets of units that are not in the pack any more; refuses while one has no successor.
pub(in crate::store) async fn settle(
    tx: &mut PgTransaction<'_>,
    pack: &Pack,
    successors: &Successors,
    now: DateTime<Utc>,
) -> Result<Vec<UnitMoved>, PackError> {
    for (old, new) in successors {
        if pack.units().get(old).is_some() {
            return Err(PackError::Successor(format!(
                "{old} is a unit of the pack: it needs no successor"
            )));
        }
        if pack.units().get(new).is_none() {
            return Err(PackError::Successor(format!(
                "{new} is no unit of the pack: it can't take over from {old}"
            )));
        }
    }
    let gone: Vec<Stranded> = sqlx::query_as(
        "SELECT u.code, u.name, u.successor, count(*) AS tickets FROM units u JOIN tickets t ON t.county = u.county AND t.unit = u.code
         WHERE u.county = $1 AND u.retired_at IS NOT NULL AND t.state NOT IN ('resolved', 'confirmed', 'archived', 'returned', 'waived')
         GROUP BY u.code, u.name, u.successor ORDER BY u.code",
    )
    .bind(pack.county())
    .fetch_all(&mut **tx)
    .await
    .map_err(StoreError::from)?;
    let taker = |unit: &Stranded| {
        let before = unit.successor.as_ref().filter(|code| pack.units().get(code).is_some());
        successors.get(&unit.code).or(before).cloned()
    };
    let stranded: Vec<Stranded> = gone.iter().filter(|unit| taker(unit).is_none()).cloned().collect();
    if !stranded.is_empty() {
        return Err(PackError::Stranded(stranded));
    }
    for (old, new) in successors {
        sqlx::query("UPDATE units SET successor = $3 WHERE county = $1 AND code = $2 AND retired_at IS NOT NULL")
            .bind(pack.county())
            .bind(old)
            .bind(new)
            .execute(&mut **tx)
            .await
            .map_err(StoreError::from)?;
    }
    receivers(tx, pack.county()).await?;
    let mut moved = Vec::new();
    for unit in gone {
        let Some(to) = taker(&unit) else { continue };
        undecided(tx, pack.county(), &unit.code, &to).await?;
        moved.push(unit_move(tx, pack.county(), &unit, to, now).await?);
    }
    Ok(moved)
}

/// Refuses while a ticket of the one waits to be transferred to the other: that is decided first, by those who can see it.
async fn undecided(tx: &mut PgTransaction<'_>, county: &str, from: &str, to: &str) -> Result<(), PackError> {
    let waiting: Vec<TicketId> = sqlx::query_scalar(
        "SELECT id FROM tickets WHERE county = $1 AND transfer_to IS NOT NULL AND (unit = $2 AND transfer_to = $3 OR transfer_to = $2)
            AND state NOT IN ('resolved', 'confirmed', 'archived') ORDER BY id",
    )
    .bind(county)
    .bind(from)
    .bind(to)
    .fetch_all(&mut **tx)
    .await
    .map_err(StoreError::from)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let waiting: Vec<String> = waiting.iter().map(ToString::to_string).collect();
    Err(PackError::Successor(format!(
        "transfers of the tickets [{}] from or to {from} are not decided yet: the office decides them first",
        waiting.join(", ")
    )))
}

/// Refuses while a transfer waits for approval whose receiver is retired: approved, it would reach nobody. This is asked of every
/// retired unit, also of one that holds no ticket.
async fn receivers(tx: &mut PgTransaction<'_>, county: &str) -> Result<(), PackError> {
    let waiting: Option<(TicketId, String)> = sqlx::query_as(
        "SELECT t.id, t.transfer_to FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.transfer_to
         WHERE t.county = $1 AND t.state = 'close-requested' AND u.retired_at IS NOT NULL ORDER BY t.id LIMIT 1",
    )
    .bind(county)
    .fetch_optional(&mut **tx)
    .await
    .map_err(StoreError::from)?;
    waiting.map_or(Ok(()), |(ticket, unit)| {
        Err(PackError::Successor(format!(
            "ticket {ticket} waits to be transferred to {unit}: the office decides that first"
        )))
    })
}

async fn unit_move(
    tx: &mut PgTransaction<'_>,
    county: &str,
    from: &Stranded,
    to: String,
    now: DateTime<Utc>,
) -> Result<UnitMoved, StoreError> {
    let moved: Vec<(TicketId, ReportId, Word<Urgency>, bool)> = sqlx::query_as(include_str!("succession.sql"))
        .bind(county)
        .bind(&from.code)
        .bind(&to)
        .bind(&from.name)
        .bind(now)
        .fetch_all(&mut **tx)
        .await?;
    for (ticket, _, urgency, drill) in &moved {
        sqlx::query(
            "INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
             VALUES ($1, $2, $3, 'dispatch', $4, $5, $6, $7, $8, 'queued') ON CONFLICT (dedup) DO NOTHING",
        )
        .bind(Uuid::new_v4())
        .bind(format!("moved:{ticket}:{to}"))
        .bind(county)
        .bind(ticket)
        .bind(&to)
        .bind(urgency.as_str())
        .bind(drill)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    }
    // What still waits to be sent to the old unit about these tickets is the new one's affair.
    let tickets: Vec<TicketId> = moved.iter().map(|(ticket, ..)| *ticket).collect();
    sqlx::query(
        "UPDATE notices SET unit = $3 WHERE county = $1 AND unit = $2 AND state = 'queued' AND ticket_id = ANY($4)",
    )
    .bind(county)
    .bind(&from.code)
    .bind(&to)
    .bind(&tickets)
    .execute(&mut **tx)
    .await?;
    let people: i64 = sqlx::query_scalar(
        "SELECT count(DISTINCT m.account_id) FROM memberships m JOIN accounts a ON a.id = m.account_id
         WHERE m.county = $1 AND m.unit = $2 AND m.ended_at IS NULL AND a.disabled_at IS NULL
           AND NOT EXISTS (SELECT FROM memberships n WHERE n.account_id = m.account_id AND n.unit = $3 AND n.ended_at IS NULL)",
    )
    .bind(county)
    .bind(&from.code)
    .bind(&to)
    .fetch_one(&mut **tx)
    .await?;
    Ok(UnitMoved {
        from: from.code.clone(),
        to,
        tickets: i64::try_from(tickets.len()).unwrap_or(i64::MAX),
        people,
    })
}

/// Confirmed mailboxes that the pack names otherwise, and how many units are still examples.
pub(in crate::store) async fn contacts(
    tx: &mut PgTransaction<'_>,
    pack: &Pack,
) -> Result<(Vec<MailboxKept>, i64), StoreError> {
    let confirmed: Vec<(String, String)> = sqlx::query_as(
        "SELECT code, mailbox FROM units WHERE county = $1 AND retired_at IS NULL AND mailbox_confirmed_at IS NOT NULL ORDER BY code",
    )
    .bind(pack.county())
    .fetch_all(&mut **tx)
    .await?;
    let examples = sqlx::query_scalar(
        "SELECT count(*) FROM units WHERE county = $1 AND retired_at IS NULL AND mailbox_confirmed_at IS NULL",
    )
    .bind(pack.county())
    .fetch_one(&mut **tx)
    .await?;
    let differs = |(code, mailbox): (String, String)| {
        let unit = pack.units().get(&code).filter(|unit| unit.mailbox != mailbox)?;
        Some(MailboxKept {
            pack: unit.mailbox.clone(),
            confirmed: mailbox,
            code,
        })
    };
    Ok((confirmed.into_iter().filter_map(differs).collect(), examples))
}
