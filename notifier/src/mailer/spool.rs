//! Mails as files: `file:///folder` gets one `.eml` a notice, named by its id, so that a repeat replaces its forerunner.

use std::path::{Path, PathBuf};

use super::{Failure, Fault, Mailer, Phase, Sender};
use crate::mail::Mail;

/// Writes mails into a folder.
pub(crate) struct Spool {
    dir: PathBuf,
    sender: Sender,
}

impl Spool {
    /// `dir` is made at the first mail, or at the probe before it.
    pub(crate) fn new(dir: PathBuf, sender: Sender) -> Self {
        Self { dir, sender }
    }
}

impl Mailer for Spool {
    async fn send(&self, mail: &Mail) -> Result<(), Failure> {
        let (_, bytes) = self.sender.write(mail)?;
        write(&self.dir, &mail.id.to_string(), &bytes)
            .await
            .map_err(|e| failed(&self.dir, &e))
    }

    async fn probe(&self) -> Result<(), Failure> {
        tokio::fs::create_dir_all(&self.dir)
            .await
            .map_err(|e| failed(&self.dir, &e))
    }
}

/// A reader of the folder sees whole mails only.
async fn write(dir: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    tokio::fs::create_dir_all(dir).await?;
    let unfinished = dir.join(format!(".{name}.part"));
    tokio::fs::write(&unfinished, bytes).await?;
    tokio::fs::File::open(&unfinished).await?.sync_all().await?;
    tokio::fs::rename(&unfinished, dir.join(format!("{name}.eml"))).await
}

/// A full or missing disk is the operator's problem, not the recipient's.
fn failed(dir: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Fault::Server, Phase::Spool, &format!("{}: {error}", dir.display()))
}
