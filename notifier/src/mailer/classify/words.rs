//! Words of real servers, in lower case: Postfix, Exim, Sendmail, Exchange, Gmail, QQ, 163, Coremail.

use casework::zh::servers;

/// Whether any of the words is in the text.
pub(super) fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// Takes mail addresses out of a server's words: some repeat the mailbox, and logs and pages must not hold it.
pub(crate) fn scrub(said: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "@._+-=%!#$&'*/?^`{|}~".contains(c);
    let mut out = String::with_capacity(said.len());
    let mut word = String::new();
    let flush = |word: &mut String, out: &mut String| {
        let address = word
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        out.push_str(if address { "(mailbox)" } else { word.as_str() });
        word.clear();
    };
    for c in said.chars() {
        if is_part(c) {
            word.push(c);
        } else {
            flush(&mut word, &mut out);
            out.push(c);
        }
    }
    flush(&mut word, &mut out);
    out
}

/// "Who are you": login wanted or wrong.
pub(super) const LOGIN: [&str; 10] = [
    "authentication required",
    "authentication is required",
    "authentication failed",
    "authentication unsuccessful",
    "must authenticate",
    "auth first",
    "need auth",
    "was not authenticated",
    "not authenticated",
    "bad credentials",
];

/// "Encrypt first".
pub(super) const ENCRYPTION: [&str; 4] = ["starttls", "encryption required", "encryption needed", "tls required"];

/// "Not through me".
pub(super) const RELAY: [&str; 6] = [
    "relay access denied",
    "relaying denied",
    "relay not permitted",
    "unable to relay",
    "not permitted to relay",
    "relaying not allowed",
];

/// Our own address is refused.
pub(super) const SENDER: [&str; 12] = [
    "sender address rejected",
    "sender rejected",
    "sender verify failed",
    "sender refused",
    "mail from must equal",
    "mail from address must be same",
    "not owned by user",
    "not owned by auth user",
    "invalid sender",
    "domain of sender",
    "sendasdenied",
    "send as denied",
];

/// Encryption that doesn't come about: a certificate that doesn't fit, or no TLS at this port.
pub(super) const CERTIFICATE: [&str; 5] = [
    "certificate",
    "invalid peer",
    "unknownissuer",
    "handshake",
    "corrupt message",
];

/// Come again, you in particular.
pub(super) const GREYLIST: [&str; 4] = ["greylist", "graylist", "postgrey", "greylisted"];

/// The mailbox holds no more.
pub(super) const FULL: [&str; 18] = [
    "mailbox full",
    "mailbox is full",
    "mailbox has exceeded",
    "mailbox size limit",
    "mailbox quota",
    "mail box full",
    "over quota",
    "overquota",
    "quota exceeded",
    "exceeded its quota",
    "exceeded storage allocation",
    "storage quota",
    "out of storage space",
    "inbox is full",
    "not enough space in the mailbox",
    servers::MAILBOX_FULL,
    servers::MAILBOX_SPACE,
    servers::NO_CAPACITY,
];

/// A quota, but ours of sending.
pub(super) const SENDING_QUOTA: [&str; 5] = [
    "sending quota",
    "sending limit",
    "daily user",
    "sender quota",
    servers::SENT_AMOUNT,
];

/// Too often, too many.
pub(super) const RATE: [&str; 32] = [
    "frequency limit",
    "frequency exceed",
    "too frequent",
    "connection frequency",
    "rate limit",
    "rate-limit",
    "ratelimit",
    "ratelimited",
    "rate exceeded",
    "exceeded the rate",
    "throttl",
    "too many connections",
    "too many concurrent",
    "concurrent connections",
    "too many messages",
    "too many mails",
    "too many emails",
    "too many sessions",
    "too many login",
    "unusual rate",
    "too quickly",
    "too fast",
    "sending quota",
    "sending limit",
    "daily user",
    "maximum messages",
    "max message",
    "message limit",
    "exceeds limit",
    "mt:connlmt",
    servers::SENDING_RATE,
    servers::TOO_OFTEN,
];

/// The counted rate is one mailbox's.
pub(super) const PER_RECIPIENT: [&str; 6] = [
    "is receiving mail",
    "receiving mail too",
    "receiving mail at a rate",
    "per recipient",
    "recipient rate",
    "this recipient",
];

/// Nobody of that name, or not any more.
pub(super) const GONE: [&str; 46] = [
    "user unknown",
    "unknown user",
    "unknown recipient",
    "unknown mailbox",
    "unknown address",
    "recipient unknown",
    "no such user",
    "no such mailbox",
    "no such recipient",
    "no such address",
    "no such domain",
    "no mailbox",
    "user not found",
    "user not exist",
    "user does not exist",
    "user doesn't exist",
    "user is not exist",
    "recipient not found",
    "recipient not exist",
    "recipient address rejected: user",
    "mailbox not found",
    "mailbox unavailable",
    "mailbox does not exist",
    "account does not exist",
    "email account that you tried to reach",
    "address does not exist",
    "invalid recipient",
    "invalid mailbox",
    "invalid user",
    "bad destination mailbox",
    "not a valid mailbox",
    "not our customer",
    "mailbox name not allowed",
    "mailbox disabled",
    "mailbox is disabled",
    "account disabled",
    "account is disabled",
    "account has been disabled",
    "account inactive",
    "account that you tried to reach is inactive",
    "user suspended",
    "user is locked",
    "has moved",
    "recipientnotfound",
    servers::NO_SUCH_USER,
    servers::NO_SUCH_RECIPIENT,
];

/// Our address, our name or our domain's records are not liked: said to everybody alike.
pub(super) const REPUTATION: [&str; 24] = [
    "spf",
    "dkim",
    "dmarc",
    "blocked using",
    "blocklist",
    "blacklist",
    "black list",
    "block list",
    "spamhaus",
    "client host",
    "ip is not allowed",
    "connecting ip",
    "your ip",
    "ip address",
    "banned sending ip",
    "helo",
    "reverse dns",
    "ptr record",
    "reverse hostname",
    "reputation",
    "service unavailable; client",
    "access denied",
    "in rbl",
    "spam",
];

/// The text is not liked.
pub(super) const CONTENT: [&str; 8] = [
    "content",
    "virus",
    "message rejected",
    "suspicious",
    "policy",
    "prohibited",
    "size limit",
    "message size",
];

/// The machine itself is not well.
pub(super) const SYSTEM: [&str; 14] = [
    "insufficient system",
    "insufficient disk",
    "disk full",
    "out of disk",
    "no space left",
    "service not available",
    "service unavailable",
    "shutting down",
    "maintenance",
    "system not accepting",
    "not accepting network messages",
    "server busy",
    "too busy",
    "system busy",
];

/// It will pass, whatever the digits say.
pub(super) const LATER: [&str; 17] = [
    "try again",
    "try later",
    "retry later",
    "later",
    "temporar",
    "deferred",
    "defer",
    "busy",
    "timeout",
    "timed out",
    "lookup fail",
    "dns error",
    "could not be resolved",
    "cannot resolve",
    "resources",
    servers::LATER,
    servers::FOR_NOW,
];
