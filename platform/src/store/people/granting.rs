//! Roles that reach over the county are given by two people: one asks, another confirms. What may not happen is held by the
//! tables themselves (`migrations/0004_rights.sql`), for every login of a service.

use casework::words::Urgency;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;

use crate::store::{
    AccountActKind, AccountId, Detail, GrantRequestId, Listed, NewAct, People, Role, Said, Store, StoreError, Subject,
    SubjectNotice, To, Unread, Word,
    act_detail::{ByCommand, OfRequest},
    listed::listed,
    notices::subject::subject_notice,
};
use crate::text::Lang;

/// Days for which an asked role can be confirmed.
pub const DAYS: i64 = 7;

/// Days after an invitation for which whoever made it is not taken for another person than whom it invited: they may have used it.
const INVITER_DAYS: i64 = 7;

/// Requests that a page lists.
const SHOWN: i64 = 200;

/// A role asked for somebody.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct GrantRequest {
    /// Id.
    pub id: GrantRequestId,
    /// For whom.
    pub account_id: AccountId,
    /// Their name, told apart from others of it.
    pub name: String,
    /// What they type.
    pub login: String,
    /// Unit code.
    pub unit: String,
    /// What is asked.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// By whom.
    pub asked_by: AccountId,
    /// Their name, told apart.
    pub asker: String,
    /// Until when it can be confirmed.
    pub expires_at: DateTime<Utc>,
    /// What became of it; none while it waits.
    pub decision: Option<Word<GrantDecision>>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom, told apart.
    pub decider: Option<String>,
}

/// A role of an account, from its beginning to its end.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Grant {
    /// Unit code.
    pub unit: String,
    /// What it lets them do there.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// From.
    pub since: DateTime<Utc>,
    /// Until; none while it is held.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who gave it, told apart; none: the command line.
    pub granter: Option<String>,
    /// The second person.
    pub confirmer: Option<String>,
    /// Who took it; none: the command line, or it is held.
    pub ender: Option<String>,
}

casework::words! {
    /// What became of a role that was asked for.
    GrantDecision {
        /// A second person gave it.
        Confirmed = "confirmed",
        /// A second person did not.
        Declined = "declined",
        /// Whoever asked took it back.
        Withdrawn = "withdrawn",
        /// Nobody decided in time.
        Expired = "expired",
    }
}

/// What somebody decides about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decide {
    /// The role is given.
    Confirm,
    /// It is not.
    Decline,
    /// Whoever asked takes it back.
    Withdraw,
}

impl Decide {
    /// As it stands in the table.
    pub fn decision(self) -> GrantDecision {
        match self {
            Self::Confirm => GrantDecision::Confirmed,
            Self::Decline => GrantDecision::Declined,
            Self::Withdraw => GrantDecision::Withdrawn,
        }
    }

    /// As it stands in the trail.
    fn act(self) -> AccountActKind {
        match self {
            Self::Confirm => AccountActKind::Granted,
            Self::Decline => AccountActKind::Declined,
            Self::Withdraw => AccountActKind::Withdrawn,
        }
    }
}

/// How asking went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It waits for a second person.
    Waits(GrantRequestId),
    /// It waited already.
    Before,
    /// The person has the role.
    Held,
}

/// How deciding went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantDecided {
    /// Done.
    Done {
        /// For whom.
        account: AccountId,
        /// Unit code.
        unit: String,
        /// What was asked.
        role: Role,
    },
    /// Decided before, expired, or not there.
    Gone,
    /// Who asked, or whom it is for, can't confirm it; only who asked takes it back.
    NotYours,
    /// One of the two was invited by the other, or both by the same person, a short time ago; or both are one person by
    /// name and telephone.
    MayBeOne,
    /// Who asked may not give it any more, or whom it is for is disabled or has it by now.
    Passed,
}

