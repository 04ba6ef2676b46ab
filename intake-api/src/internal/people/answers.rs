//! People, rights and what was done as programs read them.

use casework::calendar::rfc3339;
use chrono::{DateTime, Utc};
use platform::store::{
    self, AccessId, AccessKind, AccessLine, AccountAct, AccountActId, AccountActKind, AccountId, DeedLine, DeedWhat,
    Detail, EventKind, GrantDecision, GrantRequest, GrantRequestId, Loose, Membership, Role, RuleSetStep, TicketId,
    Word,
};
use serde::Serialize;

/// Somebody whom the caller may see.
#[derive(Serialize)]
pub(super) struct Person {
    account: Account,
    memberships: Vec<Member>,
}

#[derive(Serialize)]
struct Account {
    id: AccountId,
    login: String,
    name: String,
    phone: Option<String>,
    disabled_at: Option<DateTime<Utc>>,
    has_password: bool,
    invited_until: Option<DateTime<Utc>>,
    last_login_at: Option<DateTime<Utc>>,
    demo: bool,
}

#[derive(Serialize)]
struct Member {
    account_id: AccountId,
    unit: String,
    role: Loose<Role>,
}

/// One's own account. An account has two forms: here with how each right came and went, in the list of people with what is held now.
#[derive(Serialize)]
pub(super) struct Own {
    id: AccountId,
    login: String,
    name: String,
    roles: Vec<Grant>,
    acts: Vec<OwnAct>,
}

/// A role, held or gone.
#[derive(Serialize)]
struct Grant {
    unit: String,
    role: Role,
    since: String,
    ended_at: Option<String>,
    granted_by: Option<String>,
    confirmed_by: Option<String>,
    ended_by: Option<String>,
}

/// What was done to one's own account: without ids and details, which are the auditor's.
#[derive(Serialize)]
struct OwnAct {
    at: String,
    act: Loose<AccountActKind>,
    by: String,
    by_login: Option<String>,
    unit: Option<String>,
    role: Option<Loose<Role>>,
}

/// A role that was asked for somebody.
#[derive(Serialize)]
pub(super) struct Request {
    id: GrantRequestId,
    account: AccountId,
    login: String,
    name: String,
    unit: String,
    role: Role,
    asked_at: String,
    asked_by: AccountId,
    asker: String,
    expires_at: String,
    decision: Option<Word<GrantDecision>>,
    decided_at: Option<String>,
    decider: Option<String>,
}

/// A request that was decided.
#[derive(Serialize)]
pub(super) struct Decided {
    pub(super) account: AccountId,
    pub(super) unit: String,
    pub(super) role: Role,
    pub(super) decision: GrantDecision,
}

/// A stretch of the trail, and the id below which it goes on.
#[derive(Serialize)]
pub(super) struct Trail {
    pub(super) acts: Vec<Act>,
    pub(super) deeds: Vec<Deed>,
    pub(super) older: Option<AccountActId>,
}

/// What was done to an account, a unit or a right.
#[derive(Serialize)]
pub(super) struct Act {
    id: AccountActId,
    at: String,
    act: Loose<AccountActKind>,
    by: String,
    by_login: Option<String>,
    by_account: Option<AccountId>,
    account: Option<AccountId>,
    account_login: Option<String>,
    account_name: Option<String>,
    unit: Option<String>,
    role: Option<Loose<Role>>,
    /// Each kind of act has its own.
    detail: Detail,
}

/// What a person did on a report or on rules.
#[derive(Serialize)]
pub(super) struct Deed {
    at: String,
    kind: DeedKind,
    ticket: Option<TicketId>,
    rules: Option<i32>,
    receipt: Option<String>,
}

/// Its word.
#[derive(Serialize)]
#[serde(untagged)]
enum DeedKind {
    Event(Loose<EventKind>),
    Rules(Loose<RuleSetStep>),
}

/// A stretch of who came to which door, and the id below which it goes on.
#[derive(Serialize)]
pub(super) struct Access {
    pub(super) events: Vec<Came>,
    pub(super) older: Option<AccessId>,
}

