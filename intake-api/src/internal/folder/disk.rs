//! Folders on the disk: below one base, each named by its unit's code; in it two files a version of a ticket, and the mark.
//!
//! Nothing is believed of a folder that does not hold its mark: an empty folder looks the same whether the gate fetched everything or
//! its disk is not mounted, and "fetched" would be a lie then. A disk that hangs is left alone: one call waits for it, the others give up.

use std::{
    collections::HashSet,
    fs, io,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use platform::store::{FileId, FolderFault};
use tokio::time::timeout;
use uuid::Uuid;

/// What a call may take; far below a lease.
const PATIENCE: Duration = Duration::from_secs(5);
/// The name of the mark.
const MARK: &str = ".shouwang";
/// Names that are read of a folder. In one that holds more nothing is believed.
const NAMES: usize = 100_000;
/// The gate reads, as a member of the group.
const FILE_MODE: u32 = 0o640;

/// Ends of the two files of a version: the page, then what is signed. Who finds the second finds both.
pub(super) const ENDS: [&str; 2] = ["html.age", "jws.age"];

/// All folders.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    base: PathBuf,
    /// Units whose folder a call waits for.
    waited: Arc<Mutex<HashSet<String>>>,
}

impl Disk {
    pub(super) fn new(base: PathBuf) -> Self {
        Self {
            base,
            waited: Arc::default(),
        }
    }

    /// Lays the mark of a unit's folder, which is made where it is not there; then its names.
    pub(super) async fn lay(&self, unit: &str, mark: Uuid) -> Result<HashSet<String>, FolderFault> {
        self.on(unit, move |dir| {
            match fs::create_dir(dir) {
                Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(fault(&e)),
                _ => {}
            }
            put(dir, MARK, mark.to_string().as_bytes())?;
            names(dir)
        })
        .await
    }

    /// The names in a unit's folder that holds its mark.
    pub(super) async fn names(&self, unit: &str, mark: Uuid) -> Result<HashSet<String>, FolderFault> {
        self.on(unit, move |dir| {
            is_marked(dir, mark)?;
            names(dir)
        })
        .await
    }

    /// Whether a file can be written there: asked before a report is opened for it.
    pub(super) async fn try_out(&self, unit: &str, mark: Uuid, file: FileId) -> Result<(), FolderFault> {
        self.on(unit, move |dir| {
            is_marked(dir, mark)?;
            let trial = dir.join(hidden(&file.to_string()));
            create(&trial)
                .and_then(|_| fs::remove_file(&trial))
                .map_err(|e| fault(&e))
        })
        .await
    }

    /// Writes both files of a version. Again, after a crash: the same names, so no third file.
    pub(super) async fn write(&self, unit: &str, file: FileId, contents: [Vec<u8>; 2]) -> Result<(), FolderFault> {
        self.on(unit, move |dir| {
            for (end, content) in ENDS.iter().zip(contents) {
                put(dir, &format!("{file}.{end}"), &content)?;
            }
            Ok(())
        })
        .await
    }

    /// Takes files away. One that is gone already is no fault.
    pub(super) async fn remove(&self, unit: &str, names: Vec<String>) -> Result<(), FolderFault> {
        self.on(unit, move |dir| {
            for name in names {
                match fs::remove_file(dir.join(name)) {
                    Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(fault(&e)),
                    _ => {}
                }
            }
            Ok(())
        })
        .await
    }

    async fn on<T: Send + 'static>(
        &self,
        unit: &str,
        work: impl FnOnce(&Path) -> Result<T, FolderFault> + Send + 'static,
    ) -> Result<T, FolderFault> {
        // A pack's codes are such; a name that is a path of its own would lead elsewhere.
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if unit.is_empty() || !unit.chars().all(plain) {
            return Err(FolderFault::Refused);
        }
        if !self.waited().insert(unit.to_owned()) {
            return Err(FolderFault::Silent);
        }
        let (this, unit) = (self.clone(), unit.to_owned());
        let work = tokio::task::spawn_blocking(move || {
            let done = if this.base.is_dir() {
                work(&this.base.join(&unit))
            } else {
                Err(FolderFault::Missing)
            };
            this.waited().remove(&unit);
            done
        });
        match timeout(PATIENCE, work).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(FolderFault::Broken),
            Err(_) => Err(FolderFault::Silent),
        }
    }

    fn waited(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.waited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_marked(dir: &Path, mark: Uuid) -> Result<(), FolderFault> {
    match fs::read_to_string(dir.join(MARK)) {
        Ok(text) if text.trim() == mark.to_string() => Ok(()),
        Ok(_) => Err(FolderFault::Unmarked),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(FolderFault::Unmarked),
        Err(e) => Err(fault(&e)),
    }
}

fn names(dir: &Path) -> Result<HashSet<String>, FolderFault> {
    let mut names = HashSet::new();
    for entry in fs::read_dir(dir).map_err(|e| fault(&e))? {
        names.insert(entry.map_err(|e| fault(&e))?.file_name().to_string_lossy().into_owned());
        if names.len() > NAMES {
            return Err(FolderFault::Broken);
        }
    }
    Ok(names)
}

/// A name that gates leave alone.
fn hidden(name: &str) -> String {
    format!(".{name}.tmp")
}

/// A new file of this name. What lies there is of an earlier try, or somebody's link to elsewhere: it goes first.
fn create(path: &Path) -> io::Result<fs::File> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(path)
}

