//! From SMTP's replies to what to do about them (RFC 5321, 4.2.1 and RFC 3463).
//!
//! A 5xx about the recipient ends the notice at once, so that somebody is told. A 5xx about us (login wanted or wrong,
//! relaying refused, a refusal before any recipient was named) would fail every notice alike: that is the operator's
//! problem, the notices wait for it.

use lettre::transport::smtp::Error;

use super::{Failure, Fault, Phase};

/// Replies that speak about the session or about who we are, in whatever phase.
const ABOUT_US: [u16; 8] = [500, 502, 503, 504, 530, 534, 535, 538];

/// `mailbox` is taken out of the server's words: some repeat it, and logs must not hold it.
pub(super) fn classify(phase: Phase, error: &Error, mailbox: &str) -> Failure {
    // It shows its cause itself; the chain of causes would say everything twice.
    let said = error.to_string();
    let said = if mailbox.is_empty() {
        said
    } else {
        said.replace(mailbox, "(mailbox)")
    };
    let fault = match error.status().map(u16::from) {
        Some(code) if error.is_permanent() => permanent(phase, code, &said),
        // A 4xx passes by itself, but before any mail it holds up all of them.
        _ if phase.is_before_any_mail() => Fault::Server,
        _ => Fault::Passing,
    };
    Failure::new(fault, phase, &said)
}

/// A 5xx reply. MAIL FROM is ours too; [`super::connection`] names that phase's failures itself.
fn permanent(phase: Phase, code: u16, said: &str) -> Fault {
    match phase {
        Phase::Envelope | Phase::Data | Phase::Done => {
            let relaying = said.to_ascii_lowercase().contains("relay");
            if ABOUT_US.contains(&code) || (phase == Phase::Envelope && relaying) {
                Fault::Server
            } else {
                Fault::Recipient
            }
        }
        _ => Fault::Server,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permanent_replies_are_the_recipients_or_ours() {
        for (phase, code, said, fault) in [
            (Phase::Envelope, 550, "5.1.1 no such user", Fault::Recipient),
            (Phase::Envelope, 552, "5.2.2 mailbox full", Fault::Recipient),
            (Phase::Envelope, 553, "mailbox name not allowed", Fault::Recipient),
            (Phase::Envelope, 554, "5.7.1 <x>: Relay access denied", Fault::Server),
            (Phase::Envelope, 550, "relaying denied", Fault::Server),
            (Phase::Envelope, 530, "5.7.0 authentication required", Fault::Server),
            (Phase::Envelope, 503, "bad sequence of commands", Fault::Server),
            (Phase::Data, 554, "no valid recipients", Fault::Recipient),
            (Phase::Done, 554, "5.6.0 message refused", Fault::Recipient),
            (Phase::Done, 554, "refused: relayed spam", Fault::Recipient),
            (Phase::Greeting, 554, "no SMTP service here", Fault::Server),
            (Phase::Auth, 535, "5.7.8 bad credentials", Fault::Server),
            (Phase::Tls, 501, "syntax", Fault::Server),
        ] {
            assert_eq!(permanent(phase, code, said), fault, "{phase} {code} {said}");
        }
    }
}
