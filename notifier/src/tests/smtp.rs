//! The mailer against a server that misbehaves: each phase ends by its own timeout, and each answer means what it says.

use std::time::{Duration, Instant};

use super::fake::{mailer_to, server_of, sink, texts, timeouts};
use crate::{
    mail::Mail,
    mailer::{Failure, Fault, Mailer, Phase, Security, Sender, Server, Smtp, Spool, Timeouts},
};
use tests::Act;
use tokio::net::TcpSocket;
use uuid::Uuid;

const LONG: Timeouts = Timeouts {
    connect: Duration::from_secs(20),
    greeting: Duration::from_secs(20),
    envelope: Duration::from_secs(20),
    data: Duration::from_secs(20),
    done: Duration::from_secs(20),
};
const SHORT: Duration = Duration::from_millis(150);

fn mail() -> Mail {
    Mail {
        id: Uuid::from_u128(7),
        kind: "dispatch",
        urgent: true,
        at: "2026-11-24T08:00:00Z".parse().unwrap(),
        to: "pol@taihe.example".into(),
        subject: "【特急】待签收：接报处置".into(),
        text: "请立即签收\n.\n第三行".into(),
        html: "<p>请立即签收</p>".into(),
    }
}

async fn fails(mailer: &impl Mailer) -> Failure {
    mailer.send(&mail()).await.expect_err("a failure")
}

#[tokio::test]
async fn a_mail_arrives_whole_with_a_steady_message_id() {
    let fake = sink(&[]);
    let mailer = mailer_to(&fake, LONG);
    mailer.send(&mail()).await.unwrap();
    let text = texts(&fake).remove(0);
    for header in [
        "Message-ID: <00000000-0000-0000-0000-000000000007@taihe.example>",
        "From: shouwang@taihe.example",
        "To: pol@taihe.example",
        "Auto-Submitted: auto-generated",
        "X-Shouwang-Notice: dispatch",
        "X-Priority: 1",
        "Date: Tue, 24 Nov 2026 08:00:00 +0000",
        "Content-Type: multipart/alternative",
    ] {
        assert!(text.contains(header), "{header} in {text}");
    }
    assert!(text.is_ascii(), "a server without 8BITMIME must be able to take it");
    assert!(text.contains("Subject: =?utf-8?b?"), "{text}");
    let commands = fake.commands();
    assert_eq!(
        commands[1..3],
        ["MAIL FROM:<shouwang@taihe.example>", "RCPT TO:<pol@taihe.example>"],
        "{commands:?}"
    );
}

#[tokio::test]
async fn each_phase_ends_by_its_own_timeout() {
    for (step, phase, fault, limits) in [
        (
            "greeting",
            Phase::Greeting,
            Fault::Server,
            Timeouts {
                greeting: SHORT,
                ..LONG
            },
        ),
        (
            "AUTH",
            Phase::Auth,
            Fault::Server,
            Timeouts {
                greeting: SHORT,
                ..LONG
            },
        ),
        (
            "EHLO",
            Phase::Greeting,
            Fault::Server,
            Timeouts {
                greeting: SHORT,
                ..LONG
            },
        ),
        (
            "MAIL",
            Phase::Envelope,
            Fault::Passing,
            Timeouts {
                envelope: SHORT,
                ..LONG
            },
        ),
        (
            "RCPT",
            Phase::Envelope,
            Fault::Passing,
            Timeouts {
                envelope: SHORT,
                ..LONG
            },
        ),
        ("DATA", Phase::Data, Fault::Passing, Timeouts { data: SHORT, ..LONG }),
        ("text", Phase::Done, Fault::Passing, Timeouts { done: SHORT, ..LONG }),
    ] {
        let fake = sink(&[(step, Act::Hang)]);
        fake.offer(&["AUTH PLAIN"]);
        let login = (step == "AUTH").then(|| ("user".into(), "pass".into()));
        let server = Server {
            login,
            ..server_of(&fake)
        };
        let mailer = Smtp::new(server, Sender::parse("s@taihe.example").unwrap(), limits);
        let begun = Instant::now();
        let failure = fails(&mailer).await;
        assert_eq!((failure.phase, failure.fault), (phase, fault), "{step}: {failure}");
        assert!(
            (SHORT..Duration::from_secs(5)).contains(&begun.elapsed()),
            "{step}: {:?}",
            begun.elapsed()
        );
    }
}

