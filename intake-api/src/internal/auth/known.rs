//! Whether somebody who is signed in knows their password: asked before what an open session alone must not do. A wrong one counts
//! as a failed login, so that an open session does not help to guess it.

use platform::clock;

use super::{device::Device, entry, password, tried};
use crate::internal::{Visit, detached, error::PageError};

/// Whether this is the password of whoever acts; the inner error is the seconds after which another try may be made.
pub(crate) async fn password(visit: &Visit, device: &Device, typed: String) -> Result<Result<bool, i64>, PageError> {
    let (internal, now) = (&visit.internal, clock::now());
    let login = &visit.actor.person.account.login;
    let tried = match entry::reserve(internal, login, device, now).await? {
        Ok(tried) => tried,
        Err(free_at) => return Ok(Err(tried::seconds_until(free_at, now))),
    };
    let secret = tried.account.ok_or(PageError::NotFound)?;
    if !password::matches(typed, secret.password_hash).await? {
        return Ok(Ok(false));
    }
    let people = internal.people.clone();
    detached(async move { people.tries_give_back(&tried.buckets).await }).await?;
    Ok(Ok(true))
}
