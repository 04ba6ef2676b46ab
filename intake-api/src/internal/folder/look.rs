//! What lies in the folders: what the gate took, what a later version replaced, and what may go.

use std::collections::HashSet;

use platform::{
    clock,
    store::{FileId, FileStanding, FileState, FolderAt, FolderFault, StoreError},
};
use tracing::{info, warn};
use uuid::Uuid;

use super::{Folders, disk::ENDS};

/// What the gate leaves beside, or in the place of, what it has.
const TAKEN: &str = "taken";

impl Folders {
    /// Looks at every folder once.
    pub(super) async fn look(&self) -> Result<(), StoreError> {
        for folder in self.store.folders(&self.internal.county).await? {
            let names = if folder.marked {
                self.disk.names(&folder.unit, folder.mark).await
            } else {
                self.lay(&folder).await?
            };
            match names {
                Ok(names) => {
                    self.store.folder_looked_well(folder.id, clock::now()).await?;
                    self.seen(&folder, &names).await?;
                }
                Err(why) => {
                    if self.store.folder_looked_wrong(folder.id, why, clock::now()).await? {
                        let why = why.as_str();
                        warn!(unit = folder.unit, why, "a folder is not to be believed");
                    }
                }
            }
        }
        self.gauges().await
    }

    /// Lays the mark of a folder that is set anew. What should lie there and does not was never fetched as far as anybody knows: it is
    /// written again.
    pub(super) async fn lay(&self, folder: &FolderAt) -> Result<Result<HashSet<String>, FolderFault>, StoreError> {
        let names = match self.disk.lay(&folder.unit, folder.mark).await {
            Ok(names) => names,
            Err(why) => return Ok(Err(why)),
        };
        let lying = self.store.files_lying(folder.id).await?;
        let lost: Vec<FileId> = lying
            .into_iter()
            .map(|(id, _)| id)
            .filter(|id| !is_signed_for(&names, *id) && is_gone(&names, *id))
            .collect();
        self.store.files_end(&lost, FileState::Queued, clock::now()).await?;
        self.store.folder_marked(folder.id).await?;
        info!(unit = folder.unit, again = lost.len(), "a folder was marked");
        Ok(Ok(names))
    }

    async fn seen(&self, folder: &FolderAt, names: &HashSet<String>) -> Result<(), StoreError> {
        let lying = self.store.files_lying(folder.id).await?;
        let (taken, there): (Vec<_>, Vec<_>) = lying
            .into_iter()
            .partition(|(id, _)| is_signed_for(names, *id) || is_gone(names, *id));
        let standing = |wanted: FileStanding| -> Vec<FileId> {
            let of = there.iter().filter(|(_, standing)| *standing == wanted);
            of.map(|(id, _)| *id).collect()
        };
        let taken: Vec<FileId> = taken.into_iter().map(|(id, _)| id).collect();
        for (ids, state) in [
            (taken, FileState::Taken),
            (standing(FileStanding::Replaced), FileState::Replaced),
            (standing(FileStanding::Withdrawn), FileState::Withdrawn),
        ] {
            if !ids.is_empty() {
                self.store.files_end(&ids, state, clock::now()).await?;
                metrics::counter!("shouwang_folder_files_total", "outcome" => state.as_str())
                    .increment(ids.len() as u64);
                info!(
                    unit = folder.unit,
                    files = ids.len(),
                    state = state.as_str(),
                    "files of a folder are done"
                );
            }
        }
        // Whatever lies there of a version that is over: what the gate left, and what was replaced.
        let ids: HashSet<FileId> = names.iter().filter_map(|name| id_of(name)).collect();
        let ids: Vec<FileId> = ids.into_iter().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let over: HashSet<FileId> = self.store.files_over(&ids).await?.into_iter().collect();
        let names = names
            .iter()
            .filter(|name| id_of(name).is_some_and(|id| over.contains(&id)));
        let names: Vec<String> = names.cloned().collect();
        if !names.is_empty()
            && let Err(why) = self.disk.remove(&folder.unit, names).await
        {
            warn!(
                unit = folder.unit,
                why = why.as_str(),
                "files that are done can't be taken away: trying again"
            );
        }
        Ok(())
    }
}

/// Whose file this is: `ID.…`, or hidden and under way.
fn id_of(name: &str) -> Option<FileId> {
    let name = name.strip_prefix('.').unwrap_or(name);
    let (id, _) = name.split_once('.')?;
    Uuid::try_parse(id)
        .ok()
        .filter(|uuid| uuid.to_string() == id)
        .map(FileId)
}

/// The gate says that it has the version.
fn is_signed_for(names: &HashSet<String>, id: FileId) -> bool {
    names.contains(&format!("{id}.{TAKEN}")) || ENDS.iter().all(|end| names.contains(&format!("{id}.{end}.{TAKEN}")))
}

/// Neither file is there.
fn is_gone(names: &HashSet<String>, id: FileId) -> bool {
    ENDS.iter().all(|end| !names.contains(&format!("{id}.{end}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_gate_leaves_is_read() {
        let id = FileId(Uuid::from_u128(7));
        let names = |ends: &[&str]| -> HashSet<String> { ends.iter().map(|end| format!("{id}.{end}")).collect() };
        let fetched = |ends: &[&str]| is_signed_for(&names(ends), id) || is_gone(&names(ends), id);
        assert!(fetched(&[]), "moved away");
        assert!(!fetched(&["html.age", "jws.age"]));
        assert!(!fetched(&["jws.age"]), "half of it");
        assert!(fetched(&["html.age", "jws.age", "taken"]));
        assert!(!fetched(&["html.age", "jws.age", "jws.age.taken"]), "half of it");
        assert!(fetched(&["html.age", "jws.age", "jws.age.taken", "html.age.taken"]));
        assert!(fetched(&["html.age.taken", "jws.age.taken"]), "renamed");
    }

    #[test]
    fn a_name_of_somebody_else_is_nobodys_file() {
        let id = FileId(Uuid::from_u128(7));
        assert_eq!(id_of(&format!("{id}.jws.age")), Some(id));
        assert_eq!(id_of(&format!(".{id}.jws.age.tmp")), Some(id));
        for name in [
            ".shouwang",
            "README",
            "a.b",
            &id.to_string(),
            &format!("{}.x", id.0.simple()),
        ] {
            assert_eq!(id_of(name), None, "{name}");
        }
    }
}