#[tokio::test]
async fn connecting_ends_by_its_own_timeout() {
    // A listener whose queue is full answers no SYN.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let addr = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(SHORT, tokio::net::TcpStream::connect(addr)).await {
        queued.push(stream);
        assert!(queued.len() < 100, "the queue never fills");
    }
    let server = Server {
        host: "127.0.0.1".into(),
        port: addr.port(),
        security: Security::Plain,
        login: None,
    };
    let mailer = Smtp::new(
        server,
        Sender::parse("s@taihe.example").unwrap(),
        Timeouts { connect: SHORT, ..LONG },
    );
    let failure = fails(&mailer).await;
    assert_eq!(
        (failure.phase, failure.fault),
        (Phase::Connect, Fault::Server),
        "{failure}"
    );
    assert!(mailer.probe().await.is_err());
}

#[tokio::test]
async fn answers_mean_what_they_say() {
    use Act::{Drop, Say};
    use Fault::{Full, Ours, Passing, Recipient, Server};
    for (step, act, phase, fault) in [
        ("greeting", Say("554 no service"), Phase::Greeting, Server),
        ("greeting", Say("421 too busy"), Phase::Greeting, Server),
        (
            "greeting",
            Say("550 Connection frequency limited"),
            Phase::Greeting,
            Server,
        ),
        ("greeting", Drop, Phase::Greeting, Server),
        ("EHLO", Say("550 who are you"), Phase::Greeting, Server),
        ("MAIL", Say("451 later"), Phase::Envelope, Passing),
        ("MAIL", Say("550 sender refused"), Phase::Envelope, Ours),
        ("MAIL", Say("550 Connection frequency limited"), Phase::Envelope, Server),
        ("MAIL", Say("530 5.7.0 authentication required"), Phase::Envelope, Ours),
        ("MAIL", Drop, Phase::Envelope, Passing),
        ("RCPT", Say("450 greylisted"), Phase::Envelope, Passing),
        ("RCPT", Say("550 Connection frequency limited"), Phase::Envelope, Server),
        (
            "RCPT",
            Say("552 5.2.2 <pol@taihe.example> over quota"),
            Phase::Envelope,
            Full,
        ),
        (
            "RCPT",
            Say("550 5.1.1 <pol@taihe.example> unknown"),
            Phase::Envelope,
            Recipient,
        ),
        (
            "RCPT",
            Say("554 5.7.1 <pol@taihe.example>: Relay access denied"),
            Phase::Envelope,
            Ours,
        ),
        ("RCPT", Drop, Phase::Envelope, Passing),
        ("DATA", Say("451 try later"), Phase::Data, Passing),
        ("DATA", Say("554 no valid recipients"), Phase::Data, Recipient),
        ("DATA", Drop, Phase::Data, Passing),
        ("text", Say("452 try later"), Phase::Done, Passing),
        ("text", Say("554 5.6.0 refused"), Phase::Done, Server),
        (
            "text",
            Say("550 5.7.1 blocked, see postmaster@taihe.example"),
            Phase::Done,
            Server,
        ),
        ("text", Drop, Phase::Done, Passing),
        ("text", Say("nonsense"), Phase::Done, Passing),
    ] {
        let fake = sink(&[(step, act)]);
        let failure = fails(&mailer_to(&fake, timeouts(5000))).await;
        assert_eq!(
            (failure.phase, failure.fault),
            (phase, fault),
            "{step} {act:?}: {failure}"
        );
        assert!(!failure.detail.contains('@'), "a mailbox shows: {failure}");
        assert_eq!(failure.named, !matches!(step, "greeting" | "EHLO" | "MAIL"), "{step}");
        assert!(!failure.detail.is_empty() && failure.detail.len() < 400, "{failure}");
    }
}

