//! Replies as servers give them, and what follows.

use super::{Fault, Phase, Reply, enhanced, judge, words::scrub};

#[derive(Clone, Copy, PartialEq)]
enum At {
    Greeting,
    Auth,
    From,
    To,
    Data,
    Text,
}

fn verdict(at: At, said: &str) -> Fault {
    let (phase, named) = match at {
        At::Greeting => (Phase::Greeting, false),
        At::Auth => (Phase::Auth, false),
        At::From => (Phase::Envelope, false),
        At::To => (Phase::Envelope, true),
        At::Data => (Phase::Data, true),
        At::Text => (Phase::Done, true),
    };
    let reply = Reply {
        phase,
        named,
        code: said.get(..3).and_then(|code| code.parse().ok()),
        text: said.get(4..).unwrap_or_default(),
    };
    judge(&reply)
}

/// Replies in the manner of the server named behind each; written down from knowledge of them, not copied from their logs.
const REPLIES: &[(At, &str, Fault)] = {
    use At::{Auth, Data, From, Greeting, Text, To};
    use Fault::{Full, Ours, Passing, Recipient, Server};
    &[
        // Greylisting.
        (
            To,
            "450 4.2.0 <a@b.cn>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/b.cn.html",
            Passing,
        ), // Postfix
        (To, "451 4.7.1 Greylisting in action, please come back later", Passing), // milter-greylist
        (
            To,
            "451 Resources temporarily unavailable. Please try again later. Greylist",
            Passing,
        ), // Coremail
        (To, "550 5.7.1 Greylisted, please try again in 180 seconds", Passing),   // with 5xx
        (
            To,
            "450 4.7.1 <a@b.cn>: Recipient address rejected: Try again, see RFC 6647",
            Server,
        ), // policy, passes like a server's
        // Rates and limits of the whole server, 4xx and 5xx.
        (Greeting, "550 Connection frequency limited", Server), // QQ
        (
            To,
            "550 Connection frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000722",
            Server,
        ), // QQ
        (From, "550 Connection frequency limited", Server),     // QQ
        (Text, "550 Mail content denied or connection frequency limited", Server), // QQ
        (Greeting, "421 HL:REP 163 smtp1,too many sessions from this IP", Server), // 163
        (
            From,
            "450 RP:QRC 163 smtp9, sending limit of this user is reached",
            Server,
        ), // 163
        (To, "452 Too many recipients received this hour", Passing), // Cyrus
        (From, "451 MI:SFQ 163 smtp3, sending frequency exceeds limit", Server), // 163
        (From, "554 MI:SFQ 163 smtp3, too frequent", Server),   // 163
        (
            Greeting,
            "421 4.7.0 mx.example Error: too many connections from 192.0.2.1",
            Server,
        ), // Postfix
        (
            To,
            "450 4.7.1 Error: too much mail from 192.0.2.1, rate limit exceeded",
            Server,
        ), // Postfix anvil
        (From, "421 4.3.2 Connection rate limit exceeded.", Server), // Sendmail
        (
            To,
            "451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)",
            Server,
        ), // Exchange Online
        (Text, "452 4.3.1 Insufficient system resources", Server), // Exchange
        (
            From,
            "421 4.4.2 Message submission rate for this client has exceeded the configured limit",
            Passing,
        ), // Exchange, no word of ours
        (
            Text,
            "550 5.4.5 Daily user sending quota exceeded. For more information go to Gmail help",
            Server,
        ), // Gmail
        (
            Text,
            "421 4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address",
            Server,
        ), // Gmail
        (Text, "550 5.7.28 unusual rate of mail", Server),      // with 5xx
        (
            To,
            "450 4.2.1 The user you are trying to contact is receiving mail too quickly.",
            Passing,
        ), // Gmail
        (
            To,
            "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages",
            Passing,
        ), // Gmail
        (To, "450 4.3.2 throttling failure: temporarily deferred", Server), // SES
        (From, "454 Throttling failure: Maximum sending rate exceeded.", Server), // SES
        (Auth, "535 Error: too many login attempts, frequency limited", Server), // QQ
        // Mailboxes that are full.
        (
            To,
            "452 4.2.2 The email account that you tried to reach is over quota",
            Full,
        ), // Gmail
        (
            To,
            "552 5.2.2 The email account that you tried to reach is over quota.",
            Full,
        ), // Gmail
        (To, "552 5.2.2 <a@b.cn>: user is over quota", Full), // Dovecot
        (
            Text,
            "554 5.2.2 mailbox full; Sorry, the recipient's mailbox is full",
            Full,
        ), // Exim
        (To, "552 Quota exceeded or service disabled.", Full), // Coremail
        (
            To,
            "552 Requested mail action aborted: exceeded storage allocation",
            Full,
        ), // RFC 5321
        (To, "550 5.2.3 Mailbox size limit exceeded, mailbox is full", Full), // hMailServer
        (To, "550 Mailbox is full / 邮箱已满", Full),         // 163
        // Nobody there.
        (
            To,
            "550 5.1.1 <a@b.cn>: Recipient address rejected: User unknown in virtual mailbox table",
            Recipient,
        ), // Postfix
        (
            To,
            "550 5.1.1 The email account that you tried to reach does not exist.",
            Recipient,
        ), // Gmail
        (
            To,
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
            Recipient,
        ), // Exchange
        (To, "550 User not found: a@163.com", Recipient), // 163
        (
            To,
            "550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000728",
            Recipient,
        ), // QQ
        (To, "550 Invalid User: a@b.cn", Recipient),      // Coremail
        (To, "550 No such user here", Recipient),         // Exim
        (To, "550 Unrouteable address", Recipient),       // Exim
        (To, "550 Requested action not taken: mailbox unavailable", Recipient), // RFC 5321
        (To, "553 5.3.0 <a@b.cn>... User unknown", Recipient), // Sendmail
        (
            To,
            "550 5.2.1 The email account that you tried to reach is disabled.",
            Recipient,
        ), // Gmail
        (
            To,
            "550 5.2.1 The user's mailbox is disabled for 30 days of inactivity",
            Recipient,
        ), // Zimbra
        (To, "550 user suspended", Recipient),            // Coremail
        (To, "551 5.1.6 User has moved; please try another address", Recipient), // Postfix
        (
            To,
            "556 5.1.10 Recipient address rejected: Domain does not accept mail (nullMX)",
            Recipient,
        ), // Postfix
        (
            To,
            "550 5.1.2 <a@nowhere.example>: Recipient address rejected: Domain not found",
            Recipient,
        ), // Postfix
        (To, "550 用户不存在", Recipient),
        (Data, "554 5.5.1 Error: no valid recipients", Recipient), // Postfix
        // The same with 4xx may be a table that is being built.
        (
            To,
            "450 4.1.1 <a@b.cn>: Recipient address rejected: unverified address",
            Passing,
        ), // Postfix
        (
            To,
            "450 4.1.2 <a@b.cn>: Recipient address rejected: Domain not found",
            Passing,
        ), // Postfix, DNS
        (To, "451 4.4.3 Temporary lookup failure", Passing), // Postfix
        (To, "550 5.4.3 DNS lookup failed temporarily, please retry", Passing),
        (To, "451 4.3.0 <a@b.cn>: Temporary lookup failure", Server), // Postfix: its own table
        // Policy, reputation, records: whoever it is for.
        (
            To,
            "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
            Server,
        ), // Postfix
        (
            Greeting,
            "554 5.7.1 You are not allowed to connect from 192.0.2.1",
            Server,
        ),
        (
            To,
            "550 5.7.1 Client host rejected: cannot find your reverse hostname",
            Server,
        ), // Postfix
        (
            Text,
            "550 5.7.26 This mail has been blocked because the sender is unauthenticated. DKIM = did not pass",
            Server,
        ), // Gmail
        (
            Text,
            "550 5.7.23 The message was rejected because of Sender Policy Framework violation",
            Server,
        ), // Exchange
        (Text, "554 DT:SPM 163 mx42, spam", Server), // 163
        (From, "550 SPF MAIL FROM check failed", Server),
        (Text, "554 5.7.1 Message rejected due to content restrictions", Server),
        (Text, "550 5.7.1 Spam message rejected", Server),
        (Text, "554 refused: relayed spam", Server),
        (
            Text,
            "550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?id=20022",
            Server,
        ), // QQ
        (Text, "554 IP is not allowed by reputation", Server),
        (
            To,
            "554 5.7.1 Your message was rejected; please try again later",
            Server,
        ),
        (Text, "550 5.6.0 CAT.InvalidContent.Exception", Server), // Exchange
        (Text, "554 Transaction failed", Server),
        (From, "550 5.5.4 HELO/EHLO argument is invalid", Server),
        // Size and the machine itself.
        (
            From,
            "552 5.3.4 Message size exceeds fixed maximum message size",
            Server,
        ), // Postfix
        (Text, "552 5.3.4 Message too big for system", Server),
        (From, "452 4.3.1 Insufficient system storage", Server), // Postfix
        (Text, "451 4.3.0 Error: queue file write error", Server), // Postfix
        (
            Greeting,
            "421 4.3.2 Service not available, closing transmission channel, maintenance",
            Server,
        ),
        (Greeting, "554 5.3.2 System not accepting network messages", Server),
        (
            To,
            "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded",
            Server,
        ), // Exchange
        (
            To,
            "550 Service unavailable, server maintenance, please try later",
            Server,
        ),
        (Text, "451 4.4.2 Timeout", Passing),
        // Us: login, relaying, encryption, our address.
        (Auth, "535 5.7.8 Error: authentication failed", Ours), // Postfix
        (
            Auth,
            "535 Login Fail. Please enter your authorization code to login.",
            Ours,
        ), // QQ
        (Auth, "535 Error: authentication failed", Ours),       // 163
        (Auth, "454 4.7.0 Temporary authentication failure", Server), // Postfix
        (From, "530 5.7.0 Must issue a STARTTLS command first", Ours), // Postfix, Gmail
        (From, "530 5.7.57 Client not authenticated to send mail", Ours), // Exchange Online
        (From, "553 Mail from must equal authorized user", Ours), // 163
        (From, "501 mail from address must be same as authorization user", Ours), // QQ
        (
            From,
            "553 5.7.1 <x@y.cn>: Sender address rejected: not owned by user z",
            Ours,
        ), // Postfix
        (
            From,
            "550 5.1.8 <x@y.cn>: Sender address rejected: Domain not found",
            Ours,
        ), // Postfix
        (To, "554 5.7.1 <a@b.cn>: Relay access denied", Ours),  // Postfix
        (
            To,
            "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
            Ours,
        ), // Exchange
        (To, "550 relay not permitted", Ours),                  // Exim
        (To, "550 5.7.1 Relaying denied", Ours),                // Sendmail
        (
            Text,
            "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
            Ours,
        ), // Exchange
        (To, "553 authentication is required", Ours),           // Coremail
        (To, "503 5.5.1 Error: need MAIL command", Ours),
    ]
};