impl Store<People> {
    /// Asks a role for somebody. `act` is what is recorded; its actor asks.
    pub async fn grant_ask(
        &self,
        account: AccountId,
        unit: &str,
        role: Role,
        act: &NewAct<'_>,
    ) -> Result<Asked, StoreError> {
        let mut tx = self.pool.begin().await?;
        let asked = ask(&mut tx, account, unit, role, act).await?;
        if matches!(asked, Asked::Waits(_)) {
            tx.commit().await?;
        }
        Ok(asked)
    }

    /// What waits, the oldest first, then what was decided last.
    pub async fn grants_asked(
        &self,
        county: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Listed<GrantRequest>>, StoreError> {
        let rows = sqlx::query(
            "SELECT g.id, g.account_id, person_shown(a.id, a.name) AS name, a.login, g.unit, g.role, g.asked_at, g.asked_by,
                    person_shown(b.id, b.name) AS asker, g.expires_at,
                    CASE WHEN g.decision IS NULL AND g.expires_at <= $2 THEN 'expired' ELSE g.decision END AS decision,
                    g.decided_at, person_shown(d.id, d.name) AS decider
             FROM grant_requests g JOIN accounts a ON a.id = g.account_id JOIN accounts b ON b.id = g.asked_by
             LEFT JOIN accounts d ON d.id = g.decided_by
             WHERE g.county = $1
             ORDER BY g.decision IS NOT NULL OR g.expires_at <= $2, CASE WHEN g.decision IS NULL THEN g.asked_at END, g.id DESC LIMIT $3",
        )
        .bind(county)
        .bind(now)
        .bind(SHOWN)
        .fetch_all(&self.pool)
        .await?;
        listed(&rows, Unread::request)
    }

    /// How many requests wait for this person: asked by others, for others.
    pub async fn grants_waiting(
        &self,
        county: &str,
        account: AccountId,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar(
            "SELECT count(*) FROM grant_requests WHERE county = $1 AND decision IS NULL AND expires_at > $3
                AND asked_by <> $2 AND account_id <> $2",
        )
        .bind(county)
        .bind(account)
        .bind(now)
        .fetch_one(&self.pool)
        .await?;
        Ok(count)
    }

    /// The roles that an account has and had, the newest first.
    pub async fn grants_of(&self, account: AccountId) -> Result<Vec<Grant>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT m.unit, m.role, m.since, m.ended_at, person_shown(g.id, g.name) AS granter, person_shown(c.id, c.name) AS confirmer,
                    person_shown(e.id, e.name) AS ender
             FROM memberships m LEFT JOIN accounts g ON g.id = m.granted_by LEFT JOIN accounts c ON c.id = m.confirmed_by
             LEFT JOIN accounts e ON e.id = m.ended_by
             WHERE m.account_id = $1 ORDER BY m.ended_at IS NOT NULL, m.since DESC, m.id DESC LIMIT $2",
        )
        .bind(account)
        .bind(SHOWN)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// Decides a request, in the transaction that gives the role. `act` says who decides and when; the words are put in here.
    pub async fn grant_decide(
        &self,
        id: GrantRequestId,
        decide: Decide,
        act: &NewAct<'_>,
    ) -> Result<GrantDecided, StoreError> {
        match self.decide(id, decide, act).await {
            Err(StoreError::Db(sqlx::Error::Database(e)))
                if matches!(
                    e.constraint(),
                    Some("memberships_granter" | "memberships_second_person")
                ) =>
            {
                Ok(GrantDecided::Passed)
            }
            other => other,
        }
    }

