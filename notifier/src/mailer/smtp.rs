//! Mails over SMTP, with a few connections kept for the next mail.
//!
//! A connection is handed to one mail at a time and kept only after a success. The server may close a kept one whenever it
//! likes; that shows at MAIL FROM, before anything is sent, and is worth one fresh connection.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use lettre::address::Envelope;

use super::{Failure, Mailer, Sender, Server, Timeouts, connection::Connection};
use crate::mail::Mail;

/// How long a connection is kept: a burst of notices shares some, a quiet night holds none.
const KEEP: Duration = Duration::from_secs(10);

/// Sends over SMTP.
pub(crate) struct Smtp {
    server: Server,
    sender: Sender,
    timeouts: Timeouts,
    kept: Mutex<Vec<Connection>>,
}

impl Smtp {
    /// Nothing is connected yet.
    pub(crate) fn new(server: Server, sender: Sender, timeouts: Timeouts) -> Self {
        Self {
            server,
            sender,
            timeouts,
            kept: Mutex::default(),
        }
    }

    async fn open(&self) -> Result<Connection, Failure> {
        Connection::open(&self.server, self.sender.domain(), self.timeouts).await
    }

    /// A fresh connection that has accepted the sender.
    async fn begin(&self, envelope: &Envelope) -> Result<Connection, Failure> {
        let mut connection = self.open().await?;
        connection.mail_from(envelope).await?;
        Ok(connection)
    }

    /// The one used last, which is the least likely to be closed by the other side.
    fn take(&self) -> Option<Connection> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: Connection) {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
    }
}

impl Mailer for Smtp {
    async fn send(&self, mail: &Mail) -> Result<(), Failure> {
        let (envelope, bytes) = self.sender.write(mail)?;
        let kept = self.take().filter(|kept| kept.idle_since.elapsed() <= KEEP);
        let mut connection = match kept {
            None => self.begin(&envelope).await?,
            Some(mut kept) => match kept.mail_from(&envelope).await {
                Ok(()) => kept,
                Err(_) => self.begin(&envelope).await?,
            },
        };
        connection.deliver(&envelope, &bytes).await?;
        self.keep(connection);
        Ok(())
    }

    async fn probe(&self) -> Result<(), Failure> {
        let connection = self.open().await?;
        connection.close().await;
        Ok(())
    }

    fn tidy(&self) {
        let old: Vec<Connection> = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extract_if(.., |connection| connection.idle_since.elapsed() > KEEP)
                .collect()
        };
        for connection in old {
            tokio::spawn(connection.close());
        }
    }
}