#[test]
fn real_replies_get_the_right_verdict() {
    assert!(REPLIES.len() >= 80);
    let wrong: Vec<String> = REPLIES
        .iter()
        .filter_map(|(at, said, fault)| {
            let judged = verdict(*at, said);
            (judged != *fault).then(|| format!("{said}: {judged:?}, not {fault:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_that_may_pass_ends_a_notice() {
    // Whatever the phase: words of passing never kill a mailbox.
    for said in [
        "550 try again later",
        "554 temporarily unavailable",
        "550 too many connections",
        "553 server busy",
    ] {
        for at in [At::Greeting, At::Auth, At::From, At::To, At::Data, At::Text] {
            assert_ne!(verdict(at, said), Fault::Recipient, "{said}");
        }
    }
    // And before a recipient was named nothing is said of one.
    for (_, said, _) in REPLIES {
        for at in [At::Greeting, At::Auth, At::From] {
            assert_ne!(verdict(at, said), Fault::Recipient, "{said}");
        }
    }
}

#[test]
fn enhanced_codes_are_told_from_addresses_and_versions() {
    for (text, status) in [
        ("5.1.1 no such user", Some((5, 1, 1))),
        ("<a@b> 4.7.500 busy", Some((4, 7, 500))),
        ("client [192.0.2.1] refused", None),
        ("exim 4.94.2.1 says 5.7.1", Some((5, 7, 1))),
        ("no code", None),
        ("5.1", None),
        ("permanent error (550): 5.2.1. gone", Some((5, 2, 1))),
    ] {
        assert_eq!(enhanced(text), status, "{text}");
    }
}

#[test]
fn addresses_are_taken_out_of_what_servers_say() {
    for (said, clean) in [
        ("<pol@taihe.example> unknown", "<(mailbox)> unknown"),
        ("User not found: a.b+c@163.com", "User not found: (mailbox)"),
        ("收件人zhang@x.cn不存在", "收件人(mailbox)不存在"),
        ("see http://x.cn/?id=1 @ noon", "see http://x.cn/?id=1 @ noon"),
    ] {
        assert_eq!(scrub(said), clean);
    }
}
