//! One try to come in, the same for the form and for programs: gate, reservation, password, session, in this order.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{
    Access, AccessKind, AccountId, AccountSecret, Detail, DeviceId, Find, NewSession, Person, SessionId,
    act_detail::TypedLogin,
};
use uuid::Uuid;

use super::{
    argon,
    device::Device,
    gate, login_name, password,
    second::{self, Code, Slip},
    tried::{Tried, seconds_until},
    tries,
};
use crate::internal::{Internal, refused::record};

/// How a try ended.
pub(crate) enum Entry {
    /// A session is open.
    Open(Opened),
    /// Login or password is wrong, or the account is disabled: nobody learns which.
    Wrong,
    /// The password was right; the second factor's code is asked for.
    Code {
        /// What the browser carries to the second step.
        slip: String,
        /// The code that came with it was wrong.
        wrong: bool,
    },
    /// The second step came too late, or the account is not what it was at the first.
    Late,
    /// A program's login of somebody who must have a second factor and has none.
    Bare,
    /// Too many tries, of this kind or at once.
    Wait {
        /// When to come back.
        seconds: i64,
        /// Because of what others do at this moment.
        busy: bool,
    },
}

/// A session that was opened.
pub(crate) struct Opened {
    /// For the cookie, or for a program.
    pub(crate) token: String,
    /// When a program's token ends.
    pub(crate) expires_at: DateTime<Utc>,
    /// Who that is.
    pub(crate) person: Box<Person>,
    /// Others did something to this person's way in since the last login.
    pub(crate) told: bool,
}

impl Entry {
    pub(super) fn busy() -> Self {
        Self::Wait {
            seconds: gate::RETRY_S,
            busy: true,
        }
    }
}

/// Looks the account up and reserves a try; the error is the time from which one may be taken.
pub(crate) async fn reserve(
    internal: &Internal,
    login: &str,
    device: &Device,
    now: DateTime<Utc>,
) -> anyhow::Result<Result<Tried, DateTime<Utc>>> {
    let (county, keys) = (&internal.county, &internal.keys);
    let place = tries::place(keys, county, device.address);
    let account = internal
        .people
        .account_secret(county, login, device.known, &place)
        .await?;
    let who = tries::Who {
        county,
        login,
        address: device.address,
        known: account.as_ref().and_then(|a| a.device),
        placed: account.as_ref().is_some_and(|a| a.placed),
    };
    let buckets = tries::buckets(keys, who);
    Ok(internal.people.tries_take(&buckets, now).await?.map(|()| Tried {
        account,
        buckets,
        place,
    }))
}

/// From where and when somebody tries to come in.
#[derive(Clone, Copy)]
pub(crate) struct Arrival<'a> {
    /// What is asked.
    pub(crate) internal: &'a Internal,
    /// From which browser or program.
    pub(crate) device: &'a Device,
    /// When.
    pub(crate) now: DateTime<Utc>,
}

/// What was typed.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    /// The login.
    pub(crate) login: String,
    /// The password.
    pub(crate) password: String,
    /// The second factor's code, where a program sends it at once.
    pub(crate) code: String,
}

