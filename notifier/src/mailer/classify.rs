//! From SMTP's replies to what to do about them (RFC 5321, RFC 3463).
//!
//! The first digit alone says too little: servers say "later" with 5xx (`550 Connection frequency limited`), speak of us where
//! the recipient was named (`554 5.7.1 Relay access denied`), and of the recipient where nothing is wrong with it (`552 5.2.2
//! mailbox full`). So phase, enhanced code and words are read together, from the most certain sign to the least. What stays
//! unclear is never the recipient's end: such a mail is tried again, and whoever is above a P1 is told meanwhile.

mod words;

use lettre::transport::smtp::Error;

use super::{Failure, Fault, Phase};
use words::has;
pub(crate) use words::scrub;

/// What a server answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reply<'a> {
    /// Where in the conversation.
    pub(crate) phase: Phase,
    /// The recipient was named. MAIL FROM belongs to the envelope, but speaks of us.
    pub(crate) named: bool,
    /// Three digits; `None` where no reply came.
    pub(crate) code: Option<u16>,
    /// Its words.
    pub(crate) text: &'a str,
}

/// Reads an error of the library. `named`: RCPT TO was sent.
pub(super) fn classify(phase: Phase, named: bool, error: &Error) -> Failure {
    // It shows its cause itself; the chain of causes would say everything twice.
    let said = error.to_string();
    let reply = Reply {
        phase,
        named,
        code: error.status().map(u16::from),
        text: &said,
    };
    let tls = error.is_tls()
        || phase == Phase::Tls
        || (phase == Phase::Connect && has(&said.to_lowercase(), &words::CERTIFICATE));
    let fault = if tls { Fault::Ours } else { judge(&reply) };
    Failure::new(fault, phase, &scrub(&said)).named(named)
}

/// The verdict over a reply.
pub(crate) fn judge(reply: &Reply<'_>) -> Fault {
    let text = reply.text.to_lowercase();
    let Some(code) = reply.code else {
        // Silence, a broken line, nonsense: before any mail it holds up all of them.
        return if reply.phase.is_before_any_mail() {
            Fault::Server
        } else {
            Fault::Passing
        };
    };
    let permanent = code >= 500;
    let status = enhanced(&text);
    if let Some(fault) = about_us(reply, code, status, &text) {
        return fault;
    }
    if reply.phase.is_before_any_mail() {
        return Fault::Server;
    }
    if has(&text, &words::GREYLIST) {
        return Fault::Passing;
    }
    if is_full(status, &text) {
        return Fault::Full;
    }
    if has(&text, &words::RATE) || matches!(status, Some((_, 4, 5) | (_, 7, 28 | 32))) {
        return whole_or_passing(&text);
    }
    if permanent && reply.named && is_gone(code, status, &text) {
        return Fault::Recipient;
    }
    if is_refusal(status, &text) || has(&text, &words::SYSTEM) || status.is_some_and(|(_, class, _)| class == 3) {
        return Fault::Server;
    }
    if !permanent || has(&text, &words::LATER) {
        return Fault::Passing;
    }
    match (reply.named, reply.phase) {
        // RFC 5321: 550, 551 and 553 to RCPT are about the mailbox, if nothing else is said.
        (true, Phase::Envelope)
            if matches!(code, 550 | 551 | 553) && status.is_none_or(|s| matches!(s, (5, 0, 0) | (5, 1 | 2, _))) =>
        {
            Fault::Recipient
        }
        // The only recipient was refused before.
        (true, Phase::Data) if code == 554 && text.contains("recipient") => Fault::Recipient,
        _ => Fault::Server,
    }
}

/// Login, relaying, our own address, encryption: true for every mail, and no waiting mends it.
fn about_us(reply: &Reply<'_>, code: u16, status: Option<Status>, text: &str) -> Option<Fault> {
    let passing = code < 500 || has(text, &words::RATE) || has(text, &words::LATER);
    match reply.phase {
        Phase::Tls => return Some(Fault::Ours),
        Phase::Auth => return Some(if passing { Fault::Server } else { Fault::Ours }),
        _ => {}
    }
    if code < 500 {
        return None;
    }
    let ours = match status {
        Some((5, 7, 0)) => has(text, &words::LOGIN) || has(text, &words::ENCRYPTION),
        Some((5, 7, 3 | 8 | 9 | 10 | 11 | 57 | 60) | (5, 1, 7 | 8)) => true,
        _ => false,
    };
    let command = matches!(code, 500 | 502 | 503 | 504 | 530 | 534 | 535 | 538);
    let said = has(text, &words::LOGIN) || has(text, &words::ENCRYPTION) || has(text, &words::SENDER);
    // A mail that was taken whole and then called "relayed spam" is no relaying of ours.
    let relay = reply.phase != Phase::Done && has(text, &words::RELAY);
    (!has(text, &words::RATE) && (ours || command || said || relay)).then_some(Fault::Ours)
}

fn is_full(status: Option<Status>, text: &str) -> bool {
    let sender = has(text, &words::SENDING_QUOTA) || matches!(status, Some((_, 4, 5) | (_, 3, _)));
    !sender && (matches!(status, Some((_, 2, 2))) || has(text, &words::FULL))
}

/// A rate counted per recipient passes with this mailbox; one counted per client stops everything.
fn whole_or_passing(text: &str) -> Fault {
    if has(text, &words::PER_RECIPIENT) {
        Fault::Passing
    } else {
        Fault::Server
    }
}

fn is_gone(code: u16, status: Option<Status>, text: &str) -> bool {
    let refused = has(text, &words::REPUTATION) || has(text, &words::LATER);
    let by_code = matches!(
        status,
        Some((5, 1, 0 | 1 | 2 | 3 | 4 | 6 | 10) | (5, 2, 0 | 1) | (5, 4, 4 | 1))
    ) || (code == 556 && !refused);
    !refused && (by_code || has(text, &words::GONE))
}

fn is_refusal(status: Option<Status>, text: &str) -> bool {
    matches!(status, Some((_, 6 | 7, _))) || has(text, &words::REPUTATION) || has(text, &words::CONTENT)
}

/// Class, subject and detail of RFC 3463.
type Status = (u16, u16, u16);

/// The first enhanced code in the text. Versions and addresses have more parts, or other first digits.
fn enhanced(text: &str) -> Option<Status> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .find_map(|word| {
            let mut parts = word.trim_end_matches('.').split('.');
            let mut next = |digits: usize| {
                let part = parts.next().filter(|part| (1..=digits).contains(&part.len()))?;
                part.parse::<u16>().ok()
            };
            let status = (next(1)?, next(3)?, next(3)?);
            (parts.next().is_none() && matches!(status.0, 2 | 4 | 5)).then_some(status)
        })
}

#[cfg(test)]
mod tests;
