//! The second step of a login: after a right password, the code of the second factor.
//!
//! Between the two the browser carries a sealed slip that says whose password was right and until when. It opens nothing by
//! itself, and nothing once the password has changed. Codes are counted before they are compared, as passwords are.

use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{AccountActKind, AccountId, AccountSecret, Detail, NewAct};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    factor::{Factor, recovery_mac},
    tried::{Tried, seconds_until},
    tries,
};
use crate::internal::Internal;

/// How long the slip is good: long enough to find the telephone.
const GOOD: TimeDelta = TimeDelta::minutes(5);

const PURPOSE: &str = "second step of a login";

/// What the browser carries between the steps.
#[derive(Serialize, Deserialize)]
pub(super) struct Slip {
    purpose: String,
    /// The login as typed at the first step.
    pub(super) login: String,
    account: AccountId,
    until: i64,
    password: String,
}

impl Slip {
    /// For an account whose password was right.
    pub(super) fn seal(internal: &Internal, login: &str, account: &AccountSecret, now: DateTime<Utc>) -> String {
        let slip = Self {
            purpose: PURPOSE.to_owned(),
            login: login.to_owned(),
            account: account.id,
            until: (now + GOOD).timestamp(),
            password: of(account.password_hash.as_deref()),
        };
        let plain = serde_json::to_vec(&slip).unwrap_or_default();
        hex::encode(internal.keys.seal_slip(&plain, &mut rand::rng()))
    }

    /// One of ours that is still good.
    pub(super) fn open(internal: &Internal, text: &str, now: DateTime<Utc>) -> Option<Self> {
        let plain = internal.keys.open_slip(&hex::decode(text).ok()?).ok()?;
        let slip: Self = serde_json::from_slice(&plain).ok()?;
        (slip.purpose == PURPOSE && slip.until > now.timestamp()).then_some(slip)
    }

    pub(super) fn fits(&self, account: &AccountSecret) -> bool {
        self.account == account.id && self.password == of(account.password_hash.as_deref())
    }
}

fn of(hash: Option<&str>) -> String {
    hex::encode(&Sha256::digest(hash.unwrap_or_default().as_bytes())[..16])
}

/// What a code was.
pub(super) enum Code {
    Right,
    Wrong,
    Wait { seconds: i64 },
}

/// Judges a code: of the app or a recovery code.
pub(super) async fn judge(
    internal: &Internal,
    tried: &mut Tried,
    account: &AccountSecret,
    (sealed, typed): (&[u8], &str),
    now: DateTime<Utc>,
) -> anyhow::Result<Code> {
    let buckets = tries::factor_bucket(&internal.keys, &internal.county, account.id);
    if let Err(free_at) = internal.people.tries_take(&buckets, now).await? {
        let seconds = seconds_until(free_at, now);
        return Ok(Code::Wait { seconds });
    }
    tried.buckets.extend(buckets);
    if is_right(internal, account, sealed, typed, now).await? {
        Ok(Code::Right)
    } else {
        Ok(Code::Wrong)
    }
}

/// Whether this is a code of the account, which is used up by it.
async fn is_right(
    internal: &Internal,
    account: &AccountSecret,
    sealed: &[u8],
    typed: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<bool> {
    let factor = Factor::open(&internal.keys, account.id, sealed)?;
    if let Some(step) = factor.step_of(typed, now) {
        return Ok(internal.people.factor_take(account.id, step).await?);
    }
    let Some(mac) = recovery_mac(&internal.keys, account.id, typed) else {
        return Ok(false);
    };
    let act = NewAct {
        county: &internal.county,
        at: now,
        actor: Some(account.id),
        actor_name: &account.name,
        act: AccountActKind::RecoveryCodeUsed,
        account: Some(account.id),
        unit: None,
        role: None,
        detail: Detail::default(),
    };
    Ok(internal.people.recovery_take(account.id, &mac, &act).await?)
}

/// A code on a page of somebody who is signed in, counted the same way.
pub(crate) async fn proves(
    internal: &Internal,
    account: &AccountSecret,
    typed: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<Result<bool, i64>> {
    let Some(sealed) = &account.factor else {
        return Ok(Ok(false));
    };
    let buckets = tries::factor_bucket(&internal.keys, &internal.county, account.id);
    if let Err(free_at) = internal.people.tries_take(&buckets, now).await? {
        return Ok(Err(seconds_until(free_at, now)));
    }
    let right = is_right(internal, account, sealed, typed, now).await?;
    if right {
        internal.people.tries_give_back(&buckets).await?;
    }
    Ok(Ok(right))
}
