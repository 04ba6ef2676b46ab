//! Mailers that talk to the SMTP server of the tests.

use std::time::Duration;

use crate::mailer::{Security, Sender, Server, Smtp, Timeouts};
use tests::{Act, MailSink};

/// A plain server, without any extension, that agrees to everything but `acts`.
pub(crate) fn sink(acts: &[(&'static str, Act)]) -> MailSink {
    let sink = MailSink::start();
    sink.offer(&[]);
    sink.now(acts);
    sink
}

/// A mailer that talks to it.
pub(crate) fn mailer_to(sink: &MailSink, timeouts: Timeouts) -> Smtp {
    let sender = Sender::parse("shouwang@taihe.example").expect("an address");
    Smtp::new(server_of(sink), sender, timeouts)
}

/// Its address, without encryption and login.
pub(crate) fn server_of(sink: &MailSink) -> Server {
    Server {
        host: "127.0.0.1".into(),
        port: sink.port(),
        security: Security::Plain,
        login: None,
    }
}

/// Mails taken so far, as their text.
pub(crate) fn texts(sink: &MailSink) -> Vec<String> {
    sink.mails()
        .into_iter()
        .map(|mail| mail.raw.replace("\r\n", "\n"))
        .collect()
}

/// All phases as short as `ms`.
pub(crate) fn timeouts(ms: u64) -> Timeouts {
    let each = Duration::from_millis(ms);
    Timeouts {
        connect: each,
        greeting: each,
        envelope: each,
        data: each,
        done: each,
    }
}
