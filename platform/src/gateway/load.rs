//! The descriptions of a file, examined before anything starts.

use std::{collections::BTreeMap, os::unix::fs::MetadataExt, sync::Arc};

use crate::run::config::{self, is_this_machine};
use anyhow::{Context, ensure};
use casework::words::Channel;
use url::Url;

use super::{
    Gateway,
    describe::{Description, File, Kind, Request, Secret},
    fill::Known,
    http::{Http, Times},
    moment, request,
};

/// All providers, in the order of the file.
#[derive(Clone, Default)]
pub struct Gateways(Vec<Arc<Gateway>>);

/// What the file of the configuration says; nothing where none is named.
pub(super) fn configured<T: Default>(
    config: &config::Gateways,
    parse: impl Fn(&str, bool) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let Some(path) = &config.file else {
        return Ok(T::default());
    };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("gateways.file (SHOUWANG_GATEWAYS): {}", path.display()))?;
    parse(&text, config.allow_files).with_context(|| format!("{}", path.display()))
}

impl Gateways {
    /// Those of the configuration; none where no file is named.
    pub fn configured(config: &config::Gateways) -> anyhow::Result<Self> {
        configured(config, Self::parse)
    }

    /// `files` allows descriptions that only write into a folder.
    pub(super) fn parse(text: &str, files: bool) -> anyhow::Result<Self> {
        let file: File = toml::from_str(text)?;
        let http = Http::new(Times::default())?;
        let mut gateways: Vec<Arc<Gateway>> = Vec::new();
        for description in file.gateway {
            let name = description.name.clone();
            ensure!(
                gateways.iter().all(|known| known.description.name != name),
                "two gateways are called {name}"
            );
            let known = examined(&description, files).with_context(|| format!("gateway {name}"))?;
            gateways.push(Arc::new(Gateway::new(description, known, http.clone())));
        }
        Ok(Self(gateways))
    }

    /// Those of a channel, in the order in which they are tried.
    pub fn of(&self, channel: Channel) -> Vec<Arc<Gateway>> {
        self.0
            .iter()
            .filter(|gateway| gateway.way() == channel)
            .cloned()
            .collect()
    }

    /// The one of a name.
    pub fn named(&self, name: &str) -> Option<&Arc<Gateway>> {
        self.0.iter().find(|gateway| gateway.description.name == name)
    }

    /// All.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Gateway>> {
        self.0.iter()
    }

    /// Whether one of them calls back.
    pub fn called_back(&self) -> bool {
        self.0.iter().any(|gateway| gateway.description.receipt.is_some())
    }
}

/// Reads the secrets of a description, and tries whether everything in it can be said.
fn examined(description: &Description, files: bool) -> anyhow::Result<Known> {
    let Description {
        name,
        price_yuan,
        quota,
        send,
        code,
        receipt,
        poll,
        ..
    } = description;
    named(name)?;
    ensure!(
        price_yuan.is_none_or(|price| price.is_finite() && price >= 0.0),
        "price_yuan is no price"
    );
    ensure!(
        quota
            .as_ref()
            .is_none_or(|bought| bought.count >= 0 && bought.warn_below.is_none_or(|below| below >= 0)),
        "[gateway.quota] count and warn_below are numbers from 0 on"
    );
    let known = Known::new(description.values.clone(), secrets(&description.secrets)?);
    reached(&description.kind, send.as_ref(), files).context("[gateway.send]")?;
    // Whatever a call may say.
    let call = |name: &str| {
        matches!(
            name,
            "id" | "number" | "number_abroad" | "office" | "urgency" | "count" | "tail" | "what"
        )
        .then(|| "1".to_owned())
    };
    if let Some(send) = send {
        sound(send, &known, &call).context("[gateway.send]")?;
    }
    let proof = |name: &str| matches!(name, "id" | "number" | "number_abroad" | "code").then(|| "1".to_owned());
    if let Some(code) = code {
        sound(code, &known, &proof).context("[gateway.code]")?;
    }
    let asked = |name: &str| matches!(name, "id" | "provider_id").then(|| "1".to_owned());
    for poll in poll {
        sound(&poll.request, &known, &asked).context("[[gateway.poll]]")?;
    }
    if let Some(receipt) = receipt {
        ensure!(receipt.within_s > 0, "[gateway.receipt] within_s is 0");
        let named = [
            receipt.path_secret.as_ref(),
            receipt.signature.as_ref().map(|signed| &signed.secret),
        ];
        let named: Vec<_> = named.into_iter().flatten().collect();
        // Where it is only asked for, nobody calls.
        ensure!(
            !named.is_empty() || receipt.forms.is_empty(),
            "[gateway.receipt] takes callbacks from anybody: give it path_secret or signature"
        );
        for name in named {
            ensure!(
                known.secret(name).is_some_and(|secret| secret.len() >= 16),
                "secret {name} is missing or shorter than 16 characters"
            );
        }
    }
    Ok(known)
}

/// Refuses a name that can't stand in a path.
pub(super) fn named(name: &str) -> anyhow::Result<()> {
    ensure!(
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
        "a name has small letters, digits and hyphens"
    );
    Ok(())
}

/// The secrets of a description, read.
pub(super) fn secrets(described: &BTreeMap<String, Secret>) -> anyhow::Result<BTreeMap<String, String>> {
    let read = |(name, secret): (&String, &Secret)| {
        let secret = read(secret).with_context(|| format!("secret {name}"))?;
        Ok((name.clone(), secret))
    };
    described.iter().map(read).collect()
}

/// Refuses a description that reaches nobody, unless it is allowed to.
pub(super) fn reached(kind: &Kind, send: Option<&Request>, files: bool) -> anyhow::Result<()> {
    match kind {
        Kind::File { dir } => {
            ensure!(
                files,
                "it only writes files into a folder, which reaches nobody: allow it for a demo with gateways.allow_files \
                 (SHOUWANG_GATEWAYS_ALLOW_FILES=true)"
            );
            ensure!(dir.is_dir(), "{} is not a folder", dir.display());
        }
        Kind::Http => ensure!(send.is_some(), "it is missing"),
    }
    Ok(())
}

pub(super) fn sound(
    request: &Request,
    known: &Known,
    call: &(dyn Fn(&str) -> Option<String> + Sync),
) -> anyhow::Result<()> {
    let built = request::build(request, &known.with(call), moment())?;
    encrypted(&built.url)
}

/// Telephone numbers go over no open line.
fn encrypted(url: &Url) -> anyhow::Result<()> {
    let here = url.scheme() == "http" && url.host_str().is_some_and(is_this_machine);
    ensure!(
        url.scheme() == "https" || here,
        "write https://, or http:// of this machine"
    );
    Ok(())
}

fn read(secret: &Secret) -> anyhow::Result<String> {
    let text = match secret {
        Secret::Env(name) => std::env::var(name).map_err(|_| anyhow::anyhow!("{name} is not in the environment"))?,
        Secret::File(path) => {
            let shown = path.display();
            let mode = std::fs::metadata(path).with_context(|| format!("{shown}"))?.mode();
            let others = mode & 0o077;
            ensure!(others == 0, "{shown} can be read by others: chmod 600");
            std::fs::read_to_string(path).with_context(|| format!("{shown}"))?
        }
    };
    let text = text.trim().to_owned();
    ensure!(!text.is_empty(), "it is empty");
    Ok(text)
}
