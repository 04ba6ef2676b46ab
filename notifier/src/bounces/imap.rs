//! The mailbox that returns go to. Mails that we made nothing of stay unseen and untouched.

use std::{pin::Pin, time::Duration};

use async_imap::{Client, Session};
use futures::TryStreamExt;
use platform::tls::{self, Stream};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};

use super::url::ImapUrl;

/// Longest wait for any answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longer mails are no returns of our short ones.
const LARGEST_BYTES: u32 = 256 * 1024;
/// New mails looked at in one visit.
const AT_ONCE: usize = 200;

/// A visit to the mailbox.
pub(super) struct Mailbox {
    session: Session<Pin<Box<dyn Stream>>>,
    /// Changes when the server numbers its mails anew.
    pub(super) validity: u32,
}

impl Mailbox {
    /// Connects, logs in, opens the folder.
    pub(super) async fn open(url: &ImapUrl) -> anyhow::Result<Self> {
        let tcp = limited(TcpStream::connect((url.host.as_str(), url.port))).await??;
        let stream: Pin<Box<dyn Stream>> = if url.tls {
            let name = ServerName::try_from(url.host.clone())?;
            Box::pin(limited(TlsConnector::from(tls::client()?).connect(name, tcp)).await??)
        } else {
            Box::pin(tcp)
        };
        let mut client = Client::new(stream);
        let greeted = limited(client.read_response()).await??;
        anyhow::ensure!(greeted.is_some(), "the server closed the connection");
        let login = limited(client.login(&url.user, &url.password)).await?;
        let mut session = login.map_err(|(e, _)| e)?;
        let folder = limited(session.select(&url.folder)).await??;
        Ok(Self {
            session,
            validity: folder.uid_validity.unwrap_or(0),
        })
    }

    /// Unseen mails numbered above `after`, the oldest first, and their sizes.
    pub(super) async fn unseen(&mut self, after: u32) -> anyhow::Result<Vec<u32>> {
        let query = format!("UNSEEN UID {}:*", after.saturating_add(1));
        let found = limited(self.session.uid_search(query)).await??;
        // `n:*` always names the last mail, even where its number is below n.
        let mut uids: Vec<u32> = found.into_iter().filter(|uid| *uid > after).collect();
        uids.sort_unstable();
        uids.truncate(AT_ONCE);
        Ok(uids)
    }

    /// A mail's bytes, unread as it was; `None` when it is gone or too long.
    pub(super) async fn fetch(&mut self, uid: u32) -> anyhow::Result<Option<Vec<u8>>> {
        let set = uid.to_string();
        let sizes: Vec<_> = limited(async {
            self.session
                .uid_fetch(&set, "(UID RFC822.SIZE)")
                .await?
                .try_collect()
                .await
        })
        .await??;
        let fits = |fetch: &async_imap::types::Fetch| {
            fetch.uid == Some(uid) && fetch.size.is_some_and(|size| size <= LARGEST_BYTES)
        };
        if !sizes.iter().any(fits) {
            return Ok(None);
        }
        let bodies: Vec<async_imap::types::Fetch> = limited(async {
            self.session
                .uid_fetch(&set, "(UID BODY.PEEK[])")
                .await?
                .try_collect()
                .await
        })
        .await??;
        Ok(bodies.iter().find_map(|fetch| fetch.body().map(<[u8]>::to_vec)))
    }

    /// Marks a mail as seen: it was understood.
    pub(super) async fn done(&mut self, uid: u32) -> anyhow::Result<()> {
        let set = uid.to_string();
        let _: Vec<async_imap::types::Fetch> = limited(async {
            self.session
                .uid_store(&set, "+FLAGS (\\Seen)")
                .await?
                .try_collect()
                .await
        })
        .await??;
        Ok(())
    }

    /// Says goodbye.
    pub(super) async fn close(mut self) {
        _ = limited(self.session.logout()).await;
    }
}

async fn limited<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    timeout(PATIENCE, work)
        .await
        .map_err(|_| anyhow::anyhow!("no answer within {} s", PATIENCE.as_secs()))
}
