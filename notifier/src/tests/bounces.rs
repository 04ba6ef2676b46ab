//! Returned mails, read from a mailbox that speaks just enough IMAP.

use std::sync::{Arc, Mutex, PoisonError};

use crate::bounces::{ImapUrl, Progress, visit};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{Attempt, LeaseOf, NoticeId, Notifier, Settlement, Store, Verdict},
};
use tests::{Fixture, Sample, lease::lease};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

/// Mails by UID, and those marked as seen.
#[derive(Default)]
struct Inbox {
    mails: Vec<String>,
    seen: Vec<usize>,
    fetched: Vec<usize>,
}

#[derive(Clone, Default)]
struct FakeImap(Arc<Mutex<Inbox>>);

impl FakeImap {
    async fn start(&self) -> ImapUrl {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let this = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let this = this.clone();
                tokio::spawn(async move { _ = this.serve(stream).await });
            }
        });
        ImapUrl::parse(&format!("imap://robot:pass@127.0.0.1:{port}/INBOX")).unwrap()
    }

    fn with<T>(&self, look: impl FnOnce(&mut Inbox) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, mail: String) {
        self.with(|inbox| inbox.mails.push(mail));
    }

    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"* OK fake ready\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
            let upper = command.to_ascii_uppercase();
            let uid = |at: usize| {
                command
                    .split(' ')
                    .nth(at)
                    .and_then(|n| n.parse::<usize>().ok())
                    .unwrap_or(0)
            };
            let answer = self.with(|inbox| {
                if upper.starts_with("LOGIN") && !command.contains("pass") {
                    return format!("{tag} NO wrong\r\n");
                }
                let mut out = String::new();
                if upper.starts_with("SELECT") {
                    out = format!("* {} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n", inbox.mails.len());
                } else if upper.starts_with("UID SEARCH") {
                    let unseen = (1..=inbox.mails.len()).filter(|uid| !inbox.seen.contains(uid));
                    let unseen: Vec<String> = unseen.map(|uid| uid.to_string()).collect();
                    out = format!("* SEARCH {}\r\n", unseen.join(" "));
                } else if upper.starts_with("UID FETCH") {
                    let uid = uid(2);
                    let mail = inbox.mails.get(uid - 1).cloned().unwrap_or_default();
                    out = if upper.contains("BODY.PEEK") {
                        inbox.fetched.push(uid);
                        format!("* {uid} FETCH (UID {uid} BODY[] {{{}}}\r\n{mail})\r\n", mail.len())
                    } else {
                        format!("* {uid} FETCH (UID {uid} RFC822.SIZE {})\r\n", mail.len())
                    };
                } else if upper.starts_with("UID STORE") {
                    let uid = uid(2);
                    inbox.seen.push(uid);
                    out = format!("* {uid} FETCH (UID {uid} FLAGS (\\Seen))\r\n");
                }
                format!("{out}{tag} OK done\r\n")
            });
            write.write_all(answer.as_bytes()).await?;
        }
        Ok(())
    }
}

fn returned(id: NoticeId, action: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: bounce+{}@taihe.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; pol@taihe.example\r\nAction: {action}\r\nStatus: 5.2.1\r\n\
         Diagnostic-Code: smtp; 550 <pol@taihe.example> mailbox disabled\r\n\r\n--b--\r\n",
        id.0.simple()
    )
}

/// Leases and sends everything; answers the notices.
async fn all_sent(store: &Store<Notifier>, now: DateTime<Utc>) -> Vec<NoticeId> {
    let owner = Uuid::new_v4();
    let leased = lease(store, owner, now, (100, LeaseOf::All)).await.unwrap();
    let sent = leased.iter().map(|notice| Settlement {
        id: notice.id,
        number: 1,
        attempt: Attempt {
            phase: "done",
            detail: String::new(),
            took_ms: 1,
            at: now,
        },
        verdict: Verdict::Sent,
        strike: false,
        tell: false,
    });
    store.notice_settle(owner, &sent.collect::<Vec<_>>()).await.unwrap();
    leased.iter().map(|notice| notice.id).collect()
}

#[tokio::test]
async fn a_return_marks_its_notice_and_other_mails_are_left_alone() {
    let fixture = Box::pin(Fixture::new()).await;
    let now = clock::now();
    let report = Box::pin(fixture.stored(Sample::BruisesAtSchool)).await;
    Box::pin(fixture.route(&report, now)).await;
    let store = fixture.store_as::<Notifier>();
    let notices = all_sent(&store, now).await;
    let imap = FakeImap::default();
    let url = imap.start().await;
    imap.put("From: someone@x.example\r\nTo: shouwang@taihe.example\r\nSubject: 你好\r\n\r\n咨询\r\n".into());
    imap.put("\u{0}\u{1} rubble".into());
    imap.put(returned(notices[0], "delayed"));
    imap.put(returned(notices[0], "failed"));
    imap.put(returned(NoticeId(Uuid::new_v4()), "failed"));
    imap.put(returned(notices[0], "failed"));
    let mut progress = Progress::default();
    assert_eq!(visit(&store, "taihe", &url, &mut progress).await.unwrap(), 1);
    let (state, error): (String, String) = sqlx::query_as("SELECT state, last_error FROM notices WHERE id = $1")
        .bind(notices[0])
        .fetch_one(fixture.store.pool())
        .await
        .unwrap();
    assert_eq!(
        (state.as_str(), error.as_str()),
        ("bounced", "5.2.1; smtp; 550 <(mailbox)> mailbox disabled")
    );
    let told: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM notices WHERE kind = 'undeliverable' AND unit = 'office' AND reports_on = $1",
    )
    .bind(notices[0])
    .fetch_one(fixture.store.pool())
    .await
    .unwrap();
    assert_eq!(told, 1, "a P1 that came back is told to the office, once");
    assert_eq!(
        imap.with(|inbox| inbox.seen.clone()),
        [4, 6],
        "only what was understood is marked as read"
    );
    // A second visit reads nothing again but what is new.
    let fetched = imap.with(|inbox| inbox.fetched.len());
    imap.put(returned(notices[1], "failed"));
    assert_eq!(visit(&store, "taihe", &url, &mut progress).await.unwrap(), 1);
    assert_eq!(imap.with(|inbox| inbox.fetched.len()), fetched + 1);
}

#[tokio::test]
async fn a_mailbox_that_refuses_stops_nothing() {
    let fixture = Box::pin(Fixture::new()).await;
    let store = fixture.store_as::<Notifier>();
    FakeImap::default().start().await;
    let closed = ImapUrl::parse("imap://robot:pass@127.0.0.1:1/INBOX").unwrap();
    assert!(visit(&store, "taihe", &closed, &mut Progress::default()).await.is_err());
    let imap = FakeImap::default();
    imap.start().await;
}
