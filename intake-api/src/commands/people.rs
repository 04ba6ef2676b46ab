//! Accounts that no administrator can make: the first ones, and those of a demo.

use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::{Context, ensure};
use platform::{
    clock,
    run::config::Config,
    say,
    store::{AccountActKind, Created, NewAccount, Owner, People, Role, Store, WayIn},
};

use super::command::Typed;
use crate::internal::{
    auth::{demo::DemoAccount, invitation::Code, login_name, password},
    person_name,
};

/// Somebody to make.
pub(crate) struct First {
    /// What to type at login.
    pub(crate) login: String,
    /// Name.
    pub(crate) name: String,
}

/// `people admin`: one more administrator, with an invitation that is printed once.
pub(crate) async fn admin(login: &str, name: &str) -> anyhow::Result<()> {
    let first = First {
        login: login.to_owned(),
        name: name.to_owned(),
    };
    make(&[(Role::Admin, first)], &Typed::now("people admin")).await
}

/// `people first`: the first administrator and the first person of the office, where the county has none yet.
pub(crate) async fn first(admin: First, office: First) -> anyhow::Result<()> {
    let (config, store) = open()?;
    let mut missing = Vec::new();
    for (role, first) in [(Role::Admin, admin), (Role::Office, office)] {
        if store.role_is_held(&config.county, role).await? {
            say!("somebody has the role {role} already; nobody was added to it")?;
        } else {
            missing.push((role, first));
        }
    }
    ensure!(
        !missing.is_empty(),
        "nothing was changed: an administrator makes accounts on the page /people"
    );
    make(&missing, &Typed::now("people first")).await
}

/// `people missing`: fails where the county has no administrator or nobody in the office. Accounts of a demo don't count.
pub(crate) async fn missing() -> anyhow::Result<()> {
    let (config, store) = open()?;
    for role in [Role::Admin, Role::Office] {
        ensure!(
            store.role_is_held(&config.county, role).await?,
            "nobody has the role {role}"
        );
    }
    Ok(())
}

async fn make(people: &[(Role, First)], typed: &Typed) -> anyhow::Result<()> {
    let (config, store) = open()?;
    let unit = office(&store, &config.county).await?;
    let mut made = Vec::new();
    for (role, first) in people {
        let login = login_name::normalised(&first.login);
        ensure!(
            login_name::is_sound(&login),
            "{:?} can't be a login: 2 to 40 small letters, digits or . _ -",
            first.login
        );
        let name = person_name(&first.name);
        let name =
            name.map_err(|_| anyhow::anyhow!("{:?} can't be a name: one line of at most 60 characters", first.name))?;
        let code = Code::new(&mut rand::rng());
        made.push((*role, login, name, code.digest(), code));
    }
    let accounts: Vec<NewAccount<'_>> = made
        .iter()
        .map(|(role, login, name, digest, _)| NewAccount {
            county: &config.county,
            login,
            name,
            phone: None,
            way: WayIn::Invitation(digest),
            unit: &unit,
            role: *role,
            actor: None,
            by: Typed::BY,
            detail: typed.detail(),
        })
        .collect();
    match store.accounts_create(&accounts, clock::now()).await? {
        Created::All(_) => {}
        Created::Taken(logins) => {
            anyhow::bail!(
                "there is an account {} already; nothing was changed",
                logins.join(" and ")
            )
        }
    }
    for (role, login, _, _, code) in &made {
        say_invited(&config, &format!("{role}: account {login}"), code)?;
    }
    Ok(())
}

/// `people invite`: an invitation for an account that there is, where no administrator can make one on the pages. Its password,
/// its sessions and an earlier invitation end with this.
pub(crate) async fn invite(login: &str) -> anyhow::Result<()> {
    let (config, store) = open()?;
    let login = login_name::normalised(login);
    let account = store.account_secret(&config.county, &login, None, &[]).await?;
    let account = account.with_context(|| format!("there is no account {login}"))?;
    ensure!(
        account.disabled_at.is_none(),
        "the account {login} is disabled; enable it on the page /people first"
    );
    let (typed, code) = (Typed::now("people invite"), Code::new(&mut rand::rng()));
    let act = typed.act(&config.county, clock::now(), AccountActKind::Invited, Some(account.id));
    store.invitation_make(account.id, &code.digest(), &act).await?;
    say_invited(&config, &format!("account {login}"), &code)
}

fn say_invited(config: &Config, whose: &str, code: &Code) -> anyhow::Result<()> {
    let link = code.link(&config.listen.internal_url);
    say!("{whose}, invitation {link} (shown once; opens for 7 days, and sets the password)")?;
    Ok(())
}

