//! The operator's commands: migrate, pack load, key new.

pub(crate) mod audit;
mod command;
pub(crate) mod demo_duty;
pub(crate) mod login;
pub(crate) mod people;

use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use crate::internal::auth::token::new_token_key_line;
use anyhow::Context;
use casework::pack::Pack;
use platform::{
    clock, foreign,
    pack::dir,
    remark,
    run::config::Config,
    say,
    seal::{FolderKey, new_contact_key_line, new_folder_key_line, new_key_line},
    store::{self, AccountActKind, CalendarKept, Owner, PackError, PackLoaded},
};

/// `migrate [--logins DIR] [--demo]`
pub(crate) async fn migrate(logins: Option<&Path>, demo: bool) -> anyhow::Result<()> {
    let url = Config::load()?.operator_url()?;
    store::migrate(&url, clock::now()).await?;
    let made_for_demo = store::installation_mark(&url, demo).await?;
    anyhow::ensure!(
        made_for_demo || !demo,
        "this database was not made for a demo, so it gets none: a demo's passwords stand on its login page. Make a demo with a database of its own"
    );
    say!("schema is up to date")?;
    if let Some(dir) = logins {
        store::logins_write(&url, dir, &mut rand::rng()).await?;
        say!("logins of {} are in {}", store::TASKS.join(", "), dir.display())?;
    }
    Ok(())
}

/// Reads `OLD=NEW`.
pub(crate) fn successor(typed: &str) -> Result<(String, String), String> {
    match typed.split_once('=') {
        Some((old, new)) if !old.is_empty() && !new.is_empty() => Ok((old.to_owned(), new.to_owned())),
        _ => Err("a successor is written OLD=NEW, two unit codes".into()),
    }
}

/// `pack load DIR`: prints every problem with file and line; loads nothing unless there is none.
pub(crate) async fn pack_load(dir: &Path, successors: Vec<(String, String)>) -> anyhow::Result<()> {
    let files = dir::read(dir)?;
    let pack = match Pack::read(&files) {
        Ok(pack) => pack,
        Err(problems) => {
            for problem in &problems {
                remark!("{}/{problem}", dir.display());
            }
            anyhow::bail!("{} problems; nothing was loaded", problems.len());
        }
    };
    let store = Config::load()?.store::<Owner>("pack", 1)?;
    let successors = successors.into_iter().collect();
    let done = match store.pack_load_with(&pack, &files, &successors, clock::now()).await {
        Ok(done) => done,
        Err(PackError::Stranded(stranded)) => {
            remark!("these units are not in the pack any more and hold open tickets:");
            for unit in &stranded {
                remark!("  {} {}: {}", unit.code, foreign::line(&unit.name), unit.tickets);
            }
            let options: Vec<String> = stranded
                .iter()
                .map(|unit| format!("--successor {}=NEW", unit.code))
                .collect();
            anyhow::bail!(
                "nothing was loaded. Name the unit that takes the tickets over, for each: intake-api pack load {} {}",
                dir.display(),
                options.join(" ")
            );
        }
        Err(e) => return Err(e.into()),
    };
    let county = pack.county();
    if let PackLoaded::Loaded { version, .. } = &done.loaded {
        let typed = command::Typed::now("pack load");
        let mut act = typed.act(county, clock::now(), AccountActKind::PackLoaded, None);
        act.detail = typed.loaded(*version);
        store.account_act_record(&act).await?;
    }
    match done.loaded {
        PackLoaded::Unchanged { version } => {
            say!("{county}: version {version} has the same content; nothing to do")?;
        }
        PackLoaded::Loaded {
            version,
            draft_rules: None,
        } => say!("{county}: version {version} is in force")?,
        PackLoaded::Loaded {
            version,
            draft_rules: Some(draft),
        } => say!(
            "{county}: version {version} is in force; its rules differ from the active ones and wait as draft {draft}"
        )?,
    }
    match done.calendar {
        CalendarKept::Same => {}
        CalendarKept::Proposed(_) => say!(
            "{county}: its days off are others than those in force, which stay; they are proposed, and somebody of the office confirms them on the page /calendar"
        )?,
        CalendarKept::Waiting => say!(
            "{county}: its days off are others than those in force, which stay; another proposal waits on the page /calendar"
        )?,
    }
    for moved in &done.moved {
        say!("{} open tickets of {} went to {}", moved.tickets, moved.from, moved.to)?;
        if moved.people > 0 {
            say!(
                "  {} people had a role in {} and have none in {} by this; an administrator gives it on the page /people",
                moved.people,
                moved.from,
                moved.to
            )?;
        }
    }
    for kept in &done.kept {
        say!(
            "{}: the pack's mailbox {} is not the confirmed one {}, which stays; change it on the page /units/{}",
            kept.code,
            kept.pack,
            kept.confirmed,
            kept.code
        )?;
    }
    if done.examples > 0 {
        say!(
            "the contacts of {} units are examples until an administrator has confirmed each on its page under /units",
            done.examples
        )?;
    }
    Ok(())
}

/// `key new FILE`
pub(crate) fn key_new(file: &Path) -> anyhow::Result<()> {
    write_new(
        file,
        &new_key_line(&mut rand::rng()),
        "reports sealed with it would be lost",
    )?;
    say!(
        "master key written to {}; keep a copy outside this machine",
        file.display()
    )?;
    Ok(())
}

/// `key new-contact FILE`
pub(crate) fn key_new_contact(file: &Path) -> anyhow::Result<()> {
    write_new(
        file,
        &new_contact_key_line(&mut rand::rng()),
        "telephones sealed with it would be lost",
    )?;
    say!(
        "contact key written to {}; keep a copy outside this machine",
        file.display()
    )?;
    Ok(())
}

/// `key new-folder FILE`
pub(crate) fn key_new_folder(file: &Path) -> anyhow::Result<()> {
    write_new(
        file,
        &new_folder_key_line(&mut rand::rng()),
        "units would not know its signatures",
    )?;
    say!("folder key written to {}", file.display())?;
    Ok(())
}

/// `key folder-public FILE`
pub(crate) fn key_folder_public(file: &Path) -> anyhow::Result<()> {
    say!("{}", FolderKey::load(file)?.public())?;
    Ok(())
}

/// `key new-token FILE`
pub(crate) fn key_new_token(file: &Path) -> anyhow::Result<()> {
    write_new(
        file,
        &new_token_key_line(&mut rand::rng()),
        "everybody would have to log in again",
    )?;
    say!("login token key written to {}", file.display())?;
    Ok(())
}

fn write_new(file: &Path, text: &str, loss: &str) -> anyhow::Result<()> {
    let mut out = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .with_context(|| {
            format!(
                "{} was not written; an existing key is never overwritten, since {loss}",
                file.display()
            )
        })?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    Ok(())
}