    async fn decide(&self, id: GrantRequestId, decide: Decide, act: &NewAct<'_>) -> Result<GrantDecided, StoreError> {
        let mut tx = self.pool.begin().await?;
        let request: Option<(AccountId, String, Word<Role>, AccountId)> = sqlx::query_as(
            "SELECT account_id, unit, role, asked_by FROM grant_requests
             WHERE county = $1 AND id = $2 AND decision IS NULL AND expires_at > $3 FOR UPDATE",
        )
        .bind(act.county)
        .bind(id)
        .bind(act.at)
        .fetch_optional(&mut *tx)
        .await?;
        let Some((account, unit, Word(role), asker)) = request else {
            return Ok(GrantDecided::Gone);
        };
        let mine = act.actor == Some(asker);
        if act.actor.is_none() || act.actor == Some(account) || mine != (decide == Decide::Withdraw) {
            return Ok(GrantDecided::NotYours);
        }
        if decide == Decide::Confirm && may_be_one(&mut tx, asker, act.actor, act.at).await? {
            return Ok(GrantDecided::MayBeOne);
        }
        sqlx::query("UPDATE grant_requests SET decision = $2, decided_at = $3, decided_by = $4 WHERE id = $1")
            .bind(id)
            .bind(decide.decision().as_str())
            .bind(act.at)
            .bind(act.actor)
            .execute(&mut *tx)
            .await?;
        let asker_said: String = sqlx::query_scalar("SELECT name || '（' || login || '）' FROM accounts WHERE id = $1")
            .bind(asker)
            .fetch_one(&mut *tx)
            .await?;
        let act = NewAct {
            act: decide.act(),
            account: Some(account),
            unit: Some(&unit),
            role: Some(role),
            detail: Detail::of(&OfRequest {
                request: id,
                asked_by: asker,
                asker: asker_said,
            }),
            ..act.clone()
        };
        if decide == Decide::Confirm && !confirmed(&mut tx, id, act.at).await? {
            return Ok(GrantDecided::Passed);
        }
        act.record(&mut tx).await?;
        if decide == Decide::Confirm {
            tell(&mut tx, account, &unit, role, &act).await?;
        }
        tx.commit().await?;
        Ok(GrantDecided::Done { account, unit, role })
    }
}

/// Asks within a transaction. One that expired makes room for another.
pub(in crate::store) async fn ask(
    tx: &mut PgTransaction<'_>,
    account: AccountId,
    unit: &str,
    role: Role,
    act: &NewAct<'_>,
) -> Result<Asked, StoreError> {
    let held: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM memberships WHERE account_id = $1 AND unit = $2 AND role = $3 AND ended_at IS NULL)",
    )
    .bind(account)
    .bind(unit)
    .bind(role.as_str())
    .fetch_one(&mut **tx)
    .await?;
    if held {
        return Ok(Asked::Held);
    }
    sqlx::query(
        "UPDATE grant_requests SET decision = 'expired', decided_at = $4
         WHERE account_id = $1 AND unit = $2 AND role = $3 AND decision IS NULL AND expires_at <= $4",
    )
    .bind(account)
    .bind(unit)
    .bind(role.as_str())
    .bind(act.at)
    .execute(&mut **tx)
    .await?;
    let id: Option<GrantRequestId> = sqlx::query_scalar(
        "INSERT INTO grant_requests (county, account_id, unit, role, asked_at, asked_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, unit, role) WHERE decision IS NULL DO NOTHING RETURNING id",
    )
    .bind(act.county)
    .bind(account)
    .bind(unit)
    .bind(role.as_str())
    .bind(act.at)
    .bind(act.actor)
    .bind(act.at + TimeDelta::days(DAYS))
    .fetch_optional(&mut **tx)
    .await?;
    let Some(id) = id else { return Ok(Asked::Before) };
    act.record(tx).await?;
    Ok(Asked::Waits(id))
}