/// The people of a demo: who sees what, in the units that the drill `samples/01` reaches.
///
/// Each line: who, login, name, unit, role. What takes two people can be tried: there is a second one of the office, and the
/// oversight.
const DEMO: &str = include_str!("../../text/demo-people.csv");

/// Made-up duty phones of a demo, so that pages show what they will look like.
///
/// Each line: unit, phone.
const DEMO_PHONES: &str = include_str!("../../text/demo-phones.csv");

/// The fields of each line.
fn lines<const N: usize>(file: &str) -> impl Iterator<Item = [&str; N]> {
    file.lines()
        .filter_map(|line| line.split(',').collect::<Vec<_>>().try_into().ok())
}

fn demo_phones() -> Vec<(&'static str, &'static str)> {
    lines(DEMO_PHONES).map(|[unit, phone]| (unit, phone)).collect()
}

/// Makes the demo accounts, or keeps those that the file remembers. The file (0600) is what the login page shows.
pub(crate) async fn demo(out: &Path) -> anyhow::Result<()> {
    let (config, store) = open()?;
    let known: Vec<DemoAccount> = std::fs::read_to_string(out)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    ensure!(
        store.installation_is_demo().await?,
        "this database was not made for a demo (`intake-api migrate --demo`), so it gets no demo accounts"
    );
    store.accounts_demo_set(&config.county, true, clock::now()).await?;
    let mut accounts = Vec::new();
    for [who, login, name, unit, role] in lines(DEMO) {
        let remembered = known
            .iter()
            .find(|account| account.login == login)
            .map(|account| account.password.clone());
        let role = role.parse().with_context(|| format!("the demo account {login}"))?;
        let given = remembered.unwrap_or_else(|| password::fresh(&mut rand::rng()));
        demo_account(&store, &config.county, (login, name, unit, role), &given)
            .await
            .with_context(|| format!("the demo account {login}; has the pack a unit {unit}?"))?;
        accounts.push(DemoAccount {
            login: login.to_owned(),
            password: given,
            who: who.to_owned(),
        });
    }
    store.units_demo_phones(&config.county, &demo_phones(), true).await?;
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(out)?;
    writeln!(file, "{}", serde_json::to_string(&accounts)?)?;
    say!("demo accounts are in {}", out.display())?;
    Ok(())
}

/// `people no-demo`: the accounts of a demo can't log in any more, and its made-up phones are gone.
pub(crate) async fn no_demo() -> anyhow::Result<()> {
    let (config, store) = open()?;
    let disabled = store.accounts_demo_set(&config.county, false, clock::now()).await?;
    store.units_demo_phones(&config.county, &demo_phones(), false).await?;
    store.duty_demo_end(&config.county, clock::now()).await?;
    say!("demo accounts disabled: {disabled}")?;
    Ok(())
}

async fn demo_account(
    store: &Store<People>,
    county: &str,
    (login, name, unit, role): (&str, &str, &str, Role),
    given: &str,
) -> anyhow::Result<()> {
    let (now, typed) = (clock::now(), Typed::now("people demo"));
    let password_hash = password::hash(given.to_owned()).await?;
    let new = NewAccount {
        county,
        login,
        name,
        phone: Some("0558-8600000"),
        way: WayIn::Demo(&password_hash),
        unit,
        role,
        actor: None,
        by: Typed::BY,
        detail: typed.detail(),
    };
    if let Created::All(_) = store.accounts_create(&[new], now).await? {
        return Ok(());
    }
    let secret = store.account_secret(county, login, None, &[]).await?;
    let secret = secret.context("an account that was there a moment ago")?;
    if !password::matches(given.to_owned(), secret.password_hash).await? {
        let act = typed.act(county, now, AccountActKind::Password, Some(secret.id));
        store
            .account_set_password(secret.id, &password_hash, None, &act)
            .await?;
    }
    let mut act = typed.act(county, now, AccountActKind::Granted, Some(secret.id));
    (act.unit, act.role) = (Some(unit), Some(role));
    store.membership_grant(secret.id, unit, role, &act).await?;
    Ok(())
}

fn open() -> anyhow::Result<(Config, Store<People>)> {
    let config = Config::load()?;
    let store = config.store::<Owner>("people", 1)?.lend();
    Ok((config, store))
}

async fn office(store: &Store<People>, county: &str) -> anyhow::Result<String> {
    let loaded = platform::pack::watch::read(store, county)
        .await?
        .context("no pack is loaded; run `intake-api pack load` first")?;
    Ok(loaded.pack.units().office().to_owned())
}
