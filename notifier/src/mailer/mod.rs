//! Sending: the only place that knows SMTP.
//!
//! Two implementations run today: [`Smtp`] and [`Spool`], which writes `.eml` files into a folder for a county without a
//! mail server. What went wrong is typed by what to do about it ([`Fault`]), not by how the library names it.

mod classify;
mod connection;
mod message;
mod smtp;
mod spool;
mod url;

use std::{fmt, future::Future, time::Duration};

pub(crate) use self::classify::scrub;
pub(crate) use self::{
    connection::Timeouts,
    message::Sender,
    smtp::Smtp,
    spool::Spool,
    url::{MailUrl, Security, Server},
};
use crate::mail::Mail;

/// Takes mails away.
pub(crate) trait Mailer: Send + Sync + 'static {
    /// Sends one mail; answers once the other side has taken the responsibility for it.
    fn send(&self, mail: &Mail) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Whether a mail could be sent now, as far as that can be known without sending one.
    fn probe(&self) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Closes what has been idle for a while. Called every few seconds.
    fn tidy(&self) {}
}

/// Where a mail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    /// TCP, and TLS for `smtps://`.
    Connect,
    /// The server's greeting and its answer to EHLO.
    Greeting,
    /// STARTTLS.
    Tls,
    /// AUTH.
    Auth,
    /// MAIL FROM and RCPT TO.
    Envelope,
    /// DATA until the server wants the text.
    Data,
    /// The text and the server's answer to it.
    Done,
    /// Writing the mail.
    Render,
    /// Not mailed on purpose.
    Policy,
    /// Writing the file.
    Spool,
}

impl Phase {
    /// Whether no mail was named yet, so that what fails here fails for all.
    pub(crate) const fn is_before_any_mail(self) -> bool {
        matches!(self, Self::Connect | Self::Greeting | Self::Tls | Self::Auth)
    }

    /// The word in `notice_attempts`, logs and metrics.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Greeting => "greeting",
            Self::Tls => "tls",
            Self::Auth => "auth",
            Self::Envelope => "envelope",
            Self::Data => "data",
            Self::Done => "done",
            Self::Render => "render",
            Self::Policy => "policy",
            Self::Spool => "spool",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Will pass for this mail: try again.
    Passing,
    /// The mailbox holds no more: try again for days, and tell whoever is above.
    Full,
    /// The server can't be reached or refuses us, whatever the mail: all mails wait for it.
    Server,
    /// The same, and waiting alone does not mend it: login, relaying, encryption, our own address.
    Ours,
    /// This mail will never arrive at this mailbox.
    Recipient,
}

impl Fault {
    /// Whether it would be said to every mail alike.
    pub(crate) const fn is_everybodys(self) -> bool {
        matches!(self, Self::Server | Self::Ours)
    }
}

/// A mail that was not taken.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{phase}: {detail}")]
pub(crate) struct Failure {
    /// What to do about it.
    pub(crate) fault: Fault,
    /// Where it happened.
    pub(crate) phase: Phase,
    /// The recipient had been named, so that the answer may be about this mail alone.
    pub(crate) named: bool,
    /// What was said, without addresses.
    pub(crate) detail: String,
}

impl Failure {
    pub(crate) fn new(fault: Fault, phase: Phase, detail: &str) -> Self {
        Self {
            fault,
            phase,
            named: false,
            detail: plain(detail),
        }
    }

    fn named(self, named: bool) -> Self {
        Self { named, ..self }
    }

    fn timeout(phase: Phase, named: bool, limit: Duration) -> Self {
        let fault = if phase.is_before_any_mail() {
            Fault::Server
        } else {
            Fault::Passing
        };
        Self::new(fault, phase, &format!("no answer within {} ms", limit.as_millis())).named(named)
    }
}

/// One line of bounded length. PostgreSQL refuses NUL, and a server may answer anything.
fn plain(detail: &str) -> String {
    const LONGEST: usize = 300;
    detail
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST)
        .collect()
}