#[tokio::test]
async fn nobody_there_is_the_servers_fault() {
    let port = TcpSocket::new_v4().unwrap();
    port.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let server = Server {
        host: "127.0.0.1".into(),
        port: port.local_addr().unwrap().port(),
        security: Security::Plain,
        login: None,
    };
    let failure = fails(&Smtp::new(server, Sender::parse("s@taihe.example").unwrap(), LONG)).await;
    assert_eq!(
        (failure.phase, failure.fault),
        (Phase::Connect, Fault::Server),
        "{failure}"
    );
}

#[tokio::test]
async fn logins_are_sent_and_their_refusal_is_ours() {
    let fake = sink(&[]);
    fake.offer(&["AUTH PLAIN LOGIN"]);
    let server = Server {
        login: Some(("user".into(), "pass".into())),
        security: Security::StartTlsIfOffered,
        ..server_of(&fake)
    };
    let mailer = Smtp::new(server, Sender::parse("s@taihe.example").unwrap(), LONG);
    mailer.send(&mail()).await.unwrap();
    assert!(
        fake.commands()
            .iter()
            .any(|c| c.starts_with("AUTH PLAIN AHVzZXIAcGFzcw==")),
        "{:?}",
        fake.commands()
    );
    fake.now(&[("AUTH", Act::Say("535 5.7.8 bad credentials"))]);
    let failure = mailer.probe().await.unwrap_err();
    assert_eq!((failure.phase, failure.fault), (Phase::Auth, Fault::Ours), "{failure}");
    // Unless the operator allowed it, nothing of a login is sent in the clear, on this machine neither.
    let strict = Server {
        login: Some(("user".into(), "pass".into())),
        security: Security::StartTls,
        ..server_of(&fake)
    };
    fake.offer(&["AUTH PLAIN LOGIN"]);
    let before = fake.commands().len();
    let strict = Smtp::new(strict, Sender::parse("s@taihe.example").unwrap(), LONG);
    let failure = strict.probe().await.unwrap_err();
    assert_eq!((failure.phase, failure.fault), (Phase::Tls, Fault::Ours), "{failure}");
    assert!(failure.detail.contains("allow_plain_login"), "{failure}");
    assert!(!fake.commands()[before..].iter().any(|c| c.starts_with("AUTH")));
    // A server that promises encryption and breaks it gets no login.
    fake.offer(&["STARTTLS"]);
    let failure = mailer.probe().await.unwrap_err();
    assert_eq!((failure.phase, failure.fault), (Phase::Tls, Fault::Ours), "{failure}");
}

#[tokio::test]
async fn tls_to_a_server_without_it_is_ours() {
    let fake = sink(&[]);
    let server = Server {
        security: Security::Tls,
        ..server_of(&fake)
    };
    let failure = fails(&Smtp::new(server, Sender::parse("s@taihe.example").unwrap(), LONG)).await;
    assert_eq!(
        (failure.phase, failure.fault),
        (Phase::Connect, Fault::Ours),
        "{failure}"
    );
}

#[tokio::test]
async fn a_kept_connection_is_used_again_and_its_end_costs_nothing() {
    let fake = sink(&[]);
    let mailer = mailer_to(&fake, LONG);
    for _ in 0..3 {
        mailer.send(&mail()).await.unwrap();
    }
    assert_eq!((fake.count(), fake.connections()), (3, 1));
    // The server closes the kept connection at the next MAIL; by then it has learnt better.
    fake.now(&[("MAIL", Act::Drop)]);
    let healed = fake.clone();
    tokio::spawn(async move {
        while healed.commands().iter().filter(|c| c.starts_with("MAIL")).count() < 4 {
            tokio::task::yield_now().await;
        }
        healed.now(&[]);
    });
    mailer.send(&mail()).await.unwrap();
    assert_eq!((fake.count(), fake.connections()), (4, 2));
    fake.now(&[("RCPT", Act::Say("550 no such user"))]);
    assert_eq!(fails(&mailer).await.fault, Fault::Recipient);
    fake.now(&[]);
    mailer.send(&mail()).await.unwrap();
    assert_eq!(fake.connections(), 3, "a connection is kept only after a success");
}

