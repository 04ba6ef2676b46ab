//! One SMTP connection, each phase under its own timeout.
//!
//! lettre's own timeout covers connecting only, so this file drives its connection command by command. A phase that runs out of
//! time drops the connection: after that nobody knows what the server still means to say.

use std::{future::Future, time::Duration};

use lettre::{
    address::Envelope,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout},
};

use super::{Failure, Fault, Phase, Security, Server, classify::classify};

/// How long each phase may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    /// Name lookup and TCP, and TLS where it comes first.
    pub(crate) connect: Duration,
    /// Greeting and EHLO; STARTTLS and AUTH each as much again.
    pub(crate) greeting: Duration,
    /// MAIL FROM and RCPT TO, each.
    pub(crate) envelope: Duration,
    /// DATA until the server wants the text.
    pub(crate) data: Duration,
    /// The text and the answer to it: servers scan it meanwhile. The longest, since giving up here may send it twice.
    pub(crate) done: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            greeting: Duration::from_secs(10),
            envelope: Duration::from_secs(15),
            data: Duration::from_secs(30),
            done: Duration::from_mins(1),
        }
    }
}

/// A connection that is ready for a mail.
pub(super) struct Connection {
    smtp: AsyncSmtpConnection,
    timeouts: Timeouts,
    pub(super) idle_since: Instant,
}

impl Connection {
    /// Connects, encrypts and logs in as the URL asks.
    pub(super) async fn open(server: &Server, domain: &str, timeouts: Timeouts) -> Result<Self, Failure> {
        let hello = ClientId::Domain(domain.to_owned());
        let mut smtp = if server.security == Security::Tls {
            // lettre joins TCP, TLS and greeting here: one timeout for all three.
            let connecting = AsyncSmtpConnection::connect_tokio1(
                (server.host.as_str(), server.port),
                None,
                &hello,
                Some(tls(server)?),
                None,
            );
            phase(Phase::Connect, timeouts.connect + timeouts.greeting, false, connecting).await?
        } else {
            let tcp = connect(server, timeouts.connect).await?;
            let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(tcp), &hello);
            phase(Phase::Greeting, timeouts.greeting, false, greeting).await?
        };
        let must = server.security == Security::StartTls;
        if must && !smtp.can_starttls() {
            // Somebody on the way may have taken the offer out of the answer: waiting is right, sending the password is not.
            let why =
                "the server offers no STARTTLS, and a login is sent only encrypted (mail.allow_plain_login allows it)";
            return Err(Failure::new(Fault::Ours, Phase::Tls, why));
        }
        if must || server.security == Security::StartTlsIfOffered && smtp.can_starttls() {
            phase(
                Phase::Tls,
                timeouts.greeting,
                false,
                smtp.starttls(tls(server)?, &hello),
            )
            .await?;
        }
        if let Some((user, password)) = &server.login {
            if !smtp.is_encrypted() {
                tracing::warn!("the mail server offers no encryption: the login is sent in the clear");
            }
            let login = Credentials::new(user.clone(), password.clone());
            phase(
                Phase::Auth,
                timeouts.greeting,
                false,
                smtp.auth(DEFAULT_MECHANISMS, &login),
            )
            .await?;
        }
        Ok(Self {
            smtp,
            timeouts,
            idle_since: Instant::now(),
        })
    }

    /// Begins a mail. On a connection that was kept this is where its end shows, and nothing is sent yet.
    pub(super) async fn mail_from(&mut self, envelope: &Envelope) -> Result<(), Failure> {
        let command = Mail::new(envelope.from().cloned(), Vec::new());
        phase(
            Phase::Envelope,
            self.timeouts.envelope,
            false,
            self.smtp.command(command),
        )
        .await
        .map(drop)
    }

    /// The rest of the mail; `Ok` once the server took it.
    pub(super) async fn deliver(&mut self, envelope: &Envelope, bytes: &[u8]) -> Result<(), Failure> {
        for to in envelope.to() {
            let command = self.smtp.command(Rcpt::new(to.clone(), Vec::new()));
            phase(Phase::Envelope, self.timeouts.envelope, true, command).await?;
        }
        phase(Phase::Data, self.timeouts.data, true, self.smtp.command(Data)).await?;
        phase(Phase::Done, self.timeouts.done, true, self.smtp.message(bytes)).await?;
        self.idle_since = Instant::now();
        Ok(())
    }

    /// Says goodbye, and waits no longer than politeness asks.
    pub(super) async fn close(mut self) {
        const POLITE: Duration = Duration::from_secs(1);
        _ = timeout(POLITE, self.smtp.quit()).await;
    }
}

async fn connect(server: &Server, limit: Duration) -> Result<TcpStream, Failure> {
    let begun = Instant::now();
    let connected = timeout(limit, TcpStream::connect((server.host.as_str(), server.port))).await;
    measure(Phase::Connect, begun);
    let tcp = connected
        .map_err(|_| Failure::timeout(Phase::Connect, false, limit))?
        .and_then(|tcp| tcp.set_nodelay(true).map(|()| tcp))
        .map_err(|e| Failure::new(Fault::Server, Phase::Connect, &e.to_string()))?;
    // Without TCP_NODELAY the text's last line waits 40 ms for the acknowledgement of the lines before it.
    Ok(tcp)
}

fn tls(server: &Server) -> Result<TlsParameters, Failure> {
    TlsParameters::new(server.host.clone()).map_err(|e| classify(Phase::Tls, false, &e))
}

async fn phase<T>(
    phase: Phase,
    limit: Duration,
    named: bool,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Failure> {
    let begun = Instant::now();
    let ended = timeout(limit, work).await;
    measure(phase, begun);
    match ended {
        Err(_) => Err(Failure::timeout(phase, named, limit)),
        Ok(answer) => answer.map_err(|e| classify(phase, named, &e)),
    }
}

fn measure(phase: Phase, begun: Instant) {
    metrics::histogram!("shouwang_mail_phase_seconds", "phase" => phase.as_str()).record(begun.elapsed().as_secs_f64());
}
