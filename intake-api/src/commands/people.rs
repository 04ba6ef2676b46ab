//! `people admin`: the first administrator. `people demo`: accounts for trying things out.

use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::Context;
use platform::{
    clock,
    config::Config,
    store::{NewAccount, Store},
};
use serde_json::json;

use crate::internal::auth::password;

/// Makes an administrator with a fresh password that must be changed at the first login, and prints it once.
pub(crate) async fn admin(login: &str, name: &str) -> anyhow::Result<()> {
    let config = Config::load()?;
    let store = Store::open(&config.operator_url()?, "people", 1)?;
    let given = password::fresh(&mut rand::rng());
    let id = create(&store, &config.county, login, name, None, &given, true).await?;
    let Some(id) = id else {
        anyhow::bail!("there is an account {login} already; nothing was changed")
    };
    let office = office(&store, &config.county).await?;
    store
        .membership_grant(&config.county, id, &office, "admin", clock::now())
        .await?;
    println!("account {login}, password {given} (shown once; to be changed at the first login)");
    Ok(())
}

/// The four people of a demo: who sees what, in the units that the drill `samples/01` reaches.
const DEMO: [(&str, &str, &str, &str, &str); 4] = [
    ("office", "demo-office", "演示·未保办值班员", "office", "office"),
    ("leader", "demo-leader", "演示·派出所所长", "pol-341222101", "leader"),
    ("member", "demo-member", "演示·派出所民警", "pol-341222101", "member"),
    ("admin", "demo-admin", "演示·账号管理员", "office", "admin"),
];

/// Makes the demo accounts, or keeps those that the file remembers. The file (0600) is what the login page shows.
pub(crate) async fn demo(out: &Path) -> anyhow::Result<()> {
    let config = Config::load()?;
    let store = Store::open(&config.operator_url()?, "people", 1)?;
    let known: Vec<serde_json::Value> = std::fs::read_to_string(out)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let mut accounts = Vec::new();
    for (who, login, name, unit, role) in DEMO {
        let remembered = known
            .iter()
            .find(|a| a["login"] == login)
            .and_then(|a| a["password"].as_str())
            .map(str::to_owned);
        let given = remembered.unwrap_or_else(|| password::fresh(&mut rand::rng()));
        let made = create(&store, &config.county, login, name, Some("0558-8600000"), &given, false).await?;
        let id = if let Some(id) = made {
            id
        } else {
            let secret = store.account_secret(&config.county, login).await?;
            let secret = secret.context("an account that was there a moment ago")?;
            if !password::matches(given.clone(), Some(secret.password_hash)).await? {
                let hash = password::hash(given.clone()).await?;
                store
                    .account_set_password(secret.id, &hash, false, None, clock::now())
                    .await?;
            }
            secret.id
        };
        store
            .membership_grant(&config.county, id, unit, role, clock::now())
            .await
            .with_context(|| format!("the pack has no unit {unit}"))?;
        accounts.push(json!({"who": who, "login": login, "password": given}));
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(out)?;
    writeln!(file, "{}", serde_json::Value::Array(accounts))?;
    println!("demo accounts are in {}", out.display());
    Ok(())
}

async fn create(
    store: &Store,
    county: &str,
    login: &str,
    name: &str,
    phone: Option<&str>,
    given: &str,
    must_change: bool,
) -> anyhow::Result<Option<i64>> {
    let password_hash = password::hash(given.to_owned()).await?;
    let new = NewAccount {
        county,
        login,
        name,
        phone,
        password_hash: &password_hash,
        must_change,
        by: "command line",
    };
    Ok(store.account_create(new, clock::now()).await?)
}

async fn office(store: &Store, county: &str) -> anyhow::Result<String> {
    let loaded = platform::pack_watch::read(store, county)
        .await?
        .context("no pack is loaded; run `intake-api pack load` first")?;
    Ok(loaded.pack.units().office().to_owned())
}