/// Under a hidden name, to the disk, and then under its own: nobody ever sees half of it.
fn put(dir: &Path, name: &str, content: &[u8]) -> Result<(), FolderFault> {
    let under_way = dir.join(hidden(name));
    let done = create(&under_way).and_then(|mut file| {
        file.set_permissions(fs::Permissions::from_mode(FILE_MODE))?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&under_way, dir.join(name))?;
        fs::File::open(dir)?.sync_all()
    });
    done.map_err(|e| {
        // It would take the room that is missing.
        let _ = fs::remove_file(&under_way);
        fault(&e)
    })
}

fn fault(e: &io::Error) -> FolderFault {
    match e.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FolderFault::Missing,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => FolderFault::Refused,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FolderFault::Full,
        _ => FolderFault::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> PathBuf {
        let base = std::env::temp_dir().join(format!("sw-folder-{}", Uuid::new_v4().simple()));
        fs::create_dir(&base).unwrap();
        base
    }

    #[tokio::test]
    async fn a_version_is_two_whole_files_however_often_it_is_written() {
        let base = base();
        let (disk, mark, file) = (Disk::new(base.clone()), Uuid::new_v4(), FileId(Uuid::new_v4()));
        disk.lay("pol", mark).await.unwrap();
        for round in [b'1', b'2'] {
            disk.try_out("pol", mark, file).await.unwrap();
            disk.write("pol", file, [vec![b'p', round], vec![b'j', round]])
                .await
                .unwrap();
        }
        let expected = [MARK.to_owned(), format!("{file}.html.age"), format!("{file}.jws.age")];
        assert_eq!(disk.names("pol", mark).await, Ok(expected.into_iter().collect()));
        let jws = base.join(format!("pol/{file}.jws.age"));
        assert_eq!(fs::read(&jws).unwrap(), b"j2");
        assert_eq!(fs::metadata(&jws).unwrap().permissions().mode() & 0o777, FILE_MODE);
        let gone = vec![format!("{file}.jws.age"), "never-there".into()];
        disk.remove("pol", gone).await.unwrap();
        assert_eq!(disk.names("pol", mark).await.unwrap().len(), 2);
        fs::remove_dir_all(base).unwrap();
    }

    #[tokio::test]
    async fn nothing_is_believed_of_a_folder_without_its_mark() {
        let base = base();
        let (disk, mark) = (Disk::new(base.clone()), Uuid::new_v4());
        disk.lay("pol", mark).await.unwrap();
        assert_eq!(disk.names("pol", Uuid::new_v4()).await, Err(FolderFault::Unmarked));
        fs::remove_file(base.join("pol").join(MARK)).unwrap();
        assert_eq!(disk.names("pol", mark).await, Err(FolderFault::Unmarked));
        fs::remove_dir_all(base.join("pol")).unwrap();
        assert_eq!(disk.names("pol", mark).await, Err(FolderFault::Unmarked));
        fs::remove_dir_all(&base).unwrap();
        assert_eq!(disk.names("pol", mark).await, Err(FolderFault::Missing));
        assert_eq!(disk.lay("../pol", mark).await, Err(FolderFault::Refused));
    }

    #[tokio::test]
    async fn a_link_that_somebody_laid_leads_nowhere() {
        let base = base();
        let (disk, mark, file) = (Disk::new(base.clone()), Uuid::new_v4(), FileId(Uuid::new_v4()));
        disk.lay("pol", mark).await.unwrap();
        let victim = base.join("victim");
        fs::write(&victim, "kept").unwrap();
        for end in ENDS {
            std::os::unix::fs::symlink(&victim, base.join("pol").join(hidden(&format!("{file}.{end}")))).unwrap();
        }
        disk.write("pol", file, [vec![1], vec![2]]).await.unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "kept");
        fs::remove_dir_all(base).unwrap();
    }
}
