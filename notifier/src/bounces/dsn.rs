//! Reading a returned mail: which notice, and why.
//!
//! Delivery status notifications (RFC 3464) say it in fields. Some large providers return mails in words of their own; those
//! count only where a mail system wrote them, and where our own token or Message-ID stands in them. Whatever else lies in the
//! mailbox — answers, holiday notes, delays — is none of our business.

use casework::zh::servers;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders};

use crate::mailer::scrub;
use platform::store::NoticeId;

/// A notice that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Returned {
    /// The notice.
    pub(crate) id: NoticeId,
    /// Status and the other server's words, without addresses.
    pub(crate) reason: String,
}

/// Longest reason kept.
const REASON_CHARS: usize = 300;

/// Reads a mail; `None` when it returns none of ours for good.
pub(crate) fn read(raw: &[u8]) -> Option<Returned> {
    let message = MessageParser::default().parse(raw)?;
    let status = message.parts.iter().find(|part| is(part, "message", "delivery-status"));
    let reason = match status {
        Some(part) => by_fields(&String::from_utf8_lossy(part.contents()))?,
        None => by_words(&message)?,
    };
    let id = by_token(&message).or_else(|| by_original(&message)).or_else(|| {
        let in_words = status.is_none();
        in_words.then(|| message.parts.iter().find_map(|part| message_id(part.text_contents()?)))?
    })?;
    let reason: String = scrub(&reason)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(REASON_CHARS)
        .collect();
    Some(Returned { id, reason })
}

fn is(part: &MessagePart<'_>, kind: &str, of: &str) -> bool {
    part.content_type().is_some_and(|t| {
        let subtype = t.c_subtype.as_deref().unwrap_or_default();
        t.c_type.eq_ignore_ascii_case(kind) && subtype.eq_ignore_ascii_case(of)
    })
}

/// `Status` and `Diagnostic-Code` where the action is a failure; a delay or a success is no return.
fn by_fields(fields: &str) -> Option<String> {
    let mut unfolded: Vec<String> = Vec::new();
    for line in fields.lines() {
        match unfolded.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => unfolded.push(line.trim_end().to_owned()),
        }
    }
    let field = |name: &str| {
        unfolded.iter().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let failed = field("Action").is_some_and(|action| action.eq_ignore_ascii_case("failed"));
    if !failed {
        return None;
    }
    let parts = [field("Status"), field("Diagnostic-Code")];
    let said: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    Some(if said.is_empty() {
        "returned".to_owned()
    } else {
        said.join("; ")
    })
}

/// A return in words: from a mail system, that says so in its subject.
fn by_words(message: &Message<'_>) -> Option<String> {
    let from = message.from()?.first()?.address()?.to_lowercase();
    let system = ["mailer-daemon@", "postmaster@", "mail-daemon@"];
    let subject = message.subject().unwrap_or_default().to_owned();
    let lower = subject.to_lowercase();
    let returned = [
        "undeliver",
        "failure",
        "returned",
        "failed",
        servers::RETURNED,
        servers::UNDELIVERABLE,
        servers::DELIVERY_FAILED,
    ];
    let passing = ["delay", "warning", servers::DELAYED, "auto", servers::AUTOMATIC];
    let counts = system.iter().any(|name| from.starts_with(name))
        && returned.iter().any(|word| lower.contains(word))
        && !passing.iter().any(|word| lower.contains(word));
    counts.then_some(subject)
}

/// The token in the address that the return was sent to.
fn by_token(message: &Message<'_>) -> Option<NoticeId> {
    ["To", "Delivered-To", "X-Original-To", "Envelope-To"]
        .iter()
        .filter_map(|name| message.header_raw(*name))
        .find_map(uuid_in)
}

/// The Message-ID of the mail that came back, whole or only its headers.
fn by_original(message: &Message<'_>) -> Option<NoticeId> {
    message.parts.iter().find_map(|part| {
        if let Some(original) = part.message() {
            return original.message_id().and_then(uuid_in);
        }
        let headers = is(part, "text", "rfc822-headers") || is(part, "message", "rfc822");
        headers.then(|| message_id(part.text_contents()?)).flatten()
    })
}

/// The first Message-ID line of a text that is one of ours.
fn message_id(text: &str) -> Option<NoticeId> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("Message-ID")
            .then(|| uuid_in(value))
            .flatten()
    })
}

/// The first UUID in a text, with or without hyphens.
fn uuid_in(text: &str) -> Option<NoticeId> {
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || c == '-'));
    let long = |word: &&str| word.len() == 36 || word.len() == 32;
    words.filter(long).find_map(|word| word.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "3f2a7c1e-0b7d-4c57-9d1e-2f5b6a7c8d90";

    fn id() -> NoticeId {
        ID.parse().unwrap()
    }

    fn report(to: &str, action: &str, original: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nI'm sorry\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; pol@taihe.example\r\nAction: {action}\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <pol@taihe.example>:\r\n    User unknown\r\n\
             {original}--b--\r\n"
        )
    }

    #[test]
    fn a_return_is_matched_by_its_token_or_by_the_original() {
        let by_id = format!(
            "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{ID}@taihe.example>\r\nSubject: x\r\n\r\nbody\r\n"
        );
        let by_headers = format!(
            "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{ID}@taihe.example>\r\nSubject: x\r\n\r\n"
        );
        for (to, original) in [
            (format!("bounce+{}@taihe.example", id().0.simple()), String::new()),
            ("shouwang@taihe.example".to_owned(), by_id),
            ("shouwang@taihe.example".to_owned(), by_headers),
        ] {
            let read = read(report(&to, "failed", &original).as_bytes()).expect("a return");
            assert_eq!(read.id, id());
            assert_eq!(read.reason, "5.1.1; smtp; 550 5.1.1 <(mailbox)>: User unknown");
        }
    }

    #[test]
    fn delays_answers_and_strangers_are_left_alone() {
        let ours = format!("bounce+{}@taihe.example", id().0.simple());
        assert_eq!(read(report(&ours, "delayed", "").as_bytes()), None);
        assert_eq!(read(report(&ours, "delivered", "").as_bytes()), None);
        assert_eq!(read(report("shouwang@taihe.example", "failed", "").as_bytes()), None);
        let holiday = format!("From: pol@taihe.example\r\nTo: {ours}\r\nSubject: 自动回复\r\n\r\n休假\r\n");
        assert_eq!(read(holiday.as_bytes()), None);
        assert_eq!(read(b"\xff\xfe\x00"), None);
        assert_eq!(read(b""), None);
    }

    #[test]
    fn returns_in_words_count_where_a_mail_system_wrote_them() {
        let mail = |from: &str, subject: &str| {
            format!(
                "From: {from}\r\nTo: shouwang@taihe.example\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n无法投递\r\nMessage-ID: <{ID}@taihe.example>\r\n"
            )
        };
        assert_eq!(
            read(mail("postmaster@qq.example", "Undelivered: 来信被退回").as_bytes()).map(|r| r.id),
            Some(id())
        );
        assert_eq!(read(mail("wang@qq.example", "Undelivered").as_bytes()), None);
        assert_eq!(
            read(mail("postmaster@qq.example", "Delayed delivery warning, not failed yet").as_bytes()),
            None
        );
    }
}
