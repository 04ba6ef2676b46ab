//! Emergencies of the login that the pages can't mend. Each leaves its line in the trail, with who typed it.

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    run::config::Config,
    say,
    store::{AccountActKind, AccountId, EndSessions, Owner, People, Store},
};

use super::command::Typed;
use crate::internal::auth::login_name;

/// `people factor-off`: the second factor of an account is gone, and its sessions end.
pub(crate) async fn factor_off(login: &str) -> anyhow::Result<()> {
    let (config, store, id, now) = find(login).await?;
    let typed = Typed::now("people factor-off");
    let act = typed.act(&config.county, now, AccountActKind::FactorOff, Some(id));
    ensure!(
        store.factor_off(id, None, &act).await?,
        "{login} has no second factor; nothing was changed"
    );
    say!("the second factor of {login} is off; the sessions have ended")?;
    Ok(())
}

/// `people sessions-end`: every session of an account ends.
pub(crate) async fn sessions_end(login: &str) -> anyhow::Result<()> {
    let (config, store, id, now) = find(login).await?;
    let typed = Typed::now("people sessions-end");
    let act = typed.act(&config.county, now, AccountActKind::SessionsEnded, Some(id));
    let ended = store.sessions_end_some(id, EndSessions::All, &act).await?;
    say!("sessions of {login} ended: {ended}")?;
    Ok(())
}

async fn find(login: &str) -> anyhow::Result<(Config, Store<People>, AccountId, DateTime<Utc>)> {
    let config = Config::load()?;
    let store = config.store::<Owner>("people", 1)?.lend::<People>();
    let login = login_name::normalised(login);
    let account = store.account_secret(&config.county, &login, None, &[]).await?;
    let account = account.with_context(|| format!("there is no account {login}"))?;
    Ok((config, store, account.id, clock::now()))
}

/// `people phones-forget --all`: every telephone ends, because the key that opens them is lost.
pub(crate) async fn phones_forget_all() -> anyhow::Result<()> {
    let config = Config::load()?;
    let store = config.store::<Owner>("people", 1)?.lend::<People>();
    let typed = Typed::now("people phones-forget --all");
    let act = typed.act(&config.county, clock::now(), AccountActKind::PhoneEnded, None);
    let people = store.phones_forget(&act).await?;
    say!("telephones of {people} people ended; they enter them again on their page /phones")?;
    Ok(())
}

/// `people phones-forget --login`: those of one person end, who wishes it, or whose can't be opened.
pub(crate) async fn phones_forget(login: &str) -> anyhow::Result<()> {
    let (config, store, id, now) = find(login).await?;
    let typed = Typed::now("people phones-forget");
    let act = typed.act(&config.county, now, AccountActKind::PhoneEnded, Some(id));
    ensure!(
        store.phones_forget(&act).await? > 0,
        "{login} has no telephone; nothing was changed"
    );
    say!("the telephones of {login} ended; nobody rings this person until they enter one again on their page /phones")?;
    Ok(())
}
