//! One try to come in, the same for the form and for programs: gate, reservation, password, session, in this order.

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{AccountSecret, Bucket, NewSession, Person};
use tracing::{info, warn};
use uuid::Uuid;

use super::{argon, device::Device, gate, login_name, password, tries};
use crate::internal::Internal;

/// How a try ended.
pub(crate) enum Entry {
    /// A session is open.
    Open(Opened),
    /// Login or password is wrong, or the account is disabled: nobody learns which.
    Wrong,
    /// The password was right, and is one that somebody else gave out too long ago.
    Ended,
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
}

impl Entry {
    fn busy() -> Self {
        Self::Wait {
            seconds: gate::RETRY_S,
            busy: true,
        }
    }
}

/// A try that was reserved.
pub(crate) struct Tried {
    /// The account, if there is one.
    pub(crate) account: Option<AccountSecret>,
    /// What it counts against.
    pub(crate) buckets: Vec<Bucket>,
    /// The address as it is stored.
    pub(crate) place: Vec<u8>,
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

/// Seconds until then, at least one.
pub(crate) fn seconds_until(then: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    (then - now).num_seconds().max(0) + 1
}

/// One try. `browser` is what the session is opened in; a program has none.
pub(crate) async fn attempt(
    internal: &Internal,
    typed: &str,
    given: &str,
    device: &Device,
    browser: Option<Uuid>,
    now: DateTime<Utc>,
) -> anyhow::Result<Entry> {
    let door = internal.gate.door(device.known.is_some());
    let Some(_place) = door.enter(device.address).await else {
        return Ok(Entry::busy());
    };
    let login = login_name::normalised(typed);
    let tried = match reserve(internal, &login, device, now).await? {
        Ok(tried) => tried,
        Err(free_at) => {
            return Ok(Entry::Wait {
                seconds: seconds_until(free_at, now),
                busy: false,
            });
        }
    };
    let hash = tried.account.as_ref().map(|a| a.password_hash.clone());
    let right = match password::matches(given.to_owned(), hash).await {
        Ok(right) => right,
        Err(e) if e.is::<argon::Busy>() => {
            internal.people.tries_give_back(&tried.buckets).await?;
            return Ok(Entry::busy());
        }
        Err(e) => return Err(e),
    };
    let Some(account) = tried.account.as_ref().filter(|a| right && may_enter(internal, a)) else {
        if let Some(account) = &tried.account {
            warn!(account = account.id, "a login failed");
        }
        return Ok(Entry::Wrong);
    };
    if account.password_until.is_some_and(|until| until <= now) {
        return Ok(Entry::Ended);
    }
    Ok(Entry::Open(
        open(internal, account.id, &tried, device, browser, now).await?,
    ))
}

/// A demo's passwords stand on its login page: they open nothing where this service was not started as a demo.
fn may_enter(internal: &Internal, account: &AccountSecret) -> bool {
    account.disabled_at.is_none() && (!account.demo || internal.demo.is_some())
}

async fn open(
    internal: &Internal,
    account: i64,
    tried: &Tried,
    device: &Device,
    browser: Option<Uuid>,
    now: DateTime<Utc>,
) -> anyhow::Result<Opened> {
    let session = Uuid::new_v4();
    // A program's token is not renewed, so its session ends with it.
    let lasts = match browser {
        Some(_) => TimeDelta::hours(internal.session_hours.into()),
        None => internal.tokens.lifetime(),
    };
    let new = NewSession {
        id: session,
        account,
        device: browser,
        place: &tried.place,
        address: device.address,
        agent: device.agent.as_deref(),
        factor: false,
        expires_at: now + lasts,
        tried: &tried.buckets,
    };
    internal.people.session_open(&new, now).await?;
    info!(account, "signed in");
    let token = internal.tokens.sign(account, session, now)?;
    let live = internal
        .people
        .session_person(session, internal.tokens.lifetime(), now)
        .await?;
    let live = live.context("a session that was opened a moment ago")?;
    Ok(Opened {
        token,
        expires_at: now + internal.tokens.lifetime(),
        person: Box::new(live.person),
    })
}