/// One try. `browser` is what the session is opened in; a program has none.
pub(crate) async fn attempt(arrival: Arrival<'_>, typed: Typed, browser: Option<DeviceId>) -> anyhow::Result<Entry> {
    let Arrival { internal, device, now } = arrival;
    let door = internal.gate.door(device.known.is_some());
    let Some(_place) = door.enter(device.address).await else {
        return Ok(Entry::busy());
    };
    let login = login_name::normalised(&typed.login);
    let mut tried = match reserve(internal, &login, device, now).await? {
        Ok(tried) => tried,
        Err(free_at) => {
            arrival.note(AccessKind::LoginThrottled, None, &login).await;
            return Ok(Entry::Wait {
                seconds: seconds_until(free_at, now),
                busy: false,
            });
        }
    };
    // An account whose owner has set no password yet takes the time of one that does not exist.
    let hash = tried.account.as_ref().and_then(|a| a.password_hash.clone());
    let right = match password::matches(typed.password, hash).await {
        Ok(right) => right,
        Err(e) if e.is::<argon::Busy>() => {
            internal.people.tries_give_back(&tried.buckets).await?;
            return Ok(Entry::busy());
        }
        Err(e) => return Err(e),
    };
    let known = tried.account.take();
    let Some(account) = known.as_ref().filter(|a| right && may_enter(internal, a)) else {
        arrival.note(AccessKind::LoginFailed, known.map(|a| a.id), &login).await;
        return Ok(Entry::Wrong);
    };
    let Some(sealed) = &account.factor else {
        // A program without a factor would be refused at every door; it is told at once.
        if browser.is_none() && must_factor(internal, account.id, device).await? {
            internal.people.tries_give_back(&tried.buckets).await?;
            return Ok(Entry::Bare);
        }
        let opened = arrival.open(account, &tried, browser, Shown::Password);
        return Ok(Entry::Open(opened.await?));
    };
    if typed.code.is_empty() {
        internal.people.tries_give_back(&tried.buckets).await?;
        let slip = Slip::seal(internal, &login, account, now);
        return Ok(Entry::Code { slip, wrong: false });
    }
    match second::judge(internal, &mut tried, account, (sealed, &typed.code), now).await? {
        Code::Right => {}
        Code::Wait { seconds } => return Ok(Entry::Wait { seconds, busy: false }),
        Code::Wrong => {
            arrival.note(AccessKind::LoginFailed, Some(account.id), &login).await;
            let slip = Slip::seal(internal, &login, account, now);
            return Ok(Entry::Code { slip, wrong: true });
        }
    }
    let opened = arrival.open(account, &tried, browser, Shown::Factor);
    Ok(Entry::Open(opened.await?))
}

async fn must_factor(internal: &Internal, account: AccountId, device: &Device) -> anyhow::Result<bool> {
    let found = internal
        .people
        .accounts_list(&internal.county, Find::One(account))
        .await?;
    Ok(found
        .iter()
        .any(|person| internal.rules.factor.binds(person, device.certain)))
}

/// A demo's passwords stand on its login page: they open nothing where this service was not started as a demo.
pub(super) fn may_enter(internal: &Internal, account: &AccountSecret) -> bool {
    account.disabled_at.is_none() && (!account.demo || internal.demo.is_some())
}

/// What somebody has shown of who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// The password alone.
    Password,
    /// A code of the second factor too.
    Factor,
}

impl Arrival<'_> {
    /// Leaves a line in the list of who came to which door.
    pub(super) async fn note(&self, kind: AccessKind, account: Option<AccountId>, login: &str) {
        let Arrival { internal, device, now } = *self;
        let detail = match account {
            Some(_) => Detail::default(),
            // Of a login that nobody has only the beginning is kept: people type passwords into that field.
            None => Detail::of(&TypedLogin {
                typed: login.chars().take(3).collect(),
            }),
        };
        let access = Access {
            county: "",
            at: now,
            kind,
            account,
            login: None,
            address: device.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            door: "",
            detail,
        };
        record(internal, access, "POST /login".to_owned()).await;
    }

    /// Opens a session for an account that has shown all it must.
    pub(super) async fn open(
        &self,
        account: &AccountSecret,
        tried: &Tried,
        browser: Option<DeviceId>,
        shown: Shown,
    ) -> anyhow::Result<Opened> {
        let Arrival { internal, device, now } = *self;
        let session = SessionId(Uuid::new_v4());
        let since = account.last_login_at.unwrap_or(now);
        let told = internal.people.account_login_acts(account.id, since).await? > 0;
        // A program's token is not renewed, so its session ends with it.
        let lasts = match browser {
            Some(_) => TimeDelta::hours(internal.session_hours.into()),
            None => internal.tokens.lifetime(),
        };
        let new = NewSession {
            id: session,
            account: account.id,
            device: browser,
            place: &tried.place,
            address: device.address,
            agent: device.agent.as_deref(),
            factor: shown == Shown::Factor,
            expires_at: now + lasts,
            tried: &tried.buckets,
        };
        internal.people.session_open(&new, now).await?;
        self.note(AccessKind::Login, Some(account.id), "").await;
        let token = internal.tokens.sign(account.id, session, now)?;
        let idle = internal.tokens.lifetime();
        let live = internal.people.session_person(session, idle, now).await?;
        let live = live.context("a session that was opened a moment ago")?;
        Ok(Opened {
            token,
            expires_at: now + idle,
            person: Box::new(live.person),
            told,
        })
    }
}
