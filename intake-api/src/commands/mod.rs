//! The operator's commands: migrate, pack load, key new.

pub(crate) mod people;

use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use crate::internal::auth::token::new_token_key_line;
use anyhow::Context;
use casework::pack::Pack;
use platform::{
    clock,
    config::Config,
    pack_dir,
    seal::new_key_line,
    store::{self, PackLoaded, Store},
};

/// `migrate [--logins DIR]`
pub(crate) async fn migrate(logins: Option<&Path>) -> anyhow::Result<()> {
    let url = Config::load()?.operator_url()?;
    store::migrate(&url, clock::now()).await?;
    println!("schema is up to date");
    if let Some(dir) = logins {
        store::logins_write(&url, dir, &mut rand::rng()).await?;
        println!("logins of {} are in {}", store::TASKS.join(", "), dir.display());
    }
    Ok(())
}

/// `pack load DIR`: prints every problem with file and line; loads nothing unless there is none.
pub(crate) async fn pack_load(dir: &Path) -> anyhow::Result<()> {
    let files = pack_dir::read(dir)?;
    let pack = match Pack::read(&files) {
        Ok(pack) => pack,
        Err(problems) => {
            for problem in &problems {
                eprintln!("{}/{problem}", dir.display());
            }
            anyhow::bail!("{} problems; nothing was loaded", problems.len());
        }
    };
    let store = Store::open(&Config::load()?.operator_url()?, "pack", 1)?;
    match store.pack_load(&pack, &files, clock::now()).await? {
        PackLoaded::Unchanged { version } => println!(
            "{}: version {version} has the same content; nothing to do",
            pack.county()
        ),
        PackLoaded::Loaded {
            version,
            draft_rules: None,
        } => println!("{}: version {version} is in force", pack.county()),
        PackLoaded::Loaded {
            version,
            draft_rules: Some(draft),
        } => println!(
            "{}: version {version} is in force; its rules differ from the active ones and wait as draft {draft}",
            pack.county()
        ),
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
    println!(
        "master key written to {}; keep a copy outside this machine",
        file.display()
    );
    Ok(())
}

/// `key new-token FILE`
pub(crate) fn key_new_token(file: &Path) -> anyhow::Result<()> {
    write_new(
        file,
        &new_token_key_line(&mut rand::rng()),
        "everybody would have to log in again",
    )?;
    println!("login token key written to {}", file.display());
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
