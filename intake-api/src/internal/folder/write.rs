//! From a leased version to two files.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use chrono::{DateTime, Utc};
use platform::{
    clock,
    run::telemetry::chain,
    seal::Recipient,
    store::{FileAsked, FileId, FileStanding, FileVerdict, FolderAt, FolderFault, Onward, OutletId, StoreError},
};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::Folders;
use crate::internal::{desk, in_own_task};

/// Versions of one lease: each may take some seconds on a slow disk, and the lease is renewed before each.
const LIMIT: i64 = 8;
/// After each failure; then again and again as the last. Nothing is given up.
const DELAYS: [Duration; 5] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
    Duration::from_secs(60),
];

impl Folders {
    /// Writes what is due. Whether there was something.
    pub(super) async fn write_due(&self, onward: &mut Onward<3>, stop: &CancellationToken) -> Result<bool, StoreError> {
        let (store, county) = (&self.store, &self.internal.county);
        let taken = store.file_take(county, self.owner, clock::now(), LIMIT, onward).await?;
        if taken.is_empty() {
            return Ok(false);
        }
        let asked = store.files_asked(&taken).await?;
        let mut left: HashSet<FileId> = taken.iter().copied().collect();
        // What failed for one version fails for the others of its folder.
        let mut failing: HashMap<OutletId, FolderFault> = HashMap::new();
        for file in &asked {
            if stop.is_cancelled() {
                // Their lease runs out.
                break;
            }
            let ids: Vec<FileId> = left.iter().copied().collect();
            store.file_renew(self.owner, &ids, clock::now()).await?;
            let verdict = match (file.standing, failing.get(&file.outlet_id)) {
                (FileStanding::Wanted, Some(why)) => later(file, *why, clock::now()),
                (FileStanding::Wanted, None) => self.write(file).await?,
                (over, _) => FileVerdict::Over(over),
            };
            if let FileVerdict::Later { why, .. } = verdict
                && !matches!(why, FolderFault::Ticket)
            {
                failing.insert(file.outlet_id, why);
            }
            said(file, verdict);
            if let Err(e) = store.file_settle(self.owner, file, verdict, clock::now()).await {
                warn!(file = %file.id, error = chain(&e), "what came of a file was not recorded: it is written again under its name");
            }
            left.remove(&file.id);
        }
        Ok(true)
    }

    async fn write(&self, file: &FileAsked) -> Result<FileVerdict, StoreError> {
        let Some(recipient) = Recipient::read(&file.recipient) else {
            return Ok(later(file, FolderFault::Key, clock::now()));
        };
        if !file.marked {
            let folder = FolderAt {
                id: file.outlet_id,
                unit: file.unit.clone(),
                mark: file.mark,
                marked: false,
            };
            if let Err(why) = self.lay(&folder).await? {
                return Ok(later(file, why, clock::now()));
            }
        }
        // Before the report is opened: the record of that is not taken back.
        if let Err(why) = self.disk.try_out(&file.unit, file.mark, file.id).await {
            return Ok(later(file, why, clock::now()));
        }
        let now = clock::now();
        let (internal, asked) = (self.internal.clone(), file.clone());
        // In a task of its own: one ticket that can't be read ends neither the others nor the service.
        let carried = match in_own_task(async move { desk::carried(&internal, &asked, now).await }).await {
            Ok(Ok(Some(carried))) => carried,
            Ok(Ok(None)) => return Ok(later(file, FolderFault::Ticket, now)),
            Ok(Err(e)) if e.is_passing() => return Err(e),
            Ok(Err(e)) => return Ok(unreadable(file, &e, now)),
            Err(e) => return Ok(unreadable(file, &e, now)),
        };
        let jws = self.key.sign(&carried.letter);
        let sealed = [carried.page.as_bytes(), jws.as_bytes()].map(|plain| recipient.encrypt(plain));
        let [Some(page), Some(jws)] = sealed else {
            return Ok(later(file, FolderFault::Key, now));
        };
        self.store.file_renew(self.owner, &[file.id], clock::now()).await?;
        Ok(match self.disk.write(&file.unit, file.id, [page, jws]).await {
            Ok(()) => FileVerdict::Written,
            Err(why) => later(file, why, clock::now()),
        })
    }
}

fn unreadable(file: &FileAsked, e: &(dyn std::error::Error + 'static), now: DateTime<Utc>) -> FileVerdict {
    error!(file = %file.id, ticket = file.ticket_id.0, error = chain(e), "a ticket can't be read for a folder");
    later(file, FolderFault::Ticket, now)
}

fn later(file: &FileAsked, why: FolderFault, now: DateTime<Utc>) -> FileVerdict {
    let tries = usize::try_from(file.attempts).unwrap_or_default();
    let delay = DELAYS[tries.min(DELAYS.len() - 1)];
    FileVerdict::Later { at: now + delay, why }
}

fn said(file: &FileAsked, verdict: FileVerdict) {
    let word = match verdict {
        FileVerdict::Written => "written",
        FileVerdict::Later { .. } => "later",
        FileVerdict::Over(standing) => standing.as_str(),
    };
    metrics::counter!("shouwang_folder_files_total", "outcome" => word).increment(1);
    let (unit, ticket) = (&file.unit, file.ticket_id.0);
    match verdict {
        FileVerdict::Written => info!(file = %file.id, unit, ticket, "written into a folder"),
        FileVerdict::Later { at, why } => {
            warn!(file = %file.id, unit, ticket, why = why.as_str(), %at, "not written: trying again");
        }
        FileVerdict::Over(standing) => {
            info!(file = %file.id, unit, ticket, why = standing.as_str(), "need not be written");
        }
    }
}