#[tokio::test]
async fn an_impossible_mailbox_is_final_before_any_connection() {
    let fake = sink(&[]);
    for to in ["", "pol", "派出所@taihe.example", "a@b\r\nRCPT TO:<x@y>", "a b@c"] {
        let failure = mailer_to(&fake, LONG)
            .send(&Mail {
                to: to.into(),
                ..mail()
            })
            .await
            .expect_err(to);
        assert_eq!(
            (failure.phase, failure.fault),
            (Phase::Render, Fault::Recipient),
            "{to}: {failure}"
        );
    }
    assert_eq!(fake.connections(), 0);
}

#[tokio::test]
async fn a_spool_holds_one_file_a_notice() {
    let dir = std::env::temp_dir().join(format!("shouwang-spool-{}", Uuid::new_v4()));
    let spool = Spool::new(dir.clone(), Sender::parse("s@taihe.example").unwrap());
    spool.probe().await.unwrap();
    spool.send(&mail()).await.unwrap();
    spool.send(&mail()).await.unwrap();
    let names: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names, ["00000000-0000-0000-0000-000000000007.eml"]);
    assert!(
        std::fs::read_to_string(dir.join(&names[0]))
            .unwrap()
            .contains("X-Shouwang-Notice: dispatch")
    );
    std::fs::remove_dir_all(&dir).unwrap();
    let blocked = Spool::new("/proc/no/such".into(), Sender::parse("s@taihe.example").unwrap());
    assert_eq!(fails(&blocked).await.fault, Fault::Server);
}

#[tokio::test]
async fn what_cant_be_delivered_comes_back_to_an_address_of_its_own() {
    let fake = sink(&[]);
    for (path, from) in [
        (None, "shouwang@taihe.example"),
        (Some("returned@taihe.example"), "returned@taihe.example"),
        (
            Some("bounce+{notice}@taihe.example"),
            "bounce+00000000000000000000000000000007@taihe.example",
        ),
    ] {
        let sender = Sender::parse("shouwang@taihe.example")
            .unwrap()
            .returning_to(path)
            .unwrap();
        Smtp::new(server_of(&fake), sender, LONG).send(&mail()).await.unwrap();
        let commands = fake.commands();
        let said = commands.iter().rfind(|c| c.starts_with("MAIL")).unwrap();
        assert_eq!(*said, format!("MAIL FROM:<{from}>"));
        assert!(texts(&fake).last().unwrap().contains("From: shouwang@taihe.example"));
    }
    for wrong in ["bounce", "{notice}", "派出所@taihe.example"] {
        let sender = Sender::parse("shouwang@taihe.example").unwrap();
        let error = sender.returning_to(Some(wrong)).unwrap_err().to_string();
        assert!(error.contains("SHOUWANG_MAIL_RETURN_PATH"), "{error}");
    }
}

#[tokio::test]
async fn four_byte_characters_arrive_as_they_were_written() {
    let fake = sink(&[]);
    let odd = "𠮷祥村𡈽街道派出所";
    let mut mail = mail();
    mail.subject = format!("【特急】待签收：{}", odd.repeat(9));
    mail.text = format!("{odd}：\n请签收");
    mail.html = format!("<p>{odd}</p>");
    mailer_to(&fake, LONG).send(&mail).await.unwrap();
    let raw = texts(&fake).remove(0);
    assert!(raw.is_ascii() && raw.lines().all(|line| line.len() <= 998), "{raw}");
    let read = mail_parser::MessageParser::default().parse(raw.as_bytes()).unwrap();
    assert_eq!(read.subject(), Some(mail.subject.as_str()));
    assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), mail.text);
    assert!(read.body_html(0).unwrap().contains(odd));
}
