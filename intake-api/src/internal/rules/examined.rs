//! The check of a rule set with the county's pack.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use casework::county::PackFiles;
use casework::office::soundness::{Examined, examine};
use platform::{
    clock,
    store::{RuleSet, rules_digest},
};

use crate::internal::{Internal, error::PageError};

/// How long a check may take; what is open then is reported as not decided and blocks publishing.
const TIME: Duration = Duration::from_secs(10);

/// A version with its rule files.
pub(super) async fn opened(internal: &Internal, version: i32) -> Result<(RuleSet, PackFiles), PageError> {
    let found = internal.board.rules_open(&internal.county, version).await?;
    found.ok_or(PageError::NotFound)
}

/// What `router check` says of the pack with these rules.
pub(super) async fn check(internal: &Internal, rules: &PackFiles) -> anyhow::Result<Arc<Examined>> {
    let active = internal.board.pack_active(&internal.county, clock::now()).await?;
    let active = active.context("no pack is loaded")?;
    let key = (active.versions.pack, rules_digest(rules));
    if let Some(found) = internal.examinations.find(&key) {
        return Ok(found);
    }
    let mut files = active.files;
    files.extend(rules.clone());
    let search = move || Arc::new(examine(&files, &mut clock::share(TIME)));
    let found = tokio::task::spawn_blocking(search).await.context("the check failed")?;
    internal.examinations.keep(key, found.clone());
    Ok(found)
}
