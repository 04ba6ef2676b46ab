//! 退信: mails that a server took and another returned. Read from a mailbox where one is configured; each marks its notice, and
//! of a P1 whoever is above is told as of any other that did not arrive.

mod dsn;
mod imap;
mod url;

use std::time::Duration;

use platform::{
    clock,
    store::{Bounced, Notifier, Store},
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

pub(crate) use self::{
    dsn::{Returned, read},
    url::ImapUrl,
};
use imap::Mailbox;

/// How often the mailbox is looked into.
const EVERY: Duration = Duration::from_secs(60);

/// How far the mailbox was read, so that what we made nothing of is not read again.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    validity: u32,
    uid: u32,
}

/// Looks into the mailbox every minute until `stop`. A mailbox that can't be read stops no mail.
pub(crate) async fn watch(
    store: Store<Notifier>,
    county: String,
    url: ImapUrl,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut progress = Progress::default();
    loop {
        // Dropped at stop: what is marked already is marked, and the rest is read again.
        match stop
            .run_until_cancelled(visit(&store, &county, &url, &mut progress))
            .await
        {
            None => return Ok(()),
            Some(Ok(_)) => metrics::gauge!("shouwang_bounces_mailbox_away").set(0.0),
            Some(Err(e)) => {
                metrics::gauge!("shouwang_bounces_mailbox_away").set(1.0);
                warn!(error = format!("{e:#}"), "the mailbox of returned mails can't be read");
            }
        }
        if stop.run_until_cancelled(sleep(EVERY)).await.is_none() {
            return Ok(());
        }
    }
}

/// One visit; answers how many notices were marked.
pub(crate) async fn visit(
    store: &Store<Notifier>,
    county: &str,
    url: &ImapUrl,
    progress: &mut Progress,
) -> anyhow::Result<usize> {
    let mut mailbox = Mailbox::open(url).await?;
    if mailbox.validity != progress.validity {
        *progress = Progress {
            validity: mailbox.validity,
            uid: 0,
        };
    }
    let mut marked = 0;
    for uid in mailbox.unseen(progress.uid).await? {
        let returned = mailbox.fetch(uid).await?.as_deref().and_then(read);
        if let Some(returned) = returned {
            match record(store, county, &returned).await? {
                // The sending is not recorded yet: from here on the next visit looks again.
                Bounced::NotYet => break,
                Bounced::Unknown => {}
                Bounced::Before => mailbox.done(uid).await?,
                Bounced::Marked => {
                    marked += 1;
                    metrics::counter!("shouwang_notices_bounced_total").increment(1);
                    info!(id = %returned.id, reason = returned.reason, "a mail was returned");
                    mailbox.done(uid).await?;
                }
            }
        }
        progress.uid = uid;
    }
    mailbox.close().await;
    Ok(marked)
}

/// In a task of its own: a stop must not leave the transaction half way.
async fn record(store: &Store<Notifier>, county: &str, returned: &Returned) -> anyhow::Result<Bounced> {
    let (store, county, returned) = (store.clone(), county.to_owned(), returned.clone());
    let write = async move {
        store
            .notice_bounce(&county, returned.id, &returned.reason, clock::now())
            .await
    };
    Ok(tokio::spawn(write).await??)
}