/// Gives a role; `false` when the person has it already. `act` says who gives it, a person or a command, and when.
pub(in crate::store) async fn give(
    tx: &mut PgTransaction<'_>,
    account: AccountId,
    unit: &str,
    role: Role,
    act: &NewAct<'_>,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO memberships (account_id, county, unit, role, since, granted_by) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account_id, unit, role) WHERE ended_at IS NULL DO NOTHING",
    )
    .bind(account)
    .bind(act.county)
    .bind(unit)
    .bind(role.as_str())
    .bind(act.at)
    .bind(act.actor)
    .execute(&mut **tx)
    .await?;
    let given = done.rows_affected() == 1;
    if given {
        tell(tx, account, unit, role, act).await?;
    }
    Ok(given)
}

/// Tells the unit, which its leader reads, and the office of a role that was given in it, by a person or by a command. The people
/// of a demo are nobody's news.
async fn tell(
    tx: &mut PgTransaction<'_>,
    account: AccountId,
    unit: &str,
    role: Role,
    act: &NewAct<'_>,
) -> Result<(), StoreError> {
    let (person, by, unit_name, demo): (String, Option<String>, String, bool) = sqlx::query_as(
        "SELECT a.name || '（' || a.login || '）', (SELECT b.name || '（' || b.login || '）' FROM accounts b WHERE b.id = $2),
                u.name, a.demo
         FROM accounts a, units u WHERE a.id = $1 AND u.county = $3 AND u.code = $4",
    )
    .bind(account)
    .bind(act.actor)
    .bind(act.county)
    .bind(unit)
    .fetch_one(&mut **tx)
    .await?;
    if demo && act.actor.is_none() {
        return Ok(());
    }
    let by = by.unwrap_or_else(|| match act.detail.read::<ByCommand>() {
        Some(typed) => {
            let values = [("user", typed.os_user.as_str()), ("command", &typed.command)];
            Lang::Zh.fill("accounts.act.command", &values)
        }
        None => Lang::Zh.t("accounts.act.command_bare").to_owned(),
    });
    let role = Lang::Zh.t(&format!("accounts.role.{role}"));
    for to in [To::Unit(unit), To::Office] {
        let notice = SubjectNotice {
            county: act.county,
            subject: Subject::RightsChanged(account),
            round: act.at.timestamp_micros(),
            to,
            urgency: Urgency::P3,
            drill: false,
            said: Said {
                person: Some(person.clone()),
                change: Some(format!("{unit_name} · {role}")),
                by: Some(by.clone()),
                ..Said::default()
            },
            at: act.at,
        };
        subject_notice(tx, &notice).await?;
    }
    Ok(())
}

/// The role of a request that was confirmed just now; `false` when the person has it already or is disabled.
async fn confirmed(tx: &mut PgTransaction<'_>, request: GrantRequestId, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO memberships (account_id, county, unit, role, since, granted_by, confirmed_by, request)
         SELECT g.account_id, g.county, g.unit, g.role, $2, g.asked_by, g.decided_by, g.id
         FROM grant_requests g JOIN accounts a ON a.id = g.account_id WHERE g.id = $1 AND a.disabled_at IS NULL
         ON CONFLICT (account_id, unit, role) WHERE ended_at IS NULL DO NOTHING",
    )
    .bind(request)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether one person could be both: who invited somebody a short time ago may have used the invitation, and somebody may have two
/// accounts.
pub(in crate::store) async fn may_be_one(
    tx: &mut PgTransaction<'_>,
    one: AccountId,
    other: Option<AccountId>,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let may = sqlx::query_scalar(
        "WITH gave AS (SELECT account_id AS whose, actor AS who FROM account_acts
                       WHERE account_id IN ($1, $2) AND act = 'invited' AND actor IS NOT NULL AND at > $3
                       UNION SELECT $1, $1 UNION SELECT $2, $2)
         SELECT EXISTS (SELECT FROM gave a JOIN gave b ON b.who = a.who WHERE a.whose = $1 AND b.whose = $2) OR same_person($1, $2)",
    )
    .bind(one)
    .bind(other)
    .bind(at - TimeDelta::days(INVITER_DAYS))
    .fetch_one(&mut **tx)
    .await?;
    Ok(may)
}