/// Somebody at a door.
#[derive(Serialize)]
pub(super) struct Came {
    id: AccessId,
    at: String,
    last_at: String,
    times: i64,
    kind: Loose<AccessKind>,
    account: Option<AccountId>,
    login: Option<String>,
    address: Option<String>,
    door: String,
    /// Each kind has its own.
    detail: Detail,
}

impl From<store::Person> for Person {
    fn from(person: store::Person) -> Self {
        let account = person.account;
        Self {
            account: Account {
                id: account.id,
                login: account.login,
                name: account.name,
                phone: account.phone,
                disabled_at: account.disabled_at,
                has_password: account.has_password,
                invited_until: account.invited_until,
                last_login_at: account.last_login_at,
                demo: account.demo,
            },
            memberships: person
                .memberships
                .into_iter()
                .map(Member::from)
                .chain(person.strange.into_iter().map(|strange| Member {
                    account_id: account.id,
                    unit: strange.unit,
                    role: Loose::Other(strange.word),
                }))
                .collect(),
        }
    }
}

impl From<Membership> for Member {
    fn from(membership: Membership) -> Self {
        Self {
            account_id: membership.account_id,
            unit: membership.unit,
            role: Loose::Known(membership.role),
        }
    }
}

impl Own {
    /// Of an account with its rights and what was done to it.
    pub(super) fn of(account: &store::Account, grants: Vec<store::Grant>, acts: Vec<AccountAct>) -> Self {
        Self {
            id: account.id,
            login: account.login.clone(),
            name: account.name.clone(),
            roles: grants.into_iter().map(Into::into).collect(),
            acts: acts.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<store::Grant> for Grant {
    fn from(grant: store::Grant) -> Self {
        Self {
            unit: grant.unit,
            role: grant.role,
            since: rfc3339(grant.since),
            ended_at: grant.ended_at.map(rfc3339),
            granted_by: grant.granter,
            confirmed_by: grant.confirmer,
            ended_by: grant.ender,
        }
    }
}

impl From<AccountAct> for OwnAct {
    fn from(act: AccountAct) -> Self {
        Self {
            at: rfc3339(act.at),
            act: act.act,
            by: act.actor_name,
            by_login: act.actor_login,
            unit: act.unit,
            role: act.role,
        }
    }
}

impl From<GrantRequest> for Request {
    fn from(request: GrantRequest) -> Self {
        Self {
            id: request.id,
            account: request.account_id,
            login: request.login,
            name: request.name,
            unit: request.unit,
            role: request.role,
            asked_at: rfc3339(request.asked_at),
            asked_by: request.asked_by,
            asker: request.asker,
            expires_at: rfc3339(request.expires_at),
            decision: request.decision,
            decided_at: request.decided_at.map(rfc3339),
            decider: request.decider,
        }
    }
}

impl From<AccountAct> for Act {
    fn from(act: AccountAct) -> Self {
        Self {
            id: act.id,
            at: rfc3339(act.at),
            act: act.act,
            by: act.actor_name,
            by_login: act.actor_login,
            by_account: act.actor,
            account: act.account_id,
            account_login: act.account_login,
            account_name: act.account_name,
            unit: act.unit,
            role: act.role,
            detail: act.detail,
        }
    }
}

impl From<DeedLine> for Deed {
    fn from(deed: DeedLine) -> Self {
        let at = rfc3339(deed.at);
        match deed.what {
            DeedWhat::Event { kind, report, ticket } => Self {
                at,
                kind: DeedKind::Event(kind),
                ticket,
                rules: None,
                receipt: Some(report.to_string()),
            },
            DeedWhat::Rules { step, version } => Self {
                at,
                kind: DeedKind::Rules(step),
                ticket: None,
                rules: Some(version),
                receipt: None,
            },
        }
    }
}

impl From<AccessLine> for Came {
    fn from(line: AccessLine) -> Self {
        Self {
            id: line.id,
            at: rfc3339(line.at),
            last_at: rfc3339(line.last_at),
            times: line.times,
            kind: line.kind,
            account: line.account_id,
            login: line.login,
            address: line.address,
            door: line.door,
            detail: line.detail,
        }
    }
}
